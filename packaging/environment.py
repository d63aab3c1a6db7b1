"""What the README's two commands share: a virtual environment and the system's libraries.

Runs on a bare Python 3.11 or newer, so it uses the standard library alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from ctypes.util import find_library
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
_BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = _BIN / ("python.exe" if os.name == "nt" else "python")

# Library name for the dynamic linker, and the Debian package that brings it.
_SYSTEM_LIBRARIES = {
    "portaudio": "libportaudio2",
    "EGL": "libegl1",
    "GL": "libgl1",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
    "dbus-1": "libdbus-1-3",
    "xkbcommon": "libxkbcommon0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-randr": "libxcb-randr0",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xinerama": "libxcb-xinerama0",
    "xcb-xkb": "libxcb-xkb1",
}


class SetupError(Exception):
    """The machine could not be set up; the message says what to do."""


def set_up(extra: str | None = None) -> None:
    """Make the virtual environment and install Longwave into it, once for each state of pyproject.

    Args:
        extra: Name of the optional dependencies to install as well.

    Raises:
        SetupError: This Python is too old, or pip failed.
    """
    if sys.version_info < (3, 11):
        raise SetupError(f"Longwave needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    install_system_libraries()
    state = _state(extra)
    stamp = ENVIRONMENT / f"longwave-{extra or 'app'}.stamp"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == state:
        return
    if not PYTHON.exists():
        print(f"Making a virtual environment in {ENVIRONMENT} …", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    print("Installing Longwave and its libraries (about 5 GB, a few minutes) …", flush=True)
    requirement = f"{ROOT}[{extra}]" if extra else str(ROOT)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--editable", requirement]
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        raise SetupError("pip could not install the libraries; its message stands above.")
    stamp.write_text(state)


def install_system_libraries() -> None:
    """Install what Qt and PortAudio need, or print the command that does."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for name, package in _SYSTEM_LIBRARIES.items() if not find_library(name)]
    if not missing or shutil.which("apt-get") is None:
        if missing:
            print(f"Longwave may need these libraries: {' '.join(missing)}", file=sys.stderr)
        return
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        print(f"Some libraries are missing. Please run: sudo {' '.join(command)}", file=sys.stderr)
        return
    print(f"Installing {' '.join(missing)} …", flush=True)
    if not _apt(command):
        _apt(["apt-get", "update", "--quiet"])
        if not _apt(command):
            print(f"Please install by hand: {' '.join(missing)}", file=sys.stderr)


def _apt(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    finished = subprocess.run(
        command, check=False, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    return finished.returncode == 0


def _state(extra: str | None) -> str:
    """Changes when the environment has to be installed anew."""
    content = (ROOT / "pyproject.toml").read_bytes() + repr((extra, str(ROOT))).encode()
    return hashlib.sha256(content).hexdigest()
