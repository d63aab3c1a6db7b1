"""From latents to spectrograms and samples."""
