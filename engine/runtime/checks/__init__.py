"""What is refused before anything is computed, with the value and the remedy."""
