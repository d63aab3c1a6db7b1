"""How long the windows of models are, as far as it is known without opening them."""

from engine.api import NOMINAL_WINDOW_LATENT_FRAMES

_STARTER_WINDOW_LATENT_FRAMES = 128


def window_latent_frames(model: str) -> int:
    """Latent frames of a model's window, by its name or path; AudioLDM's where it is unknown."""
    return _STARTER_WINDOW_LATENT_FRAMES if model == "starter" else NOMINAL_WINDOW_LATENT_FRAMES
