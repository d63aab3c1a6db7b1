"""A model that stays in memory between jobs, with what is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM
from engine.longform.vocoder import Vocoder
from engine.runtime.audio_vectors import AudioVectors
from engine.runtime.precision import (
    Float32Twin,
    GuardedVocoder,
    Precision,
    bring_into_precision,
    fast_dtype,
)

ResolveModel = Callable[[str], Path]
"""Finds a model by its name or path; raises ``EngineError`` if there is none."""

_MOST_EMBEDDINGS = 4_096


class LoadedModel:
    """The networks on their device, and the embeddings of prompts and sounds met so far.

    Args:
        model: The networks; laid out for speed in place, in the precision of the noise predictor.
        device: Where they are.

    Attributes:
        model: The networks.
        device: Where they are.
        audio_vectors: What the model has heard.
        vocoder: The vocoder of the model, which falls back to float32 where it must.
    """

    def __init__(self, model: AudioLDM, device: torch.device) -> None:
        bring_into_precision(model)
        self.model = model
        self.device = device
        self.audio_vectors = AudioVectors(model)
        self.vocoder: Vocoder = GuardedVocoder(model.vocoder)
        self._precise_unet = Float32Twin(model.unet)
        self._embeddings: dict[str, Tensor] = {}
        self._most_items: int | None = None

    def embeddings(self, prompts: Sequence[str]) -> dict[str, Tensor]:
        """Embed prompts; each one only once.

        Args:
            prompts: Any texts; the empty one is the unconditional case.

        Returns:
            Prompt to (D,) float32 unit vector on the CPU.
        """
        missing = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._embeddings]
        if len(self._embeddings) + len(missing) > _MOST_EMBEDDINGS:
            self._embeddings.clear()
            missing = list(dict.fromkeys(prompts))
        for prompt in missing:
            # One by one: a batch would pad, and the last bits would depend on the neighbours.
            self._embeddings[prompt] = self.model.embed_prompts([prompt])[0].float().cpu()
        return {prompt: self._embeddings[prompt] for prompt in prompts}

    def predict_noise(
        self,
        latents: Tensor,
        timesteps: Tensor,
        conditioning: Tensor,
        *,
        group_items: int | None = None,
    ) -> Tensor:
        """Run the noise predictor.

        A convolution may round differently for every batch size. Where the same request must give
        the same bits in whatever order and company its windows come, the network is always asked
        for groups of one size, the last one filled up; within a group an item's place and its
        neighbours change nothing.

        Args:
            latents: (N, C, W, F) float32.
            timesteps: (N,) int64.
            conditioning: (N, D) float32.
            group_items: Size of the groups; ``None`` runs everything at once, in smaller batches
                when memory runs out.

        Returns:
            (N, C, W, F) float32. Items that are not finite in half precision are computed again
            in float32.
        """
        if group_items is None:
            return self._as_memory_allows(latents, timesteps, conditioning)
        num, filled = len(latents), -(-len(latents) // group_items) * group_items
        chosen = torch.arange(filled, device=latents.device).clamp_(max=num - 1)
        groups = [
            self._predicted(latents[items], timesteps[items], conditioning[items])
            for items in torch.split(chosen, group_items)
        ]
        return torch.cat(groups)[:num]

    def _as_memory_allows(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        if self._most_items is None or len(latents) <= self._most_items:
            try:
                return self._predicted(latents, timesteps, conditioning)
            except torch.OutOfMemoryError:
                if len(latents) == 1:
                    raise
                self._most_items = len(latents) // 2
                torch.cuda.empty_cache()
        size = self._most_items or 1
        parts = [
            self._as_memory_allows(
                latents[begin : begin + size],
                timesteps[begin : begin + size],
                conditioning[begin : begin + size],
            )
            for begin in range(0, len(latents), size)
        ]
        return torch.cat(parts)

    def _predicted(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        unet = self.model.unet
        dtype = unet.conv_in.weight.dtype
        inputs = latents.to(dtype=dtype, memory_format=torch.channels_last)
        predicted: Tensor = unet(inputs, timesteps, conditioning.to(dtype)).float()
        if dtype == torch.float32:
            return predicted
        finite = torch.isfinite(predicted).flatten(1).all(dim=1)
        if not finite.all():
            # One by one, so that nothing depends on which items failed together.
            for item in (~finite).nonzero()[:, 0].tolist():
                alone = slice(item, item + 1)
                predicted[alone] = self._precise_unet.get()(
                    latents[alone].float(), timesteps[alone], conditioning[alone].float()
                )
        return predicted


class ModelSlot:
    """Keeps the model that was used last.

    Args:
        resolve_model: Finds models by name.
        device: Where they are to run.
        precision: "auto" for the fastest, or "float32".
    """

    def __init__(
        self, resolve_model: ResolveModel, device: torch.device, precision: Precision = "auto"
    ) -> None:
        self._resolve_model = resolve_model
        self._device = device
        self._dtype = torch.float32 if precision == "float32" else fast_dtype(device)
        self._key: Path | None = None
        self._loaded: LoadedModel | None = None

    def get(self, name: str) -> LoadedModel:
        """The model of this name or path, loaded if it is not the last one.

        Raises:
            EngineError: There is no such model, or it is damaged.
        """
        path = self._resolve_model(name).resolve()
        if self._loaded is None or path != self._key:
            # The old model goes first: two may not fit into memory.
            self.clear()
            model = load_checkpoint(path, device=self._device, dtype=self._dtype)
            self._loaded = LoadedModel(model, self._device)
            self._key = path
        return self._loaded

    def clear(self) -> None:
        """Forget the model."""
        self._loaded = None
        self._key = None
