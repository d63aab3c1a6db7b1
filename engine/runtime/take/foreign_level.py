"""How loud imported sound is for the networks, and how loud they give it back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LARGEST_OFFSET = math.log(4.0)
"""12 dB: what differs by more is not a level but another sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLevel:
    """The level of a piece that began with imported sound; one for the whole piece.

    Spectrograms of the piece, decoded or analysed, lie at the level of the networks; its sound lies
    at the level of the file.

    Attributes:
        encoder_gain: The file was multiplied by this before it was analysed.
        decoder_offset: Added to the log-mel that the decoder gives, so that the sound comes back
            from the round trip as loud as it went in.
        keeps_original: Whether samples of the file itself are heard, so that vocoded ones must be
            cross-faded with them.
    """

    encoder_gain: float = 1.0
    decoder_offset: float = 0.0
    keeps_original: bool = False

    def mel(self, decoded: NDArray[np.float32]) -> NDArray[np.float32]:
        """(T, M) decoded log-mel at the level of what was encoded."""
        return decoded + np.float32(self.decoder_offset)

    def sound(self, vocoded: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N,) vocoded samples at the level of the file."""
        return vocoded / np.float32(self.encoder_gain)

    def numbers(self) -> NDArray[np.float64]:
        """(3,) for files; see :meth:`of_numbers`."""
        return np.asarray([self.encoder_gain, self.decoder_offset, float(self.keeps_original)])

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.generic]) -> ForeignLevel:
        """The level that :meth:`numbers` was called on.

        Raises:
            ValueError: These are no such numbers.
        """
        gain, offset, keeps_original = (float(number) for number in numbers)
        if not (gain > 0.0 and math.isfinite(gain) and abs(offset) <= _LARGEST_OFFSET):
            raise ValueError(f"no level: {gain}, {offset}")
        return cls(encoder_gain=gain, decoder_offset=offset, keeps_original=bool(keeps_original))


OWN_LEVEL = ForeignLevel()
"""Of pieces that nothing was imported into."""


def round_trip_offset(
    parts: Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]],
) -> float:
    """What must be added to decoded log-mels so that they have the power of the true ones.

    It is one number for a whole piece: an offset for each part would make quiet parts loud.

    Args:
        parts: (T, M) true and (T, M) decoded natural-log mel, of all parts of the piece.

    Returns:
        Nepers, within +-12 dB; 0 for silence.
    """
    true_power, decoded_power = 0.0, 0.0
    for true, decoded in parts:
        true_power += float(np.exp(2.0 * true.astype(np.float64)).sum())
        decoded_power += float(np.exp(2.0 * decoded.astype(np.float64)).sum())
    if true_power <= 0.0 or decoded_power <= 0.0:
        return 0.0
    offset = 0.5 * math.log(true_power / decoded_power)
    return min(_LARGEST_OFFSET, max(-_LARGEST_OFFSET, offset))
