"""The errors that the engine reports to people."""


class EngineError(Exception):
    """A job cannot be done, for a reason that a person can understand and mend.

    Args:
        reason: What went wrong, with the value that is at fault. At most about 90 characters.
        remedy: What the person can do about it; may be empty.
        details: Full text for a report; may be empty.
    """

    def __init__(self, reason: str, remedy: str = "", details: str = "") -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason = reason
        self.remedy = remedy
        self.details = details

    def __reduce__(self) -> tuple[type["EngineError"], tuple[str, str, str]]:
        """Keep all parts when the error crosses the process boundary."""
        return type(self), (self.reason, self.remedy, self.details)
