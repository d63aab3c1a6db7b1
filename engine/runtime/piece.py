"""What a request comes down to once the model is known: windows, noise, and what stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.api import GenerateRequest
from engine.checkpoints.config import ModelConfig
from engine.longform.frame_noise import FrameNoise
from engine.longform.noise_layers import LayeredNoise, NoiseLayer
from engine.longform.placement import uncovered
from engine.longform.sections import (
    CroppedGrid,
    CroppedNoise,
    FrozenContext,
    SectionRange,
    frozen_context,
)
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.time import mel_frames_of_latent
from engine.longform.windows import WindowGrid
from engine.runtime.kept.material import KeptLatents
from engine.runtime.kept.plan import KeptPlan
from engine.runtime.sound.splicing import KeptSound
from engine.runtime.take.foreign_level import OWN_LEVEL, ForeignLevel
from engine.runtime.take.phase_addresses import AddressRun, addresses_of
from engine.runtime.take.solver import TakeSolver
from engine.runtime.take.state import TakeState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """The work of one job.

    Attributes:
        request: What was asked for.
        config: The model.
        grid: Windows of the whole piece.
        layers: Noise of the result, bottom first.
        addresses: Phases of the result that the vocoder starts from.
        base: State of the take that is kept in parts, or ``None``.
        kept: What stays of it and what is made; ``None`` if everything is made.
        crop: The windows that are evaluated, if those are not all.
        stored_noise: Arrays that the layers refer to.
        level: Of imported sound that the piece began with.
    """

    request: GenerateRequest
    config: ModelConfig
    grid: WindowGrid
    layers: tuple[NoiseLayer, ...]
    addresses: tuple[AddressRun, ...]
    base: TakeState | None = None
    kept: KeptPlan | None = None
    crop: CroppedGrid | None = None
    stored_noise: tuple[torch.Tensor, ...] = ()
    level: ForeignLevel = OWN_LEVEL

    @property
    def num_latent_frames(self) -> int:
        """Frames that are heard."""
        return self.request.num_latent_frames

    @property
    def stride_latent_frames(self) -> int:
        """Nominal distance of the windows; that of the base if there is one."""
        if self.base is not None:
            return self.base.stride_latent_frames
        return self.request.sampling.stride_latent_frames

    @property
    def origin_latent_frame(self) -> int:
        """A point of the window grid; that of the base if there is one."""
        if self.base is not None:
            return self.base.origin_latent_frame
        return self.request.first_latent_frame

    @property
    def makes_something(self) -> bool:
        """Whether any latents must be sampled; not where a take is only shortened."""
        return self.kept is None or bool(self.kept.made)

    @property
    def keeps_something(self) -> bool:
        """Whether any latents that are heard are those of the base."""
        first, end = self.request.first_latent_frame, self.request.end_latent_frame
        return self.kept is not None and not any(a <= first and end <= b for a, b in self.kept.made)

    @property
    def wanted_solver(self) -> TakeSolver:
        """What the request asks for."""
        return TakeSolver.of_settings(self.request.sampling, ddim_eta=self.config.ddim_eta)

    @property
    def solver(self) -> TakeSolver | None:
        """What the result is made with; ``None`` if that is unknown, as of imported sound."""
        if self.base is not None and self.keeps_something:
            return self.base.solver
        source = self.request.source
        return None if source is not None and source.strength == 0.0 else self.wanted_solver

    @property
    def work_grid(self) -> WindowGrid:
        """The windows that are evaluated; its frames are those of the sampler."""
        return self.grid if self.crop is None else self.crop

    @property
    def windows(self) -> tuple[int, ...]:
        """Numbers in :attr:`grid` of the windows that are evaluated."""
        return tuple(range(self.grid.num_windows)) if self.crop is None else self.crop.windows

    @property
    def sampled_windows(self) -> tuple[int, ...]:
        """Numbers in :attr:`work_grid` of the windows that the network is asked about."""
        if self.kept is None or self.crop is not None:
            return tuple(range(self.work_grid.num_windows))
        met = (self.grid.windows_meeting(start, end) for start, end in self.kept.made)
        return tuple(sorted({window for windows in met for window in windows}))

    @property
    def stored_range(self) -> tuple[int, int]:
        """Absolute frames [start, end) of the file of latents."""
        if self.kept is None:
            return self.grid.first_frame, self.grid.end_frame
        return self.kept.stored_range

    def noise(self, device: torch.device) -> FrameNoise:
        """Noise by the frames of :attr:`work_grid`."""
        layered = LayeredNoise(
            layers=self.layers,
            stored=self.stored_noise,
            channels=self.config.vae.latent_channels,
            bins=self.config.latent_bins,
            device=device,
        )
        return layered if self.crop is None else CroppedNoise(noise=layered, crop=self.crop)

    def context(self, device: torch.device) -> FrozenContext | None:
        """What must stay as it is, by the frames of :attr:`work_grid`; ``None`` if nothing.

        Raises:
            EngineError: The latents of the base cannot be read.
        """
        if self.kept is None or self.base is None:
            return None
        if self.crop is None:
            return self._loop_context(self.kept, device)
        clean = self.kept_latents().cropped(self.kept.spans, self.crop)
        hidden = uncovered(self.kept.spans, self.grid.first_frame, self.grid.end_frame)
        free = [
            SectionRange(start=first, end=first + num)
            for start, end in (*self.kept.made, *hidden)
            for first, _, num in self.crop.overlaps(start, end)
        ]
        noise = self.noise(device)(0, self.crop.first_frame, self.crop.end_frame)
        return frozen_context(self.crop, free, clean=clean.to(device), noise=noise)

    def _loop_context(self, kept: KeptPlan, device: torch.device) -> FrozenContext:
        frames = (self.grid.first_frame, self.grid.end_frame)
        stored = np.array(self.kept_latents().read(*frames), np.float32)
        clean = torch.from_numpy(stored).unsqueeze(0).to(device)
        free = [SectionRange(start=start, end=end) for start, end in kept.made]
        return frozen_context(self.grid, free, clean=clean, noise=self.noise(device)(0, *frames))

    def work_parts(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """Where absolute frames ``[start, end)`` lie in the work grid.

        Returns:
            (frames from the start of the work grid, first absolute frame, number of frames) of
            each part.
        """
        if self.crop is None:
            return ((start - self.grid.first_frame, start, end - start),)
        return self.crop.overlaps(start, end)

    def heard_parts(self) -> tuple[tuple[int, int, int], ...]:
        """Where the frames of :attr:`work_grid` are heard.

        Returns:
            (first frame in the work grid, first frame from the start of the piece, number of
            frames) of each part.
        """
        first, end = self.request.first_latent_frame, self.request.end_latent_frame
        return tuple(
            (self.work_grid.first_frame + begin, absolute - first, num)
            for begin, absolute, num in self.work_parts(first, end)
        )

    def kept_sound(self) -> KeptSound | None:
        """What is kept of the spectrogram and the sound of the base; ``None`` without one."""
        if self.kept is None or self.base is None or self.request.base is None:
            return None
        return KeptSound(
            base=self.request.base,
            old=(self.base.first_latent_frame, self.base.end_latent_frame),
            new=(self.request.first_latent_frame, self.request.end_latent_frame),
            heard=self.kept.heard,
            decoded=self.kept.decoded,
            statistics=self.base.statistics,
        )

    def mel_addresses(self) -> torch.Tensor:
        """(T,) int64 addresses of the piece's mel frames, for the vocoder."""
        start = mel_frames_of_latent(self.request.first_latent_frame)
        end = mel_frames_of_latent(self.request.end_latent_frame)
        return torch.from_numpy(addresses_of(self.addresses, start, end))

    def state(self, statistics: DecoderStatistics, attention_reach: int | None) -> TakeState:
        """What the result must remember.

        Args:
            statistics: Normalisation statistics of the decoder, to be pinned.
            attention_reach: Latent frames that the decoder's attention saw, or ``None`` for all.
        """
        start, end = self.stored_range
        return TakeState(
            model=self.config.name,
            first_latent_frame=self.request.first_latent_frame,
            num_latent_frames=self.request.num_latent_frames,
            stride_latent_frames=self.stride_latent_frames,
            fusion=self.grid.fusion,
            origin_latent_frame=self.origin_latent_frame,
            is_loop=self.request.is_loop,
            stored_start=start,
            stored_end=end,
            layers=self.layers,
            stored_noise=self.stored_noise,
            addresses=self.addresses,
            attention_reach=attention_reach,
            statistics=statistics,
            level=self.level,
            solver=self.solver,
        )

    def kept_latents(self) -> KeptLatents:
        """The latents of the base.

        Raises:
            EngineError: They cannot be read, or do not fit.
        """
        if self.base is None or self.request.base is None:
            raise ValueError("a piece without a base keeps nothing")
        return KeptLatents.open(
            Path(self.request.base.latents_path),
            first_frame=self.base.stored_start,
            shape=(
                self.config.vae.latent_channels,
                self.base.stored_end - self.base.stored_start,
                self.config.latent_bins,
            ),
        )
