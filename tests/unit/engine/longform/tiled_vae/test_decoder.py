"""What surrounds the tiled decode: memory, locality, progress, cancelling, errors."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.longform.tiled_vae.activations import Activation
from engine.longform.tiled_vae.chain import DecoderChain, decoder_chain, mel_range_reached
from engine.longform.tiled_vae.decoder import (
    DecodeSettings,
    TiledDecode,
    decoded_mel,
    scratch_bytes,
)
from engine.longform.tiled_vae.parking import Storage, parking_plans
from engine.longform.tiled_vae.parts import decoder_parts
from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE


def vae_with(block_channels: tuple[int, ...] = (8, 16, 24), layers_per_block: int = 1) -> VAE:
    torch.manual_seed(0)
    config = VAEConfig(
        mel_channels=1,
        block_channels=block_channels,
        layers_per_block=layers_per_block,
        latent_channels=3,
        norm_groups=4,
    )
    return VAE(config).double().eval()


def latents(num_frames: int = 60) -> Tensor:
    return torch.randn(
        1, 3, num_frames, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )


def chain(num_frames: int = 60, reach: int | None = None) -> DecoderChain:
    return decoder_chain(decoder_parts(vae_with()), latents(num_frames), attention_reach=reach)


def settings(
    tile: int = 16, reach: int | None = None, budget_bytes: int = 1 << 30
) -> DecodeSettings:
    return DecodeSettings(
        tile_latent_frames=tile, attention_reach=reach, memory_budget_bytes=budget_bytes
    )


def test_plans_go_from_more_memory_to_less() -> None:
    plans = parking_plans(chain().activations)

    assert len(plans) == 4
    assert all(a.peak_values > b.peak_values for a, b in pairwise(plans))
    assert all(a.parked > b.parked for a, b in pairwise(plans))


def test_plans_of_the_published_size_need_what_the_design_says() -> None:
    """Per mel frame: 128, 80, 40 and 24 KiB in float32."""
    with torch.device("meta"):
        config = VAEConfig(
            mel_channels=1,
            block_channels=(128, 256, 512),
            layers_per_block=2,
            latent_channels=8,
            norm_groups=32,
        )
        vae = VAE(config)
        whole = decoder_chain(decoder_parts(vae), torch.empty(1, 8, 256, 16), attention_reach=None)

    plans = parking_plans(whole.activations)

    assert [plan.peak_values * 4 / 1024 / 1024 for plan in plans] == [128.0, 80.0, 40.0, 24.0]


@pytest.mark.parametrize("plan", [0, 1, 2, 3])
@pytest.mark.parametrize("reach", [None, 5])
@torch.inference_mode()
def test_the_peak_of_a_plan_is_what_is_really_parked(
    monkeypatch: pytest.MonkeyPatch, plan: int, reach: int | None
) -> None:
    expected = parking_plans(chain(reach=reach).activations)[plan]
    decode = TiledDecode(
        vae_with(), latents(), settings(reach=reach, budget_bytes=8 * expected.peak_values)
    )
    alive: list[Tensor] = []
    peaks: list[int] = []
    original = Storage.empty

    def counted(storage: Storage, shape: tuple[int, ...]) -> Tensor:
        parked = {
            id(t): t
            for a in decode._chain.activations
            for t in (a.parked, getattr(a, "keys", None), getattr(a, "values", None))
            if t is not None
        }
        tensor = original(storage, shape)
        # Keys and values are handed over together, so the first of the two is counted here.
        pending = [t for t in alive if id(t) not in parked and t.ndim == 3][-1:]
        held = list(parked.values()) + (pending if tensor.ndim == 3 else [])
        peaks.append(sum(t.numel() for t in held) + tensor.numel())
        alive.append(tensor)
        return tensor

    monkeypatch.setattr(Storage, "empty", counted)
    decode.gather()

    assert decode._sweeps.parked == expected.parked
    assert max(peaks) == expected.peak_values


@pytest.mark.parametrize("reach", [None, 5])
@torch.inference_mode()
def test_what_a_decode_puts_on_the_disk_is_known_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: int | None
) -> None:
    in_files = DecodeSettings(
        tile_latent_frames=16, attention_reach=reach, memory_budget_bytes=0, scratch_dir=tmp_path
    )
    parked: list[int] = []
    original = Storage.empty

    def counted(storage: Storage, shape: tuple[int, ...]) -> Tensor:
        tensor = original(storage, shape)
        parked.append(tensor.nbytes)
        return tensor

    monkeypatch.setattr(Storage, "empty", counted)
    decode = TiledDecode(vae_with(), latents(), in_files)
    decode.gather()
    decode.close()

    plan = parking_plans(chain(reach=reach).activations)[2]
    assert plan.all_values * 8 == sum(parked)
    assert scratch_bytes(vae_with(), latents(), in_files) == plan.disk_values * 8 <= sum(parked)
    assert scratch_bytes(vae_with(), latents(), settings(reach=reach)) == 0


@torch.inference_mode()
def test_a_budget_of_nothing_without_a_folder_uses_the_smallest_plan() -> None:
    decode = TiledDecode(vae_with(), latents(), settings(budget_bytes=0))

    assert decode._sweeps.parked == parking_plans(chain().activations)[-1].parked


@torch.inference_mode()
def test_with_pinned_statistics_an_edit_changes_nothing_beyond_its_reach() -> None:
    vae, reach = vae_with(), 6
    first = TiledDecode(vae, latents(), settings(reach=reach))
    first.gather()
    before = decoded_mel(
        TiledDecode(vae, latents(), settings(reach=reach), statistics=first.statistics)
    )
    edited = latents()
    edited[:, :, 30:33] += 5.0

    again = TiledDecode(vae, edited, settings(reach=reach), statistics=first.statistics)
    after = decoded_mel(again)

    changed = (after != before).any(dim=3).flatten().nonzero().flatten()
    # Before the attention 3 frames are touched on each side, then the band widens them.
    start, end = mel_range_reached(decoder_parts(vae), 30 - reach, 33 + reach)
    assert start <= int(changed[0])
    assert int(changed[-1]) < end
    inner = mel_range_reached(decoder_parts(vae), 30, 33)
    assert int(changed[0]) <= inner[0] + 4


@torch.inference_mode()
def test_the_reach_of_the_convolutions_is_met_and_not_exceeded() -> None:
    """Attention that sees no neighbour mixes bins only, so what remains is the convolutions."""
    vae = vae_with()
    first = TiledDecode(vae, latents(), settings(reach=0))
    first.gather()
    before = decoded_mel(
        TiledDecode(vae, latents(), settings(reach=0), statistics=first.statistics)
    )
    edited = latents()
    edited[:, :, 30:33] += 500.0

    after = decoded_mel(TiledDecode(vae, edited, settings(reach=0), statistics=first.statistics))

    changed = (after != before).any(dim=3).flatten().nonzero().flatten()
    start, end = mel_range_reached(decoder_parts(vae), 30, 33)
    assert (start, end) == (4 * 30 - 52, 4 * 33 + 52)
    assert start <= int(changed[0]) <= start + 4
    assert end - 5 <= int(changed[-1]) < end


def test_the_published_decoder_reaches_66_mel_frames() -> None:
    parts = decoder_parts(vae_with(layers_per_block=2))

    assert mel_range_reached(parts, 100, 200) == (400 - 66, 800 + 66)


@torch.inference_mode()
def test_a_range_alone_equals_its_part_of_the_whole() -> None:
    vae = vae_with()
    whole = vae.decode(latents())
    decode = TiledDecode(vae, latents(), settings())
    decode.gather()

    for start, end in ((0, 1), (101, 140), (239, 240), (0, 240)):
        torch.testing.assert_close(
            decode.mel(start, end), whole[:, :, start:end], rtol=0, atol=1e-11
        )


@torch.inference_mode()
def test_tiles_come_in_order_without_gaps() -> None:
    decode = TiledDecode(vae_with(), latents(), settings())
    decode.gather()

    tiles = list(decode.mel_tiles())

    assert [tile.first_mel_frame for tile in tiles] == [0, 64, 128, 192]
    assert [tile.mel.shape[2] for tile in tiles] == [64, 64, 64, 48]
    assert decode.num_mel_frames == 240


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("reach", [None, 5])
@torch.inference_mode()
def test_progress_ends_exactly_at_its_total(*, pinned: bool, reach: int | None) -> None:
    first = TiledDecode(vae_with(), latents(), settings(reach=reach))
    first.gather()
    seen: list[tuple[int, int]] = []

    decoded_mel(
        TiledDecode(
            vae_with(),
            latents(),
            settings(reach=reach),
            statistics=first.statistics if pinned else None,
            on_progress=lambda done, total: seen.append((done, total)),
        )
    )

    assert [done for done, _ in seen] == list(range(1, seen[-1][1] + 1))
    assert len({total for _, total in seen}) == 1


@torch.inference_mode()
def test_cancelling_stops_between_tiles() -> None:
    done: list[int] = []

    def check() -> None:
        if len(done) == 7:
            raise InterruptedError

    decode = TiledDecode(
        vae_with(),
        latents(),
        settings(),
        on_progress=lambda tile, _total: done.append(tile),
        check_cancelled=check,
    )
    with pytest.raises(InterruptedError):
        decoded_mel(decode)
    assert len(done) == 7
    assert all(activation.parked is None for activation in decode._chain.activations)


@torch.inference_mode()
def test_a_value_that_is_not_finite_is_named_while_gathering() -> None:
    values = latents()
    values[0, 0, 30] = torch.inf

    with pytest.raises(FloatingPointError, match="tensor 0"):
        TiledDecode(vae_with(), values, settings()).gather()


@torch.inference_mode()
def test_a_value_that_is_not_finite_is_named_by_its_mel_frames() -> None:
    first = TiledDecode(vae_with(), latents(), settings(reach=5))
    first.gather()
    values = latents()
    values[0, 0, 50] = torch.nan
    decode = TiledDecode(vae_with(), values, settings(reach=5), statistics=first.statistics)
    decode.gather()

    assert torch.isfinite(decode.mel(0, 64)).all()
    with pytest.raises(FloatingPointError, match="192 to 240"):
        decode.mel(192, 240)


@torch.inference_mode()
def test_results_are_refused_before_gathering() -> None:
    decode = TiledDecode(vae_with(), latents(), settings(reach=5))

    with pytest.raises(RuntimeError, match="gather"):
        _ = decode.statistics
    with pytest.raises(RuntimeError, match="statistics"):
        decode.mel(0, 4)


@torch.inference_mode()
def test_full_attention_with_pinned_statistics_still_gathers_its_keys() -> None:
    first = TiledDecode(vae_with(), latents(), settings())
    first.gather()
    decode = TiledDecode(vae_with(), latents(), settings(), statistics=first.statistics)

    with pytest.raises(RuntimeError, match="keys"):
        decode.mel(0, 4)
    decode.gather()
    assert decode.mel(0, 4).shape == (1, 1, 4, 16)


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (4, 4), (200, 241)])
@torch.inference_mode()
def test_a_range_outside_the_track_is_refused(start: int, end: int) -> None:
    decode = TiledDecode(vae_with(), latents(), settings())
    decode.gather()

    with pytest.raises(ValueError, match="240"):
        decode.mel(start, end)


@pytest.mark.parametrize("shape", [(2, 3, 8, 4), (3, 8, 4), (1, 3, 0, 4)])
def test_latents_of_a_wrong_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="latents"):
        TiledDecode(vae_with(), torch.zeros(shape), settings())


@pytest.mark.parametrize(
    ("tile", "reach", "named"), [(0, None, "tile_latent_frames"), (16, -1, "attention_reach")]
)
def test_impossible_settings_are_refused(tile: int, reach: int | None, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        settings(tile, reach)


@pytest.mark.parametrize(
    ("path", "layer", "message"),
    [
        ("decoder.conv_in", nn.Identity(), "decoder.conv_in must be a Conv2d"),
        ("decoder.conv_out", nn.Conv2d(8, 1, 5), "3 by 3"),
        ("post_quant_conv", nn.Conv2d(3, 3, 3), "1 by 1"),
    ],
)
def test_a_layer_of_another_kind_is_named(path: str, layer: nn.Module, message: str) -> None:
    vae = vae_with()
    vae.set_submodule(path, layer)

    with pytest.raises(TypeError, match=message):
        decoder_parts(vae)


def test_a_missing_layer_is_named() -> None:
    vae = vae_with()
    del vae.decoder.conv_norm_out

    with pytest.raises(TypeError, match=r"no decoder\.conv_norm_out"):
        decoder_parts(vae)


def test_every_activation_knows_its_shape() -> None:
    activations: tuple[Activation, ...] = chain(60).activations

    assert activations[0].shape == (1, 24, 60, 4)
    assert activations[-1].shape == (1, 8, 240, 16)
