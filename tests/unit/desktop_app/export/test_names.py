import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.export.errors import ExportError
from desktop_app.export.names import cleaned_name, filled_template, free_name

VALUES = {"project": "Night bus", "nn": "01", "lane": "Rain"}


def test_fields_are_filled_in() -> None:
    assert filled_template("{project}_{nn}_{lane}", VALUES) == "Night bus_01_Rain"
    assert filled_template("{{{nn}}}", VALUES) == "{01}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{take}", "unknown field “take”. Use {project}, {nn}, {lane}"),
        ("{}", "unknown field “”"),
        ("{project.__class__}", "unknown field “project.__class__”"),
        ("{nn:>9999999999}", "unknown field “nn”"),
        ("{nn!r}", "unknown field “nn”"),
        ("{nn", "braces of the file name"),
    ],
)
def test_other_fields_are_refused(template: str, message: str) -> None:
    with pytest.raises(ExportError) as caught:
        filled_template(template, VALUES)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"),
        ("line\nbreak\x7f", "line_break_"),
        (" dots... ", "dots"),
        ("..", "Untitled"),
        ("", "Untitled"),
        ("con", "_con"),
        ("LPT1.take", "_LPT1.take"),
        ("COM²", "_COM²"),
        ("console", "console"),
        ("Cafe\u0301", "Café"),
        ("half \ud83c", "half _"),
        ("a" * 300, "a" * 120),
        ("雨" * 100, "雨" * 66),
    ],
)
def test_names_are_cleaned_for_every_system(text: str, expected: str) -> None:
    assert cleaned_name(text) == expected


@settings(deadline=None, max_examples=100)
@given(text=st.text(max_size=200))
def test_any_text_becomes_a_name_that_stays_as_it_is(text: str) -> None:
    name = cleaned_name(text)

    assert cleaned_name(name) == name
    assert 0 < len(name.encode()) <= 201
    assert name[-1] not in ". "


def test_a_taken_name_gets_a_number() -> None:
    taken = {"mix.wav", "mix_2.wav"}

    assert free_name("Mix", ".wav", taken) == "Mix_3.wav"
    assert free_name("Rain", ".wav", taken) == "Rain.wav"
