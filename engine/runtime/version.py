"""The version that takes remember."""

from importlib.metadata import PackageNotFoundError, version

_UNINSTALLED = "0.0.0"


def engine_version() -> str:
    """Version of the installed package; "0.0.0" when it runs from a bare folder."""
    try:
        return version("longwave")
    except PackageNotFoundError:
        return _UNINSTALLED
