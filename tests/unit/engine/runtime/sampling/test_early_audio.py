"""Sound before all of the piece is there: in order, without gaps, and nothing done twice."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.api import AudioReady, CancelledError, EngineEvent, MelReady
from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode
from engine.longform.tiled_vae.estimate import LatentStretch, estimated_statistics
from engine.longform.vocoder import vocoded_range
from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE
from engine.runtime.sampling.early_audio import ATTENTION_REACH_LATENT_FRAMES, EarlyAudio
from tests.support.networks import randomise

SCALING_FACTOR = 0.5
BINS = 4
HOP = 4


class LinearVocoder:
    """Hears 30 frames each way; notes the frames it was given."""

    hop_length = HOP
    halo_frames = 30

    def __init__(self) -> None:
        self.num_frames = 0

    def __call__(self, mel: Tensor, addresses: Tensor) -> Tensor:
        self.num_frames += mel.shape[1]
        kernel = torch.linspace(-1, 1, 61, dtype=mel.dtype).view(1, 1, -1)
        smooth = torch.nn.functional.conv1d(mel.mean(2).unsqueeze(1), kernel, padding=30)
        return smooth[:, 0].repeat_interleave(HOP, dim=1)


class CountingDecode(TiledDecode):
    """Notes which mel frames were asked for."""

    asked: list[tuple[int, int]]

    def mel(self, start: int, end: int) -> Tensor:
        self.asked.append((start, end))
        return super().mel(start, end)


def tiny_vae() -> VAE:
    config = VAEConfig(
        mel_channels=1,
        block_channels=(8, 8, 8),
        layers_per_block=2,
        latent_channels=3,
        norm_groups=4,
    )
    vae = VAE(config).double().eval().requires_grad_(requires_grad=False)
    randomise(vae, 3)
    return vae


def stepped_latents(num_frames: int) -> Tensor:
    generator = torch.Generator().manual_seed(12)
    latents = torch.randn(1, 3, num_frames, BINS, dtype=torch.float64, generator=generator)
    latents[:, :, num_frames // 2 :] = 2.0 * latents[:, :, num_frames // 2 :] + 1.0
    return latents


def early_audio(num_frames: int, events: list[EngineEvent]) -> EarlyAudio:
    return EarlyAudio(
        "job",
        num_frames,
        vae=tiny_vae(),
        scaling_factor=SCALING_FACTOR,
        vocoder=LinearVocoder(),
        sample_rate=400,
        emit=events.append,
        check_cancelled=lambda: None,
    )


def fed(early: EarlyAudio, latents: Tensor, portion: int, *, hidden: int = 8) -> None:
    """Give it the piece with hidden frames at both ends, in portions."""
    padded = torch.nn.functional.pad(latents, (0, 0, hidden, hidden), value=1e3)
    for start in range(0, padded.shape[2], portion):
        early.add(start - hidden, padded[:, :, start : start + portion])


def mels(events: list[EngineEvent]) -> list[MelReady]:
    return [event for event in events if isinstance(event, MelReady)]


def sounds(events: list[EngineEvent]) -> list[AudioReady]:
    return [event for event in events if isinstance(event, AudioReady)]


@pytest.mark.parametrize("portion", [7, 128, 1000])
@pytest.mark.parametrize("num_frames", [1, 60, 500])
def test_early_parts_join_to_one_decode_with_the_first_statistics(
    num_frames: int, portion: int
) -> None:
    latents, events = stepped_latents(num_frames), list[EngineEvent]()

    early = early_audio(num_frames, events)
    fed(early, latents, portion)

    statistics = early._statistics
    assert statistics is not None
    whole = TiledDecode(
        tiny_vae(),
        latents / SCALING_FACTOR,
        DecodeSettings(attention_reach=ATTENTION_REACH_LATENT_FRAMES),
        statistics=statistics,
    ).mel(0, 4 * num_frames)[:, 0]
    sound = vocoded_range(LinearVocoder(), whole, 0, 4 * num_frames)[0]
    got_mel = torch.cat([torch.tensor(event.mel) for event in mels(events)])
    got_sound = torch.cat([torch.tensor(event.samples) for event in sounds(events)])
    torch.testing.assert_close(got_mel, whole[0].float(), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(got_sound, sound.float(), rtol=1e-6, atol=1e-5)
    assert not any(event.is_final for event in mels(events))
    assert not any(event.is_final for event in sounds(events))


def test_early_parts_are_exact_to_rounding_before_they_are_made_single_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts: list[Tensor] = []
    mel = TiledDecode.mel

    def noted(decode: TiledDecode, start: int, end: int) -> Tensor:
        parts.append(mel(decode, start, end))
        return parts[-1]

    latents = stepped_latents(500)
    early = early_audio(500, [])
    with monkeypatch.context() as patched:
        patched.setattr(TiledDecode, "mel", noted)
        fed(early, latents, 96)

    assert early._statistics is not None
    whole = TiledDecode(
        tiny_vae(),
        latents / SCALING_FACTOR,
        DecodeSettings(attention_reach=ATTENTION_REACH_LATENT_FRAMES),
        statistics=early._statistics,
    ).mel(0, 2000)
    assert len(parts) > 3
    assert (torch.cat(parts, dim=2) - whole).abs().max() < 1e-11 * whole.abs().max()


def test_statistics_are_those_of_the_first_stretch() -> None:
    latents = stepped_latents(500)
    early = early_audio(500, [])

    early.add(0, latents[:, :, :176])
    fed_later = early._statistics
    early.add(176, latents[:, :, 176:])

    expected = estimated_statistics(
        tiny_vae(),
        [
            LatentStretch(
                latents=latents[:, :, :176] / SCALING_FACTOR, begins_track=True, ends_track=False
            )
        ],
        attention_reach=ATTENTION_REACH_LATENT_FRAMES,
    )
    assert early._statistics is fed_later
    assert fed_later is not None
    torch.testing.assert_close(fed_later.values, expected.values, rtol=1e-12, atol=1e-12)


def test_the_first_window_of_a_piece_is_enough_for_sound() -> None:
    """176 frames, 7 seconds, are final when the first window of the standard grid is."""
    events: list[EngineEvent] = []

    early_audio(15_000, events).add(0, stepped_latents(176))

    # 4 * 176 frames less what attention (4 * 64) and convolutions (66) still wait for ...
    assert [(event.first_mel_frame, len(event.mel)) for event in mels(events)] == [(0, 382)]
    # ... and less the vocoder's context, on its grid.
    assert [len(event.samples) for event in sounds(events)] == [320 * HOP]


def test_parts_are_in_order_without_gaps_and_at_least_two_seconds_long() -> None:
    events: list[EngineEvent] = []

    fed(early_audio(1100, events), stepped_latents(1100), 40)

    shown, heard = mels(events), sounds(events)
    starts = [0]
    for event in shown:
        assert event.first_mel_frame == starts[-1]
        starts.append(starts[-1] + len(event.mel))
    assert starts[-1] == 4400
    assert all(len(event.mel) >= 200 for event in shown[:-1])
    position = 0
    for sound in heard:
        assert sound.first_sample == position
        position += len(sound.samples)
    assert position == 4400 * HOP
    assert all(len(sound.samples) >= 200 * HOP for sound in heard[:-1])


def test_nothing_is_decoded_or_voiced_twice_but_its_context(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    CountingDecode.asked = []
    monkeypatch.setattr("engine.runtime.sampling.early_audio.TiledDecode", CountingDecode)
    early = early_audio(1100, [])

    fed(early, stepped_latents(1100), 128)

    assert sum(end - start for start, end in CountingDecode.asked) == 4400
    vocoder = early._vocoder
    assert isinstance(vocoder, LinearVocoder)
    stretches = len(CountingDecode.asked)
    assert vocoder.num_frames <= 4400 + stretches * 2 * 32


def test_what_is_held_does_not_grow_with_the_piece() -> None:
    early = early_audio(3000, [])
    latents = stepped_latents(3000)
    held = []

    for start in range(0, 3000, 128):
        early.add(start, latents[:, :, start : start + 128])
        assert early._latents is not None
        assert early._mel is not None or start < 256
        held.append(early._latents.shape[2])
        if early._mel is not None:
            assert early._mel.shape[1] < 1024

    assert max(held) <= 128 + 2 * (17 + ATTENTION_REACH_LATENT_FRAMES) + 50 + 128


def test_cancelling_stops_it_before_the_next_stretch() -> None:
    def cancel() -> None:
        raise CancelledError

    events: list[EngineEvent] = []
    early = early_audio(500, events)
    early._check_cancelled = cancel

    with pytest.raises(CancelledError):
        early.add(0, stepped_latents(500))

    assert events == []
