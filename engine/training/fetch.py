"""Fetching the soundfonts: Debian packages, through the ordinary client, unpacked into a folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.training.foundry.soundfonts import FLUID_GS, FLUID_MONO, MUSESCORE

_PACKAGES = (
    "fluid-soundfont-gs",
    "musescore-general-soundfont-small",
    "fluidr3mono-gm-soundfont",
)


class FetchError(RuntimeError):
    """The soundfonts could not be fetched; the message says what to do by hand."""


def fetch_soundfonts(folder: Path) -> None:
    """Download and unpack the soundfonts that the foundry plays.

    Args:
        folder: Gets the three fonts; made if missing.

    Raises:
        FetchError: There is no ``apt-get``, or a package could not be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg")
    if apt is None or dpkg is None:
        raise FetchError(
            "apt-get and dpkg are needed; elsewhere, put "
            f"{MUSESCORE}, {FLUID_MONO} and {FLUID_GS} into {folder} by hand"
        )
    with TemporaryDirectory() as work:
        place = Path(work)
        _run([apt, "download", *_PACKAGES], place)
        for package in sorted(place.glob("*.deb")):
            _run([dpkg, "-x", str(package), str(place / "unpacked")], place)
        for font in (MUSESCORE, FLUID_MONO, FLUID_GS):
            found = [path for path in place.rglob(font) if path.is_file()]
            if not found:
                raise FetchError(f"{font} is in none of the packages {', '.join(_PACKAGES)}")
            shutil.copyfile(found[0], folder / font)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - fixed commands
    except subprocess.CalledProcessError as error:
        raise FetchError(f"{' '.join(command)} failed with status {error.returncode}") from error
