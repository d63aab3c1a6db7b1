"""The example project that ships with Longwave."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import resources
from desktop_app.project.project import Project
from desktop_app.project.storage.files import read_project_file

EXAMPLE_NAME = "Valley before dawn"


def example_project() -> Project:
    """Clips without sound, ready to be generated."""
    file = Path(str(files(resources) / "examples" / f"{EXAMPLE_NAME}.longwave"))
    return replace(read_project_file(file), name=EXAMPLE_NAME)
