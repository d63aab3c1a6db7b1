"""The errors of exports."""

from desktop_app.project.storage.errors import StorageError


class ExportError(StorageError):
    """Nothing was exported, for a reason that a person can understand and mend."""


class ExportCancelledError(Exception):
    """A person cancelled the export; nothing was left behind."""
