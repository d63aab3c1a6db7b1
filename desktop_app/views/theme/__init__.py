"""Colours, type, icons and sizes, from ``resources/themes/tokens.json``."""
