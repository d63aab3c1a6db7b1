"""How a gesture (a drag, text being written) ends: the value of every ``gesture_ended``. No Qt."""

KEEP = True
"""It becomes one step of undo."""

ABANDON = False
"""Everything is as it was before."""
