"""Conversions between latent frames, mel frames and samples, all in integers.

One latent frame is 4 mel frames; one mel frame is ``hop_length`` samples (160 in AudioLDM). Going
to the finer unit is exact; going to the coarser one says in its name how it rounds.
"""

from __future__ import annotations

from engine.api.requests import MEL_FRAMES_PER_LATENT_FRAME


def mel_frames_of_latent(latent_frames: int) -> int:
    """Mel frames that begin with this many latent frames, exactly."""
    return latent_frames * MEL_FRAMES_PER_LATENT_FRAME


def latent_frames_of_mel_floor(mel_frames: int) -> int:
    """Whole latent frames that fit."""
    return mel_frames // MEL_FRAMES_PER_LATENT_FRAME


def latent_frames_of_mel_ceil(mel_frames: int) -> int:
    """Fewest latent frames that contain these mel frames."""
    return -(-mel_frames // MEL_FRAMES_PER_LATENT_FRAME)


def samples_of_mel(mel_frames: int, hop_length: int) -> int:
    """Samples that begin with this many mel frames, exactly."""
    return mel_frames * hop_length


def samples_of_latent(latent_frames: int, hop_length: int) -> int:
    """Samples that begin with this many latent frames, exactly."""
    return samples_of_mel(mel_frames_of_latent(latent_frames), hop_length)


def latent_frames_of_samples_ceil(samples: int, hop_length: int) -> int:
    """Fewest latent frames that contain these samples."""
    return -(-samples // samples_of_latent(1, hop_length))


def rounded_up(value: int, multiple: int) -> int:
    """The smallest multiple of ``multiple`` that is not below ``value``."""
    return -(-value // multiple) * multiple


def rounded_down(value: int, multiple: int) -> int:
    """The largest multiple of ``multiple`` that is not above ``value``."""
    return value // multiple * multiple
