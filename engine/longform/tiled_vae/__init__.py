"""Decoding latents of any length, tile by tile, to what one call over everything would give.

The decoder is local except for its group normalisations and its one attention. So the track is
swept once for every normalisation: each sweep computes the tensor that the next normalisation
needs, a tile with a halo at a time, and gathers that normalisation's statistics over the whole
track. Between two sweeps a tensor is either parked or computed again from the last parked one;
any choice gives the same result, and the choice sets memory against work.

The encoder is swept in the same way, from a spectrogram of any length to its latents.
"""
