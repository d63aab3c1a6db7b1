"""First guesses of how long a model's work takes, until it has been measured."""

from __future__ import annotations

from torch import nn

from engine.api import Stage
from engine.checkpoints.model import AudioLDM
from engine.runtime.progress import Extra, Pace

# Between AudioLDM-S on two cores and the bundled model on one, both in float32: seconds per unit of
# work, and per unit and million parameters. Sampling is measured by its first network call.
_SAMPLING_SECONDS = 1.5e-5
_DECODING_SECONDS_AT_LEAST = 6.0e-3
_DECODING_SECONDS = 6.0e-4
_HIFIGAN_SECONDS = 1.5e-4
_GRIFFIN_LIM_SECONDS = 5.0e-4
"""Per mel frame; it has no parameters."""


def initial_pace(model: AudioLDM) -> Pace:
    """Guess the pace of a model from its size.

    Units: latent frames under one condition and step (sampling), latent frames (decoding of either
    kind), mel frames (vocoding).
    """
    vocoder_millions = _millions(model.vocoder)
    decoding = _DECODING_SECONDS_AT_LEAST + _DECODING_SECONDS * _millions(model.vae.decoder)
    return Pace(
        {
            Stage.SAMPLING: _SAMPLING_SECONDS * _millions(model.unet),
            Stage.DECODING: decoding,
            # One pass instead of several, but with the surroundings of every short part.
            Extra.PINNED_DECODING: decoding,
            Stage.VOCODING: _HIFIGAN_SECONDS * vocoder_millions
            if vocoder_millions > 0.0
            else _GRIFFIN_LIM_SECONDS,
        }
    )


def _millions(network: nn.Module) -> float:
    return sum(parameter.numel() for parameter in network.parameters()) / 1e6
