"""From lanes to stereo: the one place where gain, pan, mute and solo are applied.

Playback and export both come here, so what is delivered is what was heard.
"""

import math

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.live_sound import LiveSound
from desktop_app.audio.sources import TakeSources
from desktop_app.project.project import MIN_GAIN_DB, Lane, Project, Take
from desktop_app.project.time import Samples, Span

EDGE_FADE_SAMPLES = 240
"""Length of the fade at both ends of a block of sound: 5 ms, so that no cut clicks."""

Stereo = NDArray[np.float32]


def audible_lanes(project: Project) -> tuple[Lane, ...]:
    """The lanes that are heard: the soloed ones if there are any, otherwise those not muted."""
    soloed = tuple(lane for lane in project.lanes if lane.is_soloed)
    return soloed or tuple(lane for lane in project.lanes if not lane.is_muted)


def channel_gains(gain_db: float, pan: float) -> tuple[float, float]:
    """Linear gains of the left and right channel.

    In the centre both channels carry the lane at its own level; towards one side the other channel
    falls with a cosine, so no position is louder than the centre.

    Args:
        gain_db: Level in dB; silence at the lower end of the range.
        pan: -1 left, 0 centre, 1 right.
    """
    if gain_db <= MIN_GAIN_DB:
        return 0.0, 0.0
    gain = 10 ** (gain_db / 20)
    left = math.cos(max(0.0, pan) * math.pi / 2)
    right = math.cos(max(0.0, -pan) * math.pi / 2)
    return gain * left, gain * right


def render_lane(
    lane: Lane, sources: TakeSources, span: Span, live: LiveSound | None = None
) -> Stereo:
    """One lane's stem with its gain and pan, whether it is muted or not.

    Args:
        lane: The lane.
        sources: Sound of its takes.
        span: The part to be rendered.
        live: Sound that a job is making; takes the place of the takes where there is some.

    Returns:
        (span.duration, 2) float32 at 48 kHz.
    """
    mono = np.zeros(span.duration, np.float32)
    takes = {take.id: take for take in lane.takes}
    for block in lane.sound:
        shared = block.span.intersection(span)
        if shared is not None:
            part = _block_samples(takes[block.take_id], block.span, shared, sources)
            mono[shared.start - span.start : shared.end - span.start] += part
    if live is not None:
        _lay_over(mono, span, live)
    return mono[:, None] * np.array(channel_gains(lane.gain_db, lane.pan), np.float32)


def render_mix(project: Project, sources: TakeSources, span: Span) -> Stereo:
    """The sum of all audible lanes, in the order of the lanes.

    Args:
        project: The project.
        sources: Sound of its takes.
        span: The part to be rendered.

    Returns:
        (span.duration, 2) float32 at 48 kHz, not clipped.
    """
    mix = np.zeros((span.duration, 2), np.float32)
    for lane in audible_lanes(project):
        mix += render_lane(lane, sources, span)
    return mix


def _block_samples(
    take: Take, block: Span, shared: Span, sources: TakeSources
) -> NDArray[np.float32]:
    part = sources.samples(take, Samples(shared.start - take.span.start), shared.duration)
    if take.recipe.is_loop and block == take.span:
        # Its end goes over into its start, which a fade would cut in two.
        return part
    envelope = _envelope(block, shared)
    return part if envelope is None else part * envelope


def _lay_over(mono: NDArray[np.float32], span: Span, live: LiveSound) -> None:
    """Cross-fade to the sound of a job where it is ready, and back where it ends."""
    for part in live.ready_parts(span):
        shared = part.intersection(span)
        if shared is None:
            continue
        under = mono[shared.start - span.start : shared.end - span.start]
        envelope = _envelope(part, shared)
        over = live.samples(shared)
        under[:] = over if envelope is None else under + (over - under) * envelope


def _envelope(block: Span, shared: Span) -> NDArray[np.float32] | None:
    """Fades at both ends of a block within a part of it; ``None`` where there is none."""
    fade = min(EDGE_FADE_SAMPLES, block.duration // 2)
    if fade == 0 or (shared.start >= block.start + fade and shared.end <= block.end - fade):
        return None
    positions = np.arange(shared.start, shared.end)
    rise = (positions - block.start + 0.5) / fade
    fall = (block.end - positions - 0.5) / fade
    return np.clip(np.minimum(rise, fall), 0, 1).astype(np.float32)
