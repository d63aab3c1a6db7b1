"""The error that edits and lookups raise."""


class EditError(Exception):
    """An edit cannot be done. The message is a sentence for people; the project is untouched."""


class UnknownIdError(EditError):
    """A thing named in an edit or a lookup is not in the project."""
