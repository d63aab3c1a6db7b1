"""Neural networks, each independent of the others."""
