"""Text to audio of any length: AudioLDM with MultiDiffusion, a tiled VAE and a chunked vocoder.

``engine`` runs from a terminal and on a machine without Qt. Importing it costs nothing: torch is
loaded when :func:`build_model` or :func:`text_to_audio` is first asked for.
"""

from importlib import import_module

__all__ = ["build_model", "text_to_audio"]


def __getattr__(name: str) -> object:
    """Load the two convenience functions, and torch with them, on first use."""
    if name in __all__:
        return getattr(import_module("engine.runtime.text_to_audio"), name)
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
