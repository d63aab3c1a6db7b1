"""A short-time Fourier transform and its least-squares inverse, without edges.

``torch.istft`` divides by the sum of the squared windows that happen to be present, so what it
returns near an end depends on where the piece was cut. Here every frame lies on the grid of an
endless track: the divisor is the sum over all windows there could be, which repeats every hop.
Frames outside a piece count as silence.

Shape letters in this file:
    B  batch
    T  frames
    K  frequency bins
    R  hops touched by one window
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class EndlessSTFT(nn.Module):
    """Analysis and synthesis on the frame grid of an endless track.

    Frame ``t`` is centred on sample ``t * hop_length``. A signal of ``T`` frames is held as the
    blocks of ``hop_length`` samples that its windows touch, ``T + R - 1`` of them; block 0 begins
    ``lead_samples`` before the centre of frame 0.

    Args:
        n_fft: Length of the Fourier transform in samples.
        win_length: Length of the periodic Hann window in samples.
        hop_length: Samples between two frames.
    """

    window: Tensor
    synthesis_window: Tensor

    def __init__(self, n_fft: int, win_length: int, hop_length: int) -> None:
        super().__init__()
        self.n_fft = n_fft
        self.win_length = win_length
        self.hop_length = hop_length
        self.num_blocks_per_window = -(-n_fft // hop_length)
        padding = self.num_blocks_per_window * hop_length - n_fft
        margin = (n_fft - win_length) // 2
        window = torch.zeros(n_fft, dtype=torch.float64)
        window[margin : margin + win_length] = torch.hann_window(
            win_length, periodic=True, dtype=torch.float64
        )
        squares = torch.cat([window**2, torch.zeros(padding, dtype=torch.float64)])
        envelope = squares.view(self.num_blocks_per_window, hop_length).sum(dim=0)
        repeated = envelope.repeat(self.num_blocks_per_window)[:n_fft]
        self.register_buffer("window", window.float(), persistent=False)
        self.register_buffer("synthesis_window", (window / repeated).float(), persistent=False)

    @property
    def lead_samples(self) -> int:
        """Samples before the centre of the first frame."""
        return self.n_fft // 2

    @property
    def reach_frames(self) -> int:
        """Frames on each side that synthesis followed by analysis mixes into one frame."""
        # A periodic Hann window begins with a zero, so two windows share samples only if their
        # centres are at most win_length - 2 apart.
        return (self.win_length - 2) // self.hop_length

    def synthesis(self, spectrum: Tensor) -> Tensor:
        """Return the signal whose spectrum is nearest to the given one.

        Args:
            spectrum: (B, T, K) complex.

        Returns:
            (B, (T + R - 1) * hop_length) samples.
        """
        hops = self.num_blocks_per_window
        frames = torch.fft.irfft(spectrum, n=self.n_fft, dim=-1) * self.synthesis_window
        frames = nn.functional.pad(frames, (0, hops * self.hop_length - self.n_fft))
        batch, num_frames, _ = frames.shape
        blocks = frames.view(batch, num_frames, hops, self.hop_length)
        signal = frames.new_zeros(batch, num_frames + hops - 1, self.hop_length)
        # Always added in the same order, so that a piece rounds as the whole does.
        for block in range(hops):
            signal[:, block : block + num_frames] += blocks[:, :, block]
        return signal.flatten(1)

    def analysis(self, signal: Tensor) -> Tensor:
        """Return the spectrum of a signal.

        Args:
            signal: (B, (T + R - 1) * hop_length) samples, as :meth:`synthesis` returns them.

        Returns:
            (B, T, K) complex.
        """
        num_frames = signal.shape[1] // self.hop_length - self.num_blocks_per_window + 1
        frames = signal.unfold(1, self.n_fft, self.hop_length)[:, :num_frames]
        spectrum: Tensor = torch.fft.rfft(frames * self.window, dim=-1)
        return spectrum
