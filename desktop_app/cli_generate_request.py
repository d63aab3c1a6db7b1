"""From the words of ``longwave generate`` to the order for the engine."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import soundfile

from desktop_app.cli_generate_cohesion import (
    DEFAULT_BEATS,
    DEFAULT_BPM,
    add_cohesion_arguments,
    cohesion_from_arguments,
    has_period_of_bars,
    source_noise,
)
from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    STANDARD_MEMORY_BUDGET_BYTES,
    Anchor,
    AudioSource,
    EngineError,
    GenerateRequest,
    ModelDefaults,
    Quality,
    Sampler,
    SamplingSettings,
    loop_latent_frames,
    sampling_of,
)
from engine.api.loops import LOOP_MULTIPLE_LATENT_FRAMES
from engine.runtime.text_to_audio import TextToAudioModel, num_samples, piece_request

DEFAULT_SECONDS = 10.0
MAX_CANDIDATES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What shall be made.

    Attributes:
        request: For the engine.
        num_samples: Samples of it that are wanted.
        words: What should be told before it begins; may be empty.
    """

    request: GenerateRequest
    num_samples: int
    words: str = ""


def add_request_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what can be asked for."""
    parser.add_argument("prompt", help="what should be heard")
    parser.add_argument(
        "--seconds", type=float, help="length (default 10, or that of the file of --from)"
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same sound (default 0)")
    parser.add_argument("--negative", default="", metavar="PROMPT", help="what should not be heard")
    parser.add_argument(
        "--guidance", type=float, help="how closely the prompt is followed, 1 to 20"
    )
    parser.add_argument("--model", default="starter", help="name or path (default starter)")
    work = parser.add_argument_group("how much work goes into it")
    work.add_argument(
        "--preset",
        metavar="NAME",
        help=f"sampler, steps and overlap: {', '.join(preset.value for preset in Quality)}",
    )
    work.add_argument("--steps", type=int, help="sampling steps, instead of the preset's")
    work.add_argument(
        "--sampler",
        help=f"one of {', '.join(sampler.value for sampler in Sampler)} (default: the model's)",
    )
    work.add_argument(
        "--candidates",
        type=int,
        default=1,
        metavar="N",
        help=f"versions to make, 1 to {MAX_CANDIDATES}; the first file fits best (default 1)",
    )
    loops = parser.add_argument_group("loops, whose end joins their start")
    loops.add_argument(
        "--loop", action="store_true", help="make a loop of about --seconds, to within 0.16 s"
    )
    loops.add_argument("--loop-bars", type=int, metavar="N", help="make a loop of so many bars")
    loops.add_argument("--bpm", type=float, help="tempo of all bars (default 120)")
    loops.add_argument("--beats", type=int, help="beats in a bar (default 4)")
    add_cohesion_arguments(parser)
    sounds = parser.add_argument_group("other sounds to go by")
    sounds.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="start from this sound"
    )
    sounds.add_argument(
        "--strength",
        type=float,
        help="how far to leave it, 0 (as it is) to 1 (only the prompt; default 0.5)",
    )
    sounds.add_argument(
        "--source-noise",
        metavar="NAME",
        help="hash (drawn, the default) or inversion (its own, found in one run over it)",
    )
    sounds.add_argument(
        "--like",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="take on the character of this sound; may be given several times",
    )
    sounds.add_argument(
        "--like-strength",
        type=float,
        metavar="X",
        help="how much it counts beside the prompt, 0 to 1 (default 0.3)",
    )


def order_from_arguments(
    arguments: argparse.Namespace,
    model: TextToAudioModel,
    output_dir: str,
    memory_budget_bytes: int = STANDARD_MEMORY_BUDGET_BYTES,
) -> Order:
    """What the arguments ask for.

    Args:
        arguments: Described by :func:`add_request_arguments`.
        model: That will make it.
        output_dir: Existing folder for the engine's files.
        memory_budget_bytes: As in the request.

    Raises:
        EngineError: A value makes no sense; the message names it and the remedy.
    """
    _check_companions(arguments)
    source_seconds = None if arguments.source is None else _seconds_of(arguments.source)
    for path in arguments.like:
        _seconds_of(path)
    seconds, words = arguments.seconds, ""
    if seconds is None:
        seconds = source_seconds or DEFAULT_SECONDS
    is_loop = arguments.loop or arguments.loop_bars is not None
    if is_loop:
        frames, words = _loop_frames(arguments, seconds, model.config.window_latent_frames)
        seconds = frames / LATENT_FRAMES_PER_SECOND
    request = piece_request(
        model,
        text=arguments.prompt,
        duration=seconds,
        seed=arguments.seed,
        num_steps=arguments.steps,
        guidance_scale=arguments.guidance,
        negative_prompt=arguments.negative,
        sampler=arguments.sampler,
        output_dir=output_dir,
    )
    request = replace(
        request,
        sampling=_sampling(arguments, request.sampling, model.config.sampling_defaults),
        cohesion=cohesion_from_arguments(
            arguments,
            num_latent_frames=request.num_latent_frames,
            is_loop=is_loop,
            window=model.config.window_latent_frames,
        ),
        num_candidates=_candidates(arguments.candidates),
        is_loop=is_loop,
        source=_source(arguments),
        regions=tuple(
            replace(
                region,
                anchors=tuple(Anchor(audio_path=str(path.resolve())) for path in arguments.like),
                anchor_strength=_share("--like-strength", arguments.like_strength, 0.3),
            )
            for region in request.regions
        ),
        wants_early_audio=False,
        memory_budget_bytes=memory_budget_bytes,
    )
    return Order(request=request, num_samples=num_samples(model, seconds), words=words)


def _check_companions(arguments: argparse.Namespace) -> None:
    """Refuse an argument that does nothing without another one."""
    if arguments.strength is not None and arguments.source is None:
        raise EngineError("--strength belongs to a sound to start from.", "Add --from FILE.")
    if arguments.source_noise is not None and arguments.source is None:
        raise EngineError("--source-noise belongs to a sound to start from.", "Add --from FILE.")
    if arguments.like_strength is not None and not arguments.like:
        raise EngineError("--like-strength belongs to a sound to be like.", "Add --like FILE.")
    for name, value in (("--bpm", arguments.bpm), ("--beats", arguments.beats)):
        has_bars = arguments.loop_bars is not None or has_period_of_bars(arguments)
        if value is not None and not has_bars:
            raise EngineError(f"{name} belongs to a loop of whole bars.", "Add --loop-bars N.")
    if arguments.loop_bars is not None and arguments.seconds is not None:
        raise EngineError(
            "--loop-bars and --seconds both say how long it is.", "Leave one of them out."
        )


def _loop_frames(arguments: argparse.Namespace, seconds: float, window: int) -> tuple[int, str]:
    """Length of the loop in latent frames, and words for it."""
    if arguments.loop_bars is None:
        wanted = seconds * LATENT_FRAMES_PER_SECOND / LOOP_MULTIPLE_LATENT_FRAMES
        frames = max(1, round(wanted)) * LOOP_MULTIPLE_LATENT_FRAMES
        if frames < window:
            raise EngineError(
                f"A loop of {seconds:g} s is too short for this model.",
                f"Choose at least {window / LATENT_FRAMES_PER_SECOND:g} s.",
            )
        return frames, f"a loop of {frames / LATENT_FRAMES_PER_SECOND:.2f} s"
    try:
        length = loop_latent_frames(
            arguments.loop_bars,
            DEFAULT_BEATS if arguments.beats is None else arguments.beats,
            DEFAULT_BPM if arguments.bpm is None else arguments.bpm,
            window_latent_frames=window,
        )
    except ValueError as error:
        raise EngineError(f"No such loop: {error}.") from error
    frames = length.num_latent_frames
    return frames, (
        f"a loop of {frames / LATENT_FRAMES_PER_SECOND:.2f} s, {length.deviation_ms:+.0f} ms beside"
        f" {arguments.loop_bars} bars; exact at {length.exact_bpm:.3f} bpm"
    )


def _sampling(
    arguments: argparse.Namespace, usual: SamplingSettings, defaults: ModelDefaults
) -> SamplingSettings:
    if arguments.preset is None:
        return usual
    try:
        quality = Quality(arguments.preset)
    except ValueError:
        known = ", ".join(each.value for each in Quality)
        raise EngineError(
            f"There is no preset “{arguments.preset}”.", f"Choose one of: {known}."
        ) from None
    preset = sampling_of(quality, defaults)
    return replace(
        preset,
        sampler=usual.sampler if arguments.sampler else preset.sampler,
        num_steps=preset.num_steps if arguments.steps is None else arguments.steps,
    )


def _candidates(number: int) -> int:
    if not 1 <= number <= MAX_CANDIDATES:
        raise EngineError(
            f"{number} versions cannot be made.", f"Choose --candidates 1 to {MAX_CANDIDATES}."
        )
    return number


def _source(arguments: argparse.Namespace) -> AudioSource | None:
    if arguments.source is None:
        return None
    strength = _share("--strength", arguments.strength, 0.5)
    return AudioSource(
        path=str(arguments.source.resolve()), strength=strength, noise=source_noise(arguments)
    )


def _share(name: str, value: float | None, default: float) -> float:
    if value is None:
        return default
    if not 0.0 <= value <= 1.0:
        raise EngineError(f"{name} {value:g} makes no sense.", "Choose 0 to 1.")
    return value


def _seconds_of(path: Path) -> float:
    """Length of a sound file.

    Raises:
        EngineError: It cannot be read.
    """
    if not path.is_file():
        raise EngineError(f"There is no file {path}.", "Check its name.")
    try:
        info = soundfile.info(path)
    except (OSError, soundfile.SoundFileError) as error:
        raise EngineError(
            f"{path} cannot be read as sound.", "Choose a WAV, FLAC, OGG or MP3 file.", str(error)
        ) from error
    return float(info.frames / info.samplerate)
