"""``longwave models``: what can be chosen."""

import argparse

from engine.checkpoints.registry import default_models_dir, known_models


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no arguments."""
    del parser


def run(arguments: argparse.Namespace) -> None:
    """List the models with their size, licence and whether they are here.

    Raises:
        EngineError: The list is damaged.
    """
    del arguments
    folder = default_models_dir()
    rows = [
        (
            entry.name,
            "ready" if entry.is_installed(folder) else "not here",
            f"{entry.approximate_bytes / 1e6:,.0f} MB",
            entry.licence,
            entry.title,
        )
        for entry in known_models()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[4]]))
    print(f"\nDownloaded models lie in {folder}")
