"""The whole training in one command on a machine with a GPU and no network.

``python -m engine.training.device_trip pack --data work/data --archive trip.tar.xz`` packs what the
machine lacks: soundfonts, recordings, and the wheel of the soundfont player (54 MiB; a trip takes
64). There, in a copy of the repository,

``python -m engine.training.device_trip train --archive trip.tar.xz --parts $OUT``

renders the material on all cores, trains every network on the GPU, and cuts the finished model into
files of at most 15 MiB, within ``--budget-minutes`` (25). ``--work`` keeps states: after a stop the
same command goes on. Back home,

``python -m engine.training.device_trip assemble --parts DIR --model work/model``

joins the pieces and checks that they are those that were cut.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from engine.training.foundry import recordings, soundfonts
from engine.training.steps import STEPS, Run

PART_BYTES = 15 * 2**20
ARCHIVE_BYTES = 64 * 2**20
PLAYER = "tinysoundfont==0.3.7"

# Shares of the time that the networks get, after rendering and encoding took theirs.
SHARES = {"vae": 0.14, "decoder": 0.08, "unet": 0.44, "vocoder": 0.24, "tower": 0.10}
_RENDERING_AND_ENCODING = 0.22
_ORDER = ("material", "vae", "encode", "decoder", "unet", "vocoder", "tower", "export")
_CLIPS_OF_A_KIND = 400
_TINY_CLIPS = 2


class TripError(RuntimeError):
    """What was packed or came back is not whole; the message says what is wrong with it."""


def pack(data: Path, archive: Path, *, python_versions: Sequence[str] = ("311", "312")) -> None:
    """Pack soundfonts, recordings and the player's wheels.

    Args:
        data: Holds ``soundfonts`` and ``recordings``, as the step ``fetch`` leaves them.
        archive: Written; a ``.tar.xz``.
        python_versions: Of the machine; one wheel for each.

    Raises:
        TripError: The archive is larger than a trip takes.
    """
    wheels = data / "wheels"
    for version in python_versions:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        where = ["--python-version", version, "--dest", str(wheels)]
        subprocess.run([*command, *where, PLAYER], check=True)  # noqa: S603 - fixed command
    with tarfile.open(archive, "w:xz") as file:
        for name in ("soundfonts", "recordings", "wheels"):
            file.add(data / name, arcname=name)
    if archive.stat().st_size > ARCHIVE_BYTES:
        raise TripError(
            f"{archive} has {archive.stat().st_size:,} bytes; a trip takes {ARCHIVE_BYTES:,}."
            " Leave one of the soundfonts at home"
        )


def unpack(archive: Path, data: Path) -> None:
    """Unpack on the machine and make the soundfont player importable."""
    data.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as file:
        file.extractall(data, filter="data")
    version = f"cp{sys.version_info.major}{sys.version_info.minor}-"
    fitting = [path for path in (data / "wheels").glob("*.whl") if version in path.name]
    if not fitting:
        raise TripError(f"no wheel in {data / 'wheels'} is for {version.rstrip('-')}; pack it too")
    packages = data / "packages"
    with zipfile.ZipFile(fitting[0]) as wheel:
        wheel.extractall(packages)  # noqa: S202 - our own archive, see pack
    sys.path.insert(0, str(packages))
    # Rendering runs in processes of its own.
    inherited = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(packages), inherited]))
    os.environ[soundfonts.FOLDER_VARIABLE] = str(data / "soundfonts")
    os.environ[recordings.FOLDER_VARIABLE] = str(data / "recordings")


def train(
    work: Path,
    *,
    text_folder: Path,
    budget_minutes: float,
    num_workers: int,
    device: str,
    is_tiny: bool = False,
    is_core: bool = False,
) -> Path:
    """Run every step within a budget, skipping what an earlier call finished.

    Args:
        work: Holds ``data`` and gets ``run``.
        text_folder: Holds the text encoder and its tokenizer.
        budget_minutes: For everything.
        num_workers: Processes that render.
        device: "cuda", or "cpu" for a rehearsal.
        is_tiny: Tiny networks and few clips, for a rehearsal.
        is_core: Whether to learn only the kinds of the bundled model.

    Returns:
        The folder of the model.
    """
    free = budget_minutes * (1 - _RENDERING_AND_ENCODING)
    done_path = work / "done.json"
    done = json.loads(done_path.read_text(encoding="utf-8")) if done_path.is_file() else []
    for name in _ORDER:
        if name in done:
            continue
        print(f"-- {name}", flush=True)
        STEPS[name](
            Run(
                data=work / "data",
                out=work / "run",
                text_folder=text_folder,
                minutes=free * SHARES[name] if name in SHARES else None,
                clips_per_kind=_TINY_CLIPS if is_tiny else _CLIPS_OF_A_KIND,
                num_workers=num_workers,
                num_threads=num_workers,
                is_compiled=device == "cuda",
                is_tiny=is_tiny,
                is_core=is_core,
                keeps_audio=True,
                device=device,
            )
        )
        done.append(name)
        done_path.write_text(json.dumps(done), encoding="utf-8")
    return work / "run" / "model"


def cut(model: Path, parts: Path) -> None:
    """Cut a model folder into numbered files and a list of what they are."""
    parts.mkdir(parents=True, exist_ok=True)
    listed: dict[str, dict[str, object]] = {}
    for path in sorted(model.iterdir()):
        content = path.read_bytes()
        names = []
        for index, start in enumerate(range(0, max(len(content), 1), PART_BYTES)):
            name = f"{path.name}.{index:02d}"
            (parts / name).write_bytes(content[start : start + PART_BYTES])
            names.append(name)
        listed[path.name] = {"parts": names, "sha256": hashlib.sha256(content).hexdigest()}
    (parts / "parts.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")


def assemble(parts: Path, model: Path) -> None:
    """Join what :func:`cut` cut.

    Raises:
        TripError: A file came out otherwise than it went in.
    """
    model.mkdir(parents=True, exist_ok=True)
    listed = json.loads((parts / "parts.json").read_text(encoding="utf-8"))
    for name, entry in listed.items():
        content = b"".join((parts / part).read_bytes() for part in entry["parts"])
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise TripError(f"{name} is not what was cut: fetch the parts again")
        (model / name).write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Pack, train or assemble; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("command", choices=["pack", "train", "assemble"])
    parser.add_argument("--archive", type=Path, default=Path("trip.tar.xz"))
    parser.add_argument("--data", type=Path, default=Path("work/data"))
    parser.add_argument("--work", type=Path, default=Path("work/trip"))
    parser.add_argument("--parts", type=Path, default=Path("work/parts"))
    parser.add_argument("--model", type=Path, default=Path("work/model"))
    parser.add_argument("--text-encoder", type=Path, default=Path("resources/starter_model"))
    parser.add_argument("--budget-minutes", type=float, default=25.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--core-kinds", action="store_true", help="only the bundled model's kinds")
    parser.add_argument("--tiny", action="store_true", help="a rehearsal with tiny networks")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "pack":
            pack(chosen.data, chosen.archive)
        elif chosen.command == "assemble":
            assemble(chosen.parts, chosen.model)
        else:
            if not (chosen.work / "data" / "soundfonts").is_dir():
                unpack(chosen.archive, chosen.work / "data")
            model = train(
                chosen.work,
                text_folder=chosen.text_encoder,
                budget_minutes=chosen.budget_minutes,
                num_workers=chosen.workers,
                device=chosen.device,
                is_tiny=chosen.tiny,
                is_core=chosen.core_kinds,
            )
            cut(model, chosen.parts)
    except TripError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
