"""What keeps a long piece together, from the words of ``longwave generate``."""

import argparse
from fractions import Fraction

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    Cohesion,
    EngineError,
    SourceNoise,
    latent_frames_of_bars,
    period_latent_frames,
)

DEFAULT_BPM = 120.0
DEFAULT_BEATS = 4
_MAX_REFERENCE_SHARE = 0.5
_SHORTEST_SECONDS = 1 / LATENT_FRAMES_PER_SECOND


def add_cohesion_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what can be asked for."""
    group = parser.add_argument_group("what keeps a long piece together (off by default)")
    group.add_argument(
        "--shared-noise",
        type=float,
        metavar="X",
        help="let the sound come back in every period: 0 (not) to 1 (a copy); 0.1 is usual",
    )
    group.add_argument(
        "--period-bars",
        type=float,
        metavar="N",
        help="after how many bars of --bpm and --beats, in halves (default 1)",
    )
    group.add_argument(
        "--period-seconds", type=float, metavar="S", help="after how many seconds instead"
    )
    group.add_argument(
        "--reference-share",
        type=float,
        metavar="X",
        help="share of the steps, 0 to 0.5, in which all of it borrows from its beginning",
    )


def cohesion_from_arguments(
    arguments: argparse.Namespace, *, num_latent_frames: int, is_loop: bool, window: int
) -> Cohesion:
    """What the arguments ask for.

    Args:
        arguments: Described by :func:`add_cohesion_arguments`, and those of loops and sources.
        num_latent_frames: Length of the piece.
        is_loop: Whether its end goes over into its start.
        window: Length of the model's window in latent frames.

    Raises:
        EngineError: A value makes no sense or does nothing; the message names it and the remedy.
    """
    shared = _share("--shared-noise", arguments.shared_noise, 1.0)
    reference = _share("--reference-share", arguments.reference_share, _MAX_REFERENCE_SHARE)
    if reference and num_latent_frames <= window and not is_loop:
        raise EngineError(
            f"--reference-share {reference:g} does nothing in a piece of one window.",
            f"Choose more than {window / LATENT_FRAMES_PER_SECOND:g} s.",
        )
    _check_period_arguments(arguments, shared)
    if not shared:
        return Cohesion(reference_share=reference)
    period = period_latent_frames(
        _wanted_period(arguments), loop_latent_frames=num_latent_frames if is_loop else None
    )
    if period >= num_latent_frames:
        raise EngineError(
            f"Nothing repeats after {period / LATENT_FRAMES_PER_SECOND:.2f} s in a piece of"
            f" {num_latent_frames / LATENT_FRAMES_PER_SECOND:.2f} s.",
            "Choose a shorter period or a longer piece.",
        )
    return Cohesion(shared_noise=shared, period_latent_frames=period, reference_share=reference)


def has_period_of_bars(arguments: argparse.Namespace) -> bool:
    """Whether noise repeats after bars, so that a tempo means something."""
    return arguments.shared_noise is not None and arguments.period_seconds is None


def source_noise(arguments: argparse.Namespace) -> SourceNoise:
    """What stands for the noise of the sound to start from.

    Raises:
        EngineError: There is no such noise.
    """
    if arguments.source_noise is None:
        return SourceNoise.HASH
    try:
        return SourceNoise(arguments.source_noise)
    except ValueError:
        known = ", ".join(noise.value for noise in SourceNoise)
        raise EngineError(
            f"There is no source noise “{arguments.source_noise}”.", f"Choose one of: {known}."
        ) from None


def _check_period_arguments(arguments: argparse.Namespace, shared: float) -> None:
    bars, seconds = arguments.period_bars, arguments.period_seconds
    for name, value in (("--period-bars", bars), ("--period-seconds", seconds)):
        if value is not None and not shared:
            raise EngineError(f"{name} belongs to noise that repeats.", "Add --shared-noise 0.1.")
    if bars is not None and seconds is not None:
        raise EngineError(
            "--period-bars and --period-seconds both say when noise repeats.",
            "Leave one of them out.",
        )
    if shared and arguments.source_noise == SourceNoise.INVERSION:
        raise EngineError(
            "--shared-noise does nothing where a sound starts from its own noise.",
            "Leave out --shared-noise or --source-noise.",
        )


def _wanted_period(arguments: argparse.Namespace) -> Fraction:
    """The period in latent frames, not yet rounded."""
    seconds = arguments.period_seconds
    if seconds is not None:
        if not _SHORTEST_SECONDS <= seconds < float("inf"):
            raise EngineError(
                f"--period-seconds {seconds:g} makes no sense.",
                f"Choose at least {_SHORTEST_SECONDS:g}.",
            )
        return Fraction(seconds) * LATENT_FRAMES_PER_SECOND
    bars = 1.0 if arguments.period_bars is None else arguments.period_bars
    if not 0.0 < bars < float("inf") or not (2 * bars).is_integer():
        raise EngineError(
            f"--period-bars {bars:g} makes no sense.", "Choose whole or half bars: 0.5, 1, 1.5 …"
        )
    try:
        return latent_frames_of_bars(
            bars,
            DEFAULT_BEATS if arguments.beats is None else arguments.beats,
            DEFAULT_BPM if arguments.bpm is None else arguments.bpm,
        )
    except ValueError as error:
        raise EngineError(
            f"No such period: {error}.", "Choose --bpm and --beats above 0."
        ) from None


def _share(name: str, value: float | None, most: float) -> float:
    if value is None:
        return 0.0
    if not 0.0 <= value <= most:
        raise EngineError(f"{name} {value:g} makes no sense.", f"Choose 0 to {most:g}.")
    return value
