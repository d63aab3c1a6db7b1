"""The inspector: prompts, settings, takes and the project."""
