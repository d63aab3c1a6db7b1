"""Models on disk: their configuration, files, names, download and loading."""
