"""Set this machine up and run every check: format, lint, types, contracts, tests.

``python3 packaging/test.py`` runs all; ``test.py unit gui`` runs the named steps.
"""

import os
import subprocess
import sys
import time

from environment import PYTHON, ROOT, SetupError, set_up

_PYTEST = ["-m", "pytest", "--quiet", "--numprocesses", "2", "--dist", "worksteal"]

STEPS: dict[str, list[list[str]]] = {
    "format": [["-m", "ruff", "format", "--check", "--quiet", "."]],
    "lint": [["-m", "ruff", "check", "--quiet", "."]],
    "types": [
        ["-m", "mypy"],
        [
            *("-m", "mypy", "--no-explicit-package-bases", "--no-namespace-packages"),
            *("packaging/run.py", "packaging/test.py"),
        ],
    ],
    "contracts": [["-c", "from importlinter.cli import lint_imports_command as c; c()"]],
    "unit": [[*_PYTEST, "tests/unit", "tests/architecture"]],
    "numerics": [[*_PYTEST, "tests/numerics"]],
    "gui": [[*_PYTEST, "tests/gui"]],
    "integration": [[*_PYTEST, "tests/integration"]],
}


def run_step(name: str) -> bool:
    """Run one step and say how it went."""
    environment = {
        **os.environ,
        "MYPYPATH": "packaging" if name == "types" else "",
        "OMP_NUM_THREADS": "1",
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }
    began = time.monotonic()
    passed = all(
        subprocess.run([str(PYTHON), *command], check=False, cwd=ROOT, env=environment).returncode
        == 0
        for command in STEPS[name]
    )
    print(f"{name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s")
    sys.stdout.flush()
    return passed


def main() -> int:
    """Return 0 when every step passed."""
    wanted = sys.argv[1:] or list(STEPS)
    if unknown := [name for name in wanted if name not in STEPS]:
        print(f"No such step: {', '.join(unknown)}. There are: {', '.join(STEPS)}.")
        return 2
    try:
        set_up("dev")
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    failed = [name for name in wanted if not run_step(name)]
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
