"""The CLAP mel front end against transformers' extractor, which is plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import ClapFeatureExtractor

from engine.models.clap.features import SAMPLE_RATE, WINDOW_SAMPLES, ClapMelFrontEnd


@pytest.mark.parametrize("num_samples", [1, 480, 130_001, 300_000, WINDOW_SAMPLES])
def test_features_match_the_published_extractor_at_any_length(num_samples: int) -> None:
    extractor = ClapFeatureExtractor(frequency_min=50, frequency_max=14000)
    generator = np.random.default_rng(num_samples)
    time = np.arange(num_samples) / SAMPLE_RATE
    waveform = 0.3 * np.sin(2 * np.pi * 440 * time) + 0.01 * generator.standard_normal(num_samples)

    expected = extractor(
        waveform, sampling_rate=SAMPLE_RATE, truncation="rand_trunc", return_tensors="np"
    )["input_features"]
    got = ClapMelFrontEnd()(torch.from_numpy(waveform)).numpy()

    assert got.shape == expected.shape == (1, 1, 1001, 64)
    assert np.linalg.norm(got - expected) <= 1e-5 * np.linalg.norm(expected)
    assert np.abs(got - expected).max() <= 1e-3
