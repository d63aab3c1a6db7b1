"""From a sound file to the latents of a piece, and to the noise that stands for its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import STANDARD_MEMORY_BUDGET_BYTES
from engine.checkpoints.model import AudioLDM
from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.inversion import inversion_states
from engine.diffusion.schedule import NoiseSchedule
from engine.dsp.mel import MelFrontEnd
from engine.dsp.mel_chunks import mel_chunks
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.tiled_vae.decoder import DecodeSettings
from engine.longform.tiled_vae.encoder import encoded_mean, encoding_scratch_bytes
from engine.longform.tiled_vae.sweeps import OnProgress
from engine.longform.time import mel_frames_of_latent, samples_of_latent
from engine.runtime.source.audio import SourceAudio

INVERSION_STEPS = 50
INVERSION_REFINEMENTS = 1
"""Two predictions a step: on exactly solvable tracks this brings the way back from an error of
3.4 % to 0.2 %; as many predictions spent on more steps bring it to 1.7 %."""

INVERSION_PREDICTIONS = INVERSION_STEPS * (1 + INVERSION_REFINEMENTS)
"""Of every window, without guidance."""

NO_GUIDANCE = (0, 0)
"""An interval of timesteps that holds none: see ``JointDenoiser.guidance_interval``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceEncoder:
    """Encodes a sound file with the networks of a model.

    Attributes:
        model: The networks.
        reach: Latent frames that attention sees on each side, or ``None`` for the whole piece.
        folder: Existing folder for what does not fit into memory.
        memory_budget_bytes: Most that is kept in memory of tensors of the whole piece.
        on_progress: Told the tiles done and all tiles of the encoder.
        check_cancelled: Called between parts of the work; raises to stop.
    """

    model: AudioLDM
    reach: int | None
    folder: Path
    memory_budget_bytes: int = STANDARD_MEMORY_BUDGET_BYTES
    on_progress: OnProgress = lambda _done, _total: None
    check_cancelled: Callable[[], None] = lambda: None

    def write_mel(self, audio: SourceAudio, path: Path, first: int, end: int) -> None:
        """Analyse a range of the file, at the level of the encoder, into an ``.npy`` file.

        The logarithms are those of the file's own spectrogram plus the logarithm of the gain.

        Args:
            audio: The file on the time line of the piece.
            path: Gets float32 (4 (end - first), M); replaced if it exists.
            first: First latent frame, counted from the start of the piece.
            end: First latent frame after the range.
        """
        config = self.model.config.mel
        front_end = MelFrontEnd(config)
        num_frames = mel_frames_of_latent(end - first)
        offset = samples_of_latent(first, config.hop_length)

        def read(start: int, stop: int) -> Tensor:
            return torch.from_numpy(audio.read(offset + start, offset + stop)) * audio.gain

        mel: np.memmap[Any, np.dtype[np.float32]] = np.lib.format.open_memmap(
            path, mode="w+", dtype=np.float32, shape=(num_frames, config.n_mels)
        )
        for chunk in mel_chunks(
            front_end,
            read,
            num_frames * config.hop_length,
            check_cancelled=self.check_cancelled,
        ):
            place = slice(chunk.first_mel_frame, chunk.first_mel_frame + chunk.mel.shape[2])
            mel[place] = chunk.mel[0, 0].numpy()
        mel.flush()

    def latents(self, mel: NDArray[np.float32]) -> Tensor:
        """Encode a spectrogram.

        Args:
            mel: (T, M) at the level of the encoder; may be mapped into memory.

        Returns:
            (1, C, T / 4, F) scaled latents, the most probable ones, on the device of the networks.
        """
        mean = encoded_mean(
            self.model.vae,
            torch.from_numpy(mel)[None, None],
            self._settings,
            on_progress=self.on_progress,
            check_cancelled=self.check_cancelled,
        )
        return mean * self.model.config.scaling_factor

    def scratch_bytes(self, num_latent_frames: int) -> tuple[int, int]:
        """What the sound itself takes on the disk.

        Args:
            num_latent_frames: Length T of what is encoded, hidden frames included.

        Returns:
            Bytes of the spectrogram that :meth:`write_mel` writes, and the most that
            :meth:`latents` will have in :attr:`folder` at any time.
        """
        # One value that looks like a whole spectrogram: only shape and type matter.
        mel = torch.zeros(1).expand(
            1, 1, mel_frames_of_latent(num_latent_frames), self.model.config.mel.n_mels
        )
        return mel.nbytes, encoding_scratch_bytes(self.model.vae, mel, self._settings)

    @property
    def _settings(self) -> DecodeSettings:
        return DecodeSettings(
            attention_reach=self.reach,
            memory_budget_bytes=self.memory_budget_bytes,
            scratch_dir=self.folder,
        )


def inverted_noise(
    clean: Tensor,
    denoiser: JointDenoiser,
    schedule: NoiseSchedule,
    *,
    num_steps: int = INVERSION_STEPS,
    on_step: Callable[[int], None] = lambda _done: None,
) -> Tensor:
    """The noise that deterministic DDIM would have made the latents from.

    Args:
        clean: (1, C, T, F) scaled latents of the whole grid.
        denoiser: The network over the grid, without guidance: it would move the way away from
            what the latents can come from (Mokady et al. 2023, section 3).
        schedule: Noise levels of the model.
        num_steps: Steps of the sampler that is undone.
        on_step: Told how many steps are undone.

    Returns:
        (1, C, T, F), close to unit variance.
    """
    sampler = DDIMSampler(schedule, num_steps)
    latents = clean
    for state in inversion_states(
        clean,
        noise_pred=denoiser.noise_pred,
        sampler=sampler,
        num_refinements=INVERSION_REFINEMENTS,
    ):
        on_step(state.num_inverted)
        latents = state.latents
    return latents
