"""The sound of one take: spectrogram, curves and numbers.

Only ``plots`` needs pyqtgraph; it is imported with the first report, so that the start is quick.
"""
