"""Where the sound goes: a real device, or a clock that plays silently in real time."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.time import TIMELINE_RATE_HZ

PullBlock = Callable[[int], NDArray[np.float32]]
"""Asked for the next (num, 2) float32 samples; must return at once and never fail."""

_SILENT_BLOCK_SAMPLES = 960


class OutputError(Exception):
    """There is no usable audio device; the message says why and what to do."""


class AudioOutput(Protocol):
    """A stereo output at 48 kHz."""

    @property
    def description(self) -> str:
        """What the status bar says, such as "Built-in Audio, 48 kHz"."""
        ...

    @property
    def latency_seconds(self) -> float:
        """Time between a block being pulled and being heard."""
        ...

    def start(self, pull: PullBlock) -> None:
        """Begin to pull blocks from another thread.

        Raises:
            OutputError: The device cannot be opened.
        """
        ...

    def stop(self) -> None:
        """Stop pulling; returns when no more block will be asked for."""
        ...


class SilentOutput:
    """Plays nothing, in real time, so that the application works without a device.

    Args:
        reason: Why there is no sound, for the status bar.
    """

    def __init__(self, reason: str = "No audio device") -> None:
        self._reason = reason
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def description(self) -> str:
        """See :class:`AudioOutput`."""
        return self._reason

    @property
    def latency_seconds(self) -> float:
        """See :class:`AudioOutput`."""
        return 0.0

    def start(self, pull: PullBlock) -> None:
        """See :class:`AudioOutput`."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(pull,), name="silent-output")
        self._thread.start()

    def stop(self) -> None:
        """See :class:`AudioOutput`."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def _run(self, pull: PullBlock) -> None:
        began = time.monotonic()
        pulled = 0
        while not self._stop.is_set():
            pull(_SILENT_BLOCK_SAMPLES)
            pulled += _SILENT_BLOCK_SAMPLES
            self._stop.wait(max(0.0, began + pulled / TIMELINE_RATE_HZ - time.monotonic()))


class SoundDeviceOutput:
    """The system's default output through PortAudio.

    Raises:
        OutputError: PortAudio or an output device is missing.
    """

    def __init__(self) -> None:
        try:
            # The import itself fails where the PortAudio library is missing.
            import sounddevice  # noqa: PLC0415
        except OSError as error:
            raise OutputError(
                "The audio library is missing. Install the package libportaudio2."
            ) from error
        self._sounddevice = sounddevice
        try:
            device = sounddevice.query_devices(kind="output")
        except (sounddevice.PortAudioError, ValueError) as error:
            raise OutputError("No audio device") from error
        self._name = str(device["name"])
        self._stream: sounddevice.OutputStream | None = None

    @property
    def description(self) -> str:
        """See :class:`AudioOutput`."""
        return f"{self._name}, 48 kHz"

    @property
    def latency_seconds(self) -> float:
        """See :class:`AudioOutput`."""
        return 0.0 if self._stream is None else float(self._stream.latency)

    def start(self, pull: PullBlock) -> None:
        """See :class:`AudioOutput`."""

        def callback(
            out: NDArray[np.float32], num_samples: int, _time: object, _status: object
        ) -> None:
            np.clip(pull(num_samples), -1, 1, out=out)

        try:
            self._stream = self._sounddevice.OutputStream(
                samplerate=TIMELINE_RATE_HZ, channels=2, dtype="float32", callback=callback
            )
            self._stream.start()
        except self._sounddevice.PortAudioError as error:
            self._stream = None
            raise OutputError(f"{self._name} cannot be opened: {error}") from error

    def stop(self) -> None:
        """See :class:`AudioOutput`."""
        stream, self._stream = self._stream, None
        if stream is not None:
            # A device that was unplugged cannot be stopped; nothing pulls any more then.
            with suppress(self._sounddevice.PortAudioError):
                stream.stop()
            with suppress(self._sounddevice.PortAudioError):
                stream.close()


def best_output() -> AudioOutput:
    """The default device, or a silent clock that says why."""
    try:
        return SoundDeviceOutput()
    except OutputError as error:
        return SilentOutput(str(error))
