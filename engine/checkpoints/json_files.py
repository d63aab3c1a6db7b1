"""Configuration files of models."""

from __future__ import annotations

import json
from pathlib import Path

from engine.checkpoints.errors import CheckpointError


def read_json(path: Path) -> object:
    """Parse a JSON file.

    Raises:
        CheckpointError: The file is missing, unreadable or not JSON.
    """
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"{path} is not JSON.", "It may be cut short; get it again from its source."
        ) from error
    return content
