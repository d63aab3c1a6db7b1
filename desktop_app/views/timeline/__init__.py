"""The timeline: lanes of clips and their sound, drawn on one time axis."""
