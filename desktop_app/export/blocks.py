"""Cutting a range into pieces that fit into memory."""

from collections.abc import Iterator

from desktop_app.project.time import Samples, Span

BLOCK_SAMPLES = 48_000


def blocks(span: Span) -> Iterator[Span]:
    """Ranges of a second, in order; the last one may be shorter."""
    for start in range(span.start, span.end, BLOCK_SAMPLES):
        yield Span(Samples(start), Samples(min(start + BLOCK_SAMPLES, span.end)))
