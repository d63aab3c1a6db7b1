"""The project folder: schema, atomic saves, media, autosave, recovery and the lock."""
