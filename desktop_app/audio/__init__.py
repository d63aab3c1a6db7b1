"""Everything between samples and ears: peaks, spectrogram pictures, mixing, playback, meters.

No Qt and no torch.
"""
