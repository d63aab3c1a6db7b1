"""Sound of any length from a model of 10 seconds: windows, prompts over time, tiles and chunks."""
