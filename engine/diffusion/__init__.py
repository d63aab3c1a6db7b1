"""Noise schedule, samplers, guidance and position-keyed noise: pure functions over tensors."""
