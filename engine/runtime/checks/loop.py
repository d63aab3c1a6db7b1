"""What can be wrong with a loop. No torch."""

from engine.api import LATENT_FRAMES_PER_SECOND, EngineError, GenerateRequest
from engine.api.loops import LOOP_MULTIPLE_LATENT_FRAMES


def check_loop(request: GenerateRequest) -> None:
    """Refuse a loop that no model can make; other pieces pass.

    Raises:
        EngineError: Its length is not possible; the message names those beside it.
    """
    if request.is_loop:
        _require_multiple(request.num_latent_frames, LOOP_MULTIPLE_LATENT_FRAMES)


def check_loop_fits(
    request: GenerateRequest, *, window_latent_frames: int, time_multiple: int
) -> None:
    """Refuse a loop that does not fit the model; other pieces pass.

    Args:
        request: What is asked for.
        window_latent_frames: The model's window: no loop is shorter.
        time_multiple: The network's time axis must be a multiple of this.

    Raises:
        EngineError: The loop is too short, or its length is not possible.
    """
    if not request.is_loop:
        return
    if request.num_latent_frames < window_latent_frames:
        raise EngineError(
            f"The loop is {_seconds(request.num_latent_frames)} long; the model cannot make one"
            f" shorter than {_seconds(window_latent_frames)}.",
            "Make it longer, for example by repeating its bars.",
        )
    _require_multiple(request.num_latent_frames, time_multiple)


def _require_multiple(num_latent_frames: int, multiple: int) -> None:
    shorter = num_latent_frames // multiple * multiple
    if shorter != num_latent_frames:
        raise EngineError(
            f"A loop of {_seconds(num_latent_frames)} is not possible: its length must be a"
            f" multiple of {_seconds(multiple)}.",
            f"Make it {_seconds(shorter)} or {_seconds(shorter + multiple)} long.",
        )


def _seconds(latent_frames: int) -> str:
    return f"{latent_frames / LATENT_FRAMES_PER_SECOND:.2f} s"
