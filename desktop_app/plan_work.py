"""What making a take costs, before it begins. Pure functions."""

from desktop_app.cohesion import is_one_window
from desktop_app.model_windows import window_latent_frames
from desktop_app.project.project import Recipe, SourceNoise
from desktop_app.project.time import Span, latent_frame_ceil
from engine.api import NOMINAL_WINDOW_LATENT_FRAMES, num_reference_steps

INVERSION_STEPS = 50
"""Finding the noise of a sound costs as much as so many guided steps over it."""
_SHORTEST_WINDOW_LATENT_FRAMES = 128


def work_of(recipe: Recipe, span: Span) -> int:
    """What a new take costs: latent frames that the network is asked about.

    Args:
        recipe: How it is made.
        span: Where its sound will lie.
    """
    settings = recipe.settings
    frames = max(_SHORTEST_WINDOW_LATENT_FRAMES, latent_frame_ceil(span.duration))
    num_steps = _num_steps_taken(recipe)
    rounds = num_steps + (INVERSION_STEPS if _finds_noise(recipe) else 0)
    work = frames * rounds * NOMINAL_WINDOW_LATENT_FRAMES // settings.stride_latent_frames
    return work + _reference_work(recipe, span, num_steps)


def _num_steps_taken(recipe: Recipe) -> int:
    """Steps that the engine takes: those that change the sound that a take starts from."""
    num_steps, source = recipe.settings.num_steps, recipe.source
    # Sound that is kept is encoded and decoded, which costs about as much as a step.
    return num_steps if source is None else max(1, round(source.strength * num_steps))


def _finds_noise(recipe: Recipe) -> bool:
    """Whether the noise of a sound is looked for; a take that is gone on from has its own."""
    source = recipe.source
    is_new = recipe.based_on is None and source is not None
    return is_new and source is not None and source.noise is SourceNoise.INVERSION


def _reference_work(recipe: Recipe, span: Span, num_steps: int) -> int:
    """The first window is sampled once more, for the steps in which others borrow from it."""
    model, share = recipe.settings.model, recipe.settings.reference_share
    if recipe.based_on is not None or is_one_window(span, model, loops=recipe.is_loop):
        return 0
    # Its trajectory begins with the noise, which costs no step.
    return max(0, num_reference_steps(share, num_steps) - 1) * window_latent_frames(model)
