"""A model that stays in memory between jobs, with what is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM
from engine.runtime.audio_vectors import AudioVectors
from engine.runtime.device import network_dtype

ResolveModel = Callable[[str], Path]
"""Finds a model by its name or path; raises ``EngineError`` if there is none."""

_MOST_EMBEDDINGS = 4_096


class LoadedModel:
    """The networks on their device, and the embeddings of prompts and sounds met so far.

    Args:
        model: The networks.
        device: Where they are.

    Attributes:
        audio_vectors: What the model has heard.
    """

    def __init__(self, model: AudioLDM, device: torch.device) -> None:
        self.model = model
        self.device = device
        self.audio_vectors = AudioVectors(model)
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

    def predict_noise(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        """Run the noise predictor, in smaller batches when memory runs out.

        Args:
            latents: (N, C, W, F) float32.
            timesteps: (N,) int64.
            conditioning: (N, D) float32.

        Returns:
            (N, C, W, F) in the network's precision.
        """
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
            self.predict_noise(
                latents[begin : begin + size],
                timesteps[begin : begin + size],
                conditioning[begin : begin + size],
            )
            for begin in range(0, len(latents), size)
        ]
        return torch.cat(parts)

    def _predicted(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        dtype = self.model.unet.conv_in.weight.dtype
        predicted: Tensor = self.model.unet(latents.to(dtype), timesteps, conditioning.to(dtype))
        return predicted


class ModelSlot:
    """Keeps the model that was used last.

    Args:
        resolve_model: Finds models by name.
        device: Where they are to run.
    """

    def __init__(self, resolve_model: ResolveModel, device: torch.device) -> None:
        self._resolve_model = resolve_model
        self._device = device
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
            model = load_checkpoint(path, device=self._device, dtype=network_dtype(self._device))
            self._loaded = LoadedModel(model, self._device)
            self._key = path
        return self._loaded

    def clear(self) -> None:
        """Forget the model."""
        self._loaded = None
        self._key = None
