from dataclasses import replace

import pytest

from desktop_app.export.settings import OnCollision, SampleFormat
from desktop_app.views.dialogs.export_values import (
    COLLISION_CHOICES,
    FORMAT_CHOICES,
    PRESETS,
    ExportChoices,
    ExportRow,
    button_text,
)


def rows(written: int, replaced: int) -> tuple[ExportRow, ...]:
    names = [(f"{n}.wav", n < replaced) for n in range(written + replaced)]
    return tuple(
        ExportRow(name=name, size_text="1 MB", replaces=replaces) for name, replaces in names
    )


@pytest.mark.parametrize(
    ("written", "replaced", "text"),
    [
        (5, 0, "Export 5 files"),
        (1, 0, "Export 1 file"),
        (3, 2, "Replace 2, write 3"),
        (0, 2, "Replace 2"),
        (0, 0, "Nothing to export"),
    ],
)
def test_the_button_says_exactly_what_happens(written: int, replaced: int, text: str) -> None:
    assert button_text(rows(written, replaced)) == text


def test_the_dialog_offers_what_the_export_can_do() -> None:
    assert {value for value, _ in FORMAT_CHOICES} == {kind.value for kind in SampleFormat}
    assert {value for value, _ in COLLISION_CHOICES} == {kind.value for kind in OnCollision}


def test_replacing_is_never_preselected() -> None:
    assert ExportChoices().on_collision == "add_number"


def test_a_preset_changes_the_sound_and_nothing_else() -> None:
    choices = ExportChoices(folder="/music", pattern="{lane}", range="loop")
    applied = PRESETS[1].applied_to(choices)
    assert PRESETS[1].fits(applied)
    same = replace(
        applied,
        files=choices.files,
        sample_format=choices.sample_format,
        sample_rate=choices.sample_rate,
    )
    assert same == choices
