"""What the user can do: connects views to the document, the player, export and the engine."""
