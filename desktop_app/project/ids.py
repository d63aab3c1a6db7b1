"""Names of things in a project: unique, never reused, safe in files."""

import secrets
from typing import NewType

LaneId = NewType("LaneId", str)
ClipId = NewType("ClipId", str)
TakeId = NewType("TakeId", str)
MarkerId = NewType("MarkerId", str)
MediaId = NewType("MediaId", str)
"""SHA-256 of the media file's bytes, in hexadecimal, followed by its suffix (".wav", ".npy" …)."""


def new_id() -> str:
    """A fresh random name of twelve letters and digits."""
    return secrets.token_hex(6)
