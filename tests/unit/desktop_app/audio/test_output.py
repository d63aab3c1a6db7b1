import sys
from types import SimpleNamespace

import pytest

from desktop_app.audio.output import SoundDeviceOutput
from desktop_app.audio.ring import PlayRing


class PortAudioError(Exception):
    """As the library has it."""


class UnpluggedStream:
    """Starts, but its device is gone when it is to be stopped."""

    latency = 0.0
    num_calls = 0

    def __init__(self, **_settings: object) -> None:
        pass

    def start(self) -> None:
        pass

    def stop(self) -> None:
        type(self).num_calls += 1
        raise PortAudioError("device unavailable")

    def close(self) -> None:
        type(self).num_calls += 1
        raise PortAudioError("device unavailable")


def test_a_device_that_was_unplugged_can_still_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(
        PortAudioError=PortAudioError,
        OutputStream=UnpluggedStream,
        query_devices=lambda kind: {"name": f"Headphones ({kind})"},
    )
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    output = SoundDeviceOutput()
    output.start(PlayRing().pull)

    output.stop()
    output.stop()

    assert UnpluggedStream.num_calls == 2
    assert output.latency_seconds == 0.0
