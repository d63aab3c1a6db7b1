"""The training material on disk: log-mels, kinds and captions of the foundry's clips.

A folder with ``mels.npy`` (N, 512, 64) float16, ``kinds.npy`` (N,) int64, ``captions.json`` (a list
of caption lists), and for the vocoder and the audio tower ``audio.npy`` (N, samples) int16. Some
hundred megabytes, so it never belongs into the repository.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.dsp.mel import MelConfig, MelFrontEnd
from engine.training.foundry.clips import make_clip
from engine.training.foundry.kinds import CORE, KINDS, NAMES

MEL = MelConfig(
    sample_rate=16_000,
    n_fft=1024,
    win_length=1024,
    hop_length=160,
    n_mels=64,
    fmin=0.0,
    fmax=8000.0,
    log_floor=1e-5,
)
TRAINING_SEED = 1
HELD_OUT_SEED = 777


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a folder holds.

    Attributes:
        mels: (N, 512, 64) float16 natural-log mels.
        kinds: (N,) index of each clip's kind in ``NAMES``.
        captions: N lists of captions.
    """

    mels: NDArray[np.float16]
    kinds: NDArray[np.int64]
    captions: list[list[str]]


_Rendered = tuple[NDArray[np.float16], NDArray[np.int16], list[list[str]]]


def _render(indices: range, seed: int, *, is_core: bool, keeps_audio: bool) -> _Rendered:
    torch.set_num_threads(1)
    front_end = MelFrontEnd(MEL)
    mels, waves, captions = [], [], []
    for index in indices:
        clip = make_clip(index, seed=seed, kinds=CORE if is_core else KINDS)
        mels.append(front_end(torch.from_numpy(clip.audio)[None])[0, 0].numpy().astype(np.float16))
        if keeps_audio:
            waves.append((clip.audio * 32_767).round().astype(np.int16))
        captions.append(list(clip.captions))
    return np.stack(mels), np.array(waves, dtype=np.int16), captions


def make_material(
    folder: Path,
    *,
    clips_per_kind: int,
    seed: int = TRAINING_SEED,
    num_workers: int = 1,
    is_core: bool = True,
    keeps_audio: bool = False,
) -> None:
    """Render ``clips_per_kind`` clips of every kind into ``folder``.

    Args:
        folder: Made if missing.
        clips_per_kind: How many clips each kind gets.
        seed: Series of clips to make.
        num_workers: Processes that render at the same time; the result is the same.
        is_core: Whether only the kinds of the bundled model are rendered.
        keeps_audio: Whether the waveforms are written too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kinds = CORE if is_core else KINDS
    total = clips_per_kind * len(kinds)
    bounds = np.linspace(0, total, num_workers + 1).astype(int).tolist()
    parts = [range(start, end) for start, end in pairwise(bounds)]
    render = partial(_render, seed=seed, is_core=is_core, keeps_audio=keeps_audio)
    if num_workers == 1:
        done = [render(parts[0])]
    else:
        with ProcessPoolExecutor(num_workers, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(render, parts))
    np.save(folder / "mels.npy", np.concatenate([mels for mels, _, _ in done]))
    if keeps_audio:
        np.save(folder / "audio.npy", np.concatenate([waves for _, waves, _ in done]))
    numbers = np.array([NAMES.index(kind.name) for kind in kinds])
    np.save(folder / "kinds.npy", numbers[np.arange(total) % len(kinds)])
    captions = [caption for _, _, part in done for caption in part]
    (folder / "captions.json").write_text(json.dumps(captions), encoding="utf-8")


def load_material(folder: Path) -> Material:
    """Read a folder written by :func:`make_material`."""
    return Material(
        mels=np.load(folder / "mels.npy"),
        kinds=np.load(folder / "kinds.npy"),
        captions=json.loads((folder / "captions.json").read_text(encoding="utf-8")),
    )
