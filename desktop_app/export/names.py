"""File names that every system accepts."""

import re
import string
import unicodedata
from collections.abc import Collection, Mapping

from desktop_app.export.errors import ExportError

MAX_STEM_CHARACTERS = 120
_MAX_STEM_BYTES = 200  # most file systems end at 255 bytes, the suffix and a number included
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ufffe\uffff]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[0-9¹²³])(\..*)?", re.IGNORECASE)


def filled_template(template: str, values: Mapping[str, str]) -> str:
    """The template with its fields replaced and cleaned for every system.

    Args:
        template: Text with fields such as {project}; {{ and }} are braces.
        values: Field to text.

    Raises:
        ExportError: A field is unknown, or the braces do not match.
    """
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ExportError(
            f"The braces of the file name “{template}” do not match.", "Write {{ for a brace."
        ) from error
    text = ""
    for literal, field, specification, conversion in parts:
        text += literal
        if field is None:
            continue
        if field not in values or specification or conversion:
            known = ", ".join(f"{{{name}}}" for name in values)
            raise ExportError(f"The file name has an unknown field “{field}”.", f"Use {known}.")
        text += values[field]
    return cleaned_name(text)


def cleaned_name(text: str) -> str:
    """A file name without suffix that Windows, macOS and Linux accept; never empty."""
    text = unicodedata.normalize("NFC", text.encode(errors="replace").decode())
    text = _FORBIDDEN.sub("_", text)
    text = text[:MAX_STEM_CHARACTERS].encode()[:_MAX_STEM_BYTES].decode(errors="ignore")
    text = text.strip(" ").rstrip(". ")
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    return text or "Untitled"


def free_name(stem: str, suffix: str, taken: Collection[str]) -> str:
    """The first of "stem.wav", "stem_2.wav", "stem_3.wav" … that is not taken.

    Args:
        stem: The name without suffix.
        suffix: ".wav".
        taken: Names in lower case.
    """
    name, number = f"{stem}{suffix}", 1
    while name.lower() in taken:
        number += 1
        name = f"{stem}_{number}{suffix}"
    return name
