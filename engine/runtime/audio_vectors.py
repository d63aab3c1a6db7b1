"""Hearing sound as the model hears it: as a direction in the space of its prompts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import Anchor, EngineError
from engine.checkpoints.model import AudioLDM
from engine.models.clap.audio import AudioEncoder
from engine.models.clap.features import SAMPLE_RATE, ClapMelFrontEnd, embed_clip, embed_windows
from engine.runtime.files.audio_file import content_hash, read_audio

_MOST_VECTORS = 4_096

_Stretch = tuple[str, float, float | None]
"""Hash of a file's content, start and duration in seconds."""


class AudioVectors:
    """The model's audio tower, and the stretches of sound that it has heard so far.

    Sound is heard at the level it has; the tower was trained without normalisation.

    Args:
        model: The networks; one without an audio tower cannot listen.
    """

    def __init__(self, model: AudioLDM) -> None:
        self._model = model
        self._front_end = ClapMelFrontEnd()
        self._vectors: dict[_Stretch, Tensor] = {}

    @property
    def can_listen(self) -> bool:
        """Whether the model has an audio tower."""
        return self._model.audio_encoder is not None

    def anchor_vector(
        self, anchor: Anchor, check_cancelled: Callable[[], None] = lambda: None
    ) -> Tensor:
        """Embed a stretch of a sound file; the same one only once.

        Args:
            anchor: The stretch; its weight does not matter.
            check_cancelled: Called before every ten seconds; raises to stop the work.

        Returns:
            (D,) float32 unit vector on the CPU: the mean direction of its windows of ten seconds.

        Raises:
            EngineError: The model cannot listen, or the file cannot be read.
        """
        tower = self._tower()
        path = Path(anchor.audio_path)
        key = (content_hash(path), anchor.start_seconds, anchor.duration_seconds)
        if key not in self._vectors:
            samples = read_audio(path, anchor.start_seconds, anchor.duration_seconds, SAMPLE_RATE)
            waveform = torch.from_numpy(samples)
            vector = embed_clip(tower, self._front_end, waveform, check_cancelled).cpu()
            if len(self._vectors) >= _MOST_VECTORS:
                self._vectors.clear()
            self._vectors[key] = vector
        return self._vectors[key]

    def clap_score(
        self, samples: NDArray[np.float32], sample_rate: int, text_vector: Tensor
    ) -> float:
        """How well sound fits words: the mean cosine over windows of ten seconds (CLAP score).

        Args:
            samples: (N,) mono, full scale at 1, N >= 1.
            sample_rate: In Hz.
            text_vector: (D,) unit vector of the words.

        Returns:
            -1 to 1.

        Raises:
            EngineError: The model cannot listen.
        """
        tower = self._tower()
        if sample_rate != SAMPLE_RATE:
            samples = soxr.resample(samples, sample_rate, SAMPLE_RATE, quality="VHQ")
        waveform = torch.from_numpy(np.array(samples, np.float32))
        heard = embed_windows(tower, self._front_end, waveform).cpu().double()
        return float((heard @ text_vector.cpu().double()).mean())

    def _tower(self) -> AudioEncoder:
        tower = self._model.audio_encoder
        if tower is None:
            raise EngineError(
                f"The model {self._model.config.name} cannot listen to sounds.",
                "Choose a model with an audio tower, or go by words alone.",
            )
        return tower
