"""What goes wrong with models on disk."""

from engine.api.errors import EngineError


class CheckpointError(EngineError):
    """A model cannot be found, fetched or loaded; the message names the file and the remedy."""
