"""Set this machine up and start Longwave.

``python3 packaging/run.py`` opens the window with an example project; without a display it renders
the example to WAV files and a picture. Arguments go to the ``longwave`` command:
``run.py generate "heavy rain" --seconds 30``, ``run.py render PROJECT --out DIR``.
"""

import os
import subprocess
import sys

from environment import PYTHON, ROOT, SetupError, set_up


def has_display() -> bool:
    """Whether a window can be opened."""
    if not sys.platform.startswith("linux"):
        return True
    chosen = os.environ.get("QT_QPA_PLATFORM")
    return bool(chosen or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> int:
    """Return the exit code of what was started."""
    try:
        set_up()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    arguments = sys.argv[1:]
    if not arguments:
        arguments = ["open", "--example"] if has_display() else ["example"]
    command = [str(PYTHON), "-m", "desktop_app", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        return subprocess.run(command, check=False, env=environment).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
