"""What a take remembers beside its sound, so that parts of it can be made again."""
