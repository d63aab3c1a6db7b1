"""The pieces of the training loops."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.diffusion.schedule import NoiseSchedule
from engine.training import judge as judge_module
from engine.training.autoencoder import (
    _joined,
    new_vae,
    random_crops,
    reconstruction_loss,
)
from engine.training.export import with_level
from engine.training.judge import Judge, JudgeMissingError
from engine.training.latents import Embeddings, even_channels
from engine.training.noise_predictor import STARTER_SCHEDULE, Examples, new_unet
from engine.training.optimiser import MuonWithAdam, orthogonalised
from engine.training.progress import (
    AveragedWeights,
    RunningMeans,
    TrainingClock,
    cosine_from,
    save_atomically,
)
from engine.training.sizes import TINY


def _vae_inputs() -> torch.Tensor:
    return torch.randn(2, 1, 32, 64, generator=torch.Generator().manual_seed(0)) * 2 - 5


@pytest.mark.parametrize("shape", [(16, 64), (64, 16), (20, 20)])
def test_orthogonalised_matrices_have_singular_values_near_one(shape: tuple[int, int]) -> None:
    matrix = torch.randn(*shape, generator=torch.Generator().manual_seed(0)) * 30
    values = torch.linalg.svdvals(orthogonalised(matrix))
    assert 0.3 < float(values.min()) <= float(values.max()) < 1.4


def test_the_optimiser_fits_a_small_problem_and_can_be_taken_up_again() -> None:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(64, 6, generator=generator)
    wanted = inputs @ torch.randn(6, 3, generator=generator)
    torch.manual_seed(0)
    network = nn.Linear(6, 3)
    optimiser = MuonWithAdam(network)

    def loss() -> torch.Tensor:
        error: torch.Tensor = (network(inputs) - wanted).square().mean()
        return error

    start = float(loss().detach())
    for _ in range(100):
        torch.autograd.backward(loss())
        optimiser.step(0.05)
    assert float(loss().detach()) < 0.2 * start
    copy = MuonWithAdam(network)
    copy.load_state_dict(optimiser.state_dict())
    with pytest.raises(TypeError, match="optimiser state"):
        copy.load_state_dict({"adam": 1, "momenta": 2})


def test_a_new_vae_starts_at_the_level_of_log_mels() -> None:
    torch.manual_seed(0)
    vae = new_vae(TINY.vae)
    with torch.no_grad():
        decoded = vae.decode(vae.encode(_vae_inputs()).mode())
    assert -8 < float(decoded.mean()) < -2


def test_the_reconstruction_loss_minds_loud_bins_more() -> None:
    mel = torch.full((1, 1, 16, 16), -10.0)
    mel[..., :8] = 0.0
    loud, quiet = mel.clone(), mel.clone()
    loud[..., :8] += 1.0
    quiet[..., 8:] += 1.0
    assert float(reconstruction_loss(mel, mel)) == 0.0
    assert float(reconstruction_loss(loud, mel)) > 1.5 * float(reconstruction_loss(quiet, mel))


def test_crops_are_pieces_of_the_clips() -> None:
    mels = torch.arange(3 * 10 * 4, dtype=torch.float32).view(3, 10, 4)
    crops = random_crops(mels, 5, 6, torch.Generator().manual_seed(0))
    assert crops.shape == (5, 1, 6, 4)
    assert all(bool((row.diff(dim=0) == 4).all()) for row in crops[:, 0])


def test_evening_the_channels_keeps_the_function_of_the_vae() -> None:
    torch.manual_seed(0)
    vae, mel = new_vae(TINY.vae).eval(), _vae_inputs()
    with torch.no_grad():
        before = vae.encode(mel)
        decoded = vae.decode(before.mode())
        latents = before.mode()
    even, scaling_factor = even_channels(vae, latents)
    with torch.no_grad():
        after = vae.encode(mel)
        torch.testing.assert_close(vae.decode(after.mode()), decoded, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(after.mode(), even, atol=1e-4, rtol=1e-4)
    root = latents.std(dim=(0, 2, 3)).sqrt().view(1, -1, 1, 1)
    torch.testing.assert_close(
        after.log_variance, before.log_variance - 2 * root.log(), atol=1e-4, rtol=1e-4
    )
    assert float((even * scaling_factor).std()) == pytest.approx(1.0, abs=1e-4)


def test_a_new_unet_predicts_nothing_yet() -> None:
    unet = new_unet(TINY.unet)
    with torch.no_grad():
        predicted = unet(torch.randn(1, 8, 8, 16), torch.tensor([5.0]), torch.randn(1, 512))
    assert float(predicted.abs().max()) == 0.0


def test_examples_are_noised_as_the_schedule_says() -> None:
    generator = torch.Generator().manual_seed(0)
    schedule = NoiseSchedule(STARTER_SCHEDULE)
    embeddings = Embeddings(
        vectors=nn.functional.normalize(torch.randn(4, 512), dim=-1),
        of_clip=torch.tensor([[0, 1], [2, 3]]),
        unconditional=torch.zeros(1, 512),
    )
    latents = torch.randn(2, 8, 32, 16, generator=generator)
    examples = Examples(latents, embeddings, schedule, generator)
    noisy, timesteps, prompts, velocity, weight = examples.batch(8, 16, text_noise=0.0, drop=0.0)
    power = schedule.alphas_cumprod[timesteps.long()].float().view(-1, 1, 1, 1)
    clean = power.sqrt() * noisy - (1 - power).sqrt() * velocity
    for row in clean:
        distances = [
            float((latents[clip, :, start : start + 16] - row).abs().max())
            for clip in range(2)
            for start in range(17)
        ]
        assert min(distances) < 1e-4
    assert bool((timesteps.diff() > 0).all())
    assert bool((weight <= 1).all())
    assert bool((prompts @ embeddings.vectors.T > 0.999).any(dim=1).all())
    dropped = examples.batch(8, 16, text_noise=0.0, drop=1.1)[2]
    assert float(dropped.abs().max()) == 0.0


def test_clips_without_weight_are_never_drawn() -> None:
    generator = torch.Generator().manual_seed(0)
    embeddings = Embeddings(
        vectors=torch.eye(3, 512),
        of_clip=torch.tensor([[0], [1], [2]]),
        unconditional=torch.zeros(1, 512),
    )
    latents = torch.randn(3, 8, 16, 16, generator=generator)
    weights = torch.tensor([1.0, 0.0, 3.0])
    schedule = NoiseSchedule(STARTER_SCHEDULE)
    examples = Examples(latents, embeddings, schedule, generator, weights)
    prompts = examples.batch(200, 8, text_noise=0.0, drop=0.0)[2]
    drawn = prompts[:, :3].sum(dim=0)
    assert float(drawn[1]) == 0.0
    assert float(drawn[2]) > 2 * float(drawn[0])


def test_pieces_stand_behind_each_other_in_each_row() -> None:
    batch = torch.arange(2 * 3 * 1 * 4 * 2, dtype=torch.float32).view(6, 1, 4, 2)
    joined = _joined(batch, 2)
    assert joined.shape == (2, 1, 12, 2)
    torch.testing.assert_close(joined[1, :, 4:8], batch[4])


def test_averages_follow_the_weights() -> None:
    network = nn.Linear(1, 1, bias=False)
    average = AveragedWeights(network, decay=0.9)
    with torch.no_grad():
        network.weight.fill_(5.0)
    for step in range(1, 200):
        average.update(network, step)
    torch.testing.assert_close(average.state["weight"], network.weight.detach(), atol=1e-3, rtol=0)


def test_a_state_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    save_atomically(path, {"step": 1})
    save_atomically(path, {"step": 2, "weights": torch.ones(2)})
    assert torch.load(path, weights_only=True)["step"] == 2
    assert list(tmp_path.iterdir()) == [path]


def test_the_clock_counts_earlier_runs() -> None:
    assert TrainingClock(1.0, already_spent=30.0).progress == pytest.approx(0.5, abs=0.01)
    assert TrainingClock(1.0, already_spent=90.0).progress == 1.0


def test_the_cosine_falls_from_one_to_nothing() -> None:
    assert cosine_from(0.2, 0.5) == 1.0
    assert cosine_from(0.75, 0.5) == pytest.approx(0.5)
    assert cosine_from(1.0, 0.5) == pytest.approx(0.0)


def test_running_means_start_anew_after_a_report() -> None:
    means = RunningMeans()
    means.add({"loss": 1.0})
    means.add({"loss": torch.tensor(3.0)})
    assert means.report() == "loss 2.0000"
    assert means.report() == ""


def test_a_missing_judge_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judge_module, "find_spec", lambda _: None)
    with pytest.raises(JudgeMissingError, match="pip install"):
        Judge(tmp_path)


def test_the_judge_leaves_generic_labels_out_of_the_ranking() -> None:
    judge = Judge.__new__(Judge)
    judge.labels = ["Music", "Rain", "Dog"]
    judge._generic = [0]
    scores = np.array([9.0, 1.0, 2.0], dtype=np.float32)
    assert judge.rank(scores, ["Rain"]) == (2, "Dog")
    assert judge.rank(scores, ["Music", "Rain"]) == (1, "Music")


def test_the_output_level_is_an_offset_of_the_decoded_mel() -> None:
    torch.manual_seed(0)
    plain, louder = new_vae(TINY.vae).eval(), new_vae(TINY.vae).eval()
    louder.load_state_dict(with_level(plain.state_dict(), -0.5))
    latents = torch.randn(1, 8, 4, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(louder.decode(latents), plain.decode(latents) - 0.5)
