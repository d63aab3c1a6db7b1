"""From noise to latents, and what is emitted meanwhile."""
