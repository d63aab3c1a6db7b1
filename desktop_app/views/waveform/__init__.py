"""Waveforms as pictures: columns of extremes turned into 8-bit tiles. No Qt."""
