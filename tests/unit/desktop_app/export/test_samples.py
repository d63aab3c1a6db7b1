import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.export.samples import encoded, num_clipped
from desktop_app.export.settings import SampleFormat

PCM_16, PCM_24, FLOAT = SampleFormat.PCM_16, SampleFormat.PCM_24, SampleFormat.FLOAT_32


def stereo(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32).reshape(-1, 2)


def steps_of_16_bits(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    data = encoded(samples, PCM_16, np.random.default_rng(1))
    return np.frombuffer(data, "<i2").astype(np.float64).reshape(-1, 2)


def test_floats_are_kept_bit_by_bit() -> None:
    samples = stereo(1.5, -0.1, 1e-30, -2.0)

    assert encoded(samples, FLOAT, np.random.default_rng(0)) == samples.tobytes()


def test_24_bits_are_rounded_and_clipped_without_dither() -> None:
    samples = stereo(0.0, 1.0, -1.0, 1.5, -1.5, 2**-23, 0.4 * 2**-23, -0.6 * 2**-23)

    data = encoded(samples, PCM_24, np.random.default_rng(0))
    words = [int.from_bytes(data[i : i + 3], "little", signed=True) for i in range(0, 24, 3)]

    assert words == [0, 2**23 - 1, -(2**23), 2**23 - 1, -(2**23), 1, 0, -1]


def test_16_bits_are_clipped_with_their_dither() -> None:
    steps = steps_of_16_bits(stereo(*[1.0] * 1_000, *[-1.0] * 1_000))

    assert (steps.max(), steps.min()) == (2**15 - 1, -(2**15))


@pytest.mark.parametrize("level", [0.0, 0.1, 0.25, 0.5, 0.9])
def test_dither_makes_mean_and_noise_independent_of_the_signal(level: float) -> None:
    """Triangular dither leaves an error of mean 0 and variance 1/4 step², whatever the signal."""
    error = steps_of_16_bits(np.full((200_000, 2), level / 2**15, np.float32)) - level

    assert abs(error.mean()) < 0.005
    assert error.var() == pytest.approx(0.25, abs=0.005)


def test_a_sine_below_one_step_survives() -> None:
    time = np.arange(480_000) / 48_000
    sine = 0.4 * np.sin(2 * np.pi * 1_000 * time)
    steps = steps_of_16_bits((np.stack([sine, sine], 1) / 2**15).astype(np.float32))

    correlation = 2 * (steps[:, 0] * np.sin(2 * np.pi * 1_000 * time)).mean()

    assert correlation == pytest.approx(0.4, abs=0.01)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    samples = np.zeros((1_000, 2), np.float32)
    first, again, other = (encoded(samples, PCM_16, np.random.default_rng(n)) for n in (1, 1, 2))

    assert first == again != other


def test_the_noise_does_not_depend_on_how_the_sound_is_cut_up() -> None:
    samples, generator = np.zeros((1_000, 2), np.float32), np.random.default_rng(1)
    parts = [
        encoded(samples[first : first + 300], PCM_16, generator) for first in range(0, 1_000, 300)
    ]

    assert b"".join(parts) == encoded(samples, PCM_16, np.random.default_rng(1))


def test_clipped_samples_are_counted() -> None:
    samples = stereo(1.0, -1.0, 1.01, -1.01, 0.999, 0.0)

    assert [num_clipped(samples, each) for each in (PCM_16, PCM_24, FLOAT)] == [3, 3, 0]
