"""Laying takes over a lane's sound."""

from collections.abc import Iterable

from desktop_app.project.ids import TakeId
from desktop_app.project.project import SoundBlock
from desktop_app.project.time import Span


def sound_with(sound: tuple[SoundBlock, ...], block: SoundBlock) -> tuple[SoundBlock, ...]:
    """The sound with one stretch replaced; blocks underneath are cut, blocks outside are kept."""
    return _joined((*_without(sound, block.span), block))


def sound_without_span(sound: tuple[SoundBlock, ...], span: Span) -> tuple[SoundBlock, ...]:
    """The sound with silence in a range; blocks that reach into it are cut."""
    return tuple(_without(sound, span))


def sound_without_take(sound: tuple[SoundBlock, ...], take_id: TakeId) -> tuple[SoundBlock, ...]:
    """The sound with silence where the take played."""
    return tuple(block for block in sound if block.take_id != take_id)


def _without(sound: tuple[SoundBlock, ...], hole: Span) -> Iterable[SoundBlock]:
    for block in sound:
        if not block.span.intersects(hole):
            yield block
            continue
        if block.span.start < hole.start:
            yield SoundBlock(span=Span(block.span.start, hole.start), take_id=block.take_id)
        if hole.end < block.span.end:
            yield SoundBlock(span=Span(hole.end, block.span.end), take_id=block.take_id)


def _joined(blocks: Iterable[SoundBlock]) -> tuple[SoundBlock, ...]:
    joined: list[SoundBlock] = []
    for block in sorted(blocks, key=lambda block: block.span.start):
        last = joined[-1] if joined else None
        if last and last.take_id == block.take_id and last.span.end == block.span.start:
            span = Span(last.span.start, block.span.end)
            joined[-1] = SoundBlock(span=span, take_id=block.take_id)
        else:
            joined.append(block)
    return tuple(joined)
