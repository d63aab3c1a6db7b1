"""Spectrograms as pictures: 8-bit levels resampled into tiles. No Qt."""
