"""Project values to plain JSON data and back, checked against the types of the values."""

import hashlib
import json
import math
import operator
import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from desktop_app.project.checks import check_project
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId, LaneId, MarkerId, MediaId, TakeId
from desktop_app.project.project import Project

FORMAT_VERSION = 2
"""Raised by one whenever an older program could no longer read a new file; see ``upgrades``."""

_Value = TypeVar("_Value")

MAX_LIST_ITEMS = 1_000_000
MAX_TEXT_CHARACTERS = 100_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MEDIA_ID = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")
_PATTERNS: Mapping[object, re.Pattern[str]] = {
    LaneId: _ID,
    ClipId: _ID,
    TakeId: _ID,
    MarkerId: _ID,
    MediaId: _MEDIA_ID,
}


class SchemaError(Exception):
    """Data does not describe a project. The message names the place, such as lanes[0].name."""


def is_media_id(text: str) -> bool:
    """Whether a name is a content hash with a suffix, so that it cannot leave the media folder."""
    return _MEDIA_ID.fullmatch(text) is not None


def data_from_project(project: Project) -> dict[str, object]:
    """The project as dictionaries, lists, text and numbers."""
    hints = _hints(Project)
    return {
        item.name: _field(hints[item.name], getattr(project, item.name)) for item in fields(project)
    }


def plain_data(value: Any) -> object:  # noqa: ANN401 - whatever a project holds
    """Any value of a project as dictionaries, lists, text and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        hints = _hints(type(value))
        return {
            item.name: _field(hints[item.name], getattr(value, item.name)) for item in fields(value)
        }
    if isinstance(value, tuple):
        return [plain_data(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    # Whole numbers may come from numpy, which JSON does not know.
    return value if value is None or isinstance(value, bool | str) else operator.index(value)


def project_from_data(data: object) -> Project:
    """The project that the data describe.

    Unknown fields are ignored and missing ones take their defaults.

    Raises:
        SchemaError: A value is missing, of another type, too large or against the rules of a
            project (see ``desktop_app.project.checks``).
    """
    try:
        project: Project = _dataclass_from_data(Project, data, "project")
        check_project(project)
    except EditError as error:
        raise SchemaError(str(error)) from error
    return project


def value_from_data(kind: type[_Value], data: object) -> _Value:
    """A value from what :func:`plain_data` has made of it; only types are checked.

    Raises:
        SchemaError: A value is missing or of another type.
    """
    value: _Value = _dataclass_from_data(kind, data, "the file")
    return value


def content_hash(project: Project) -> str:
    """SHA-256 of everything that is saved, in hexadecimal: equal for equal projects only."""
    text = json.dumps(data_from_project(project), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _field(hint: object, value: Any) -> object:  # noqa: ANN401 - whatever a field holds
    # 1 and 1.0 are equal values, so they must be written and hashed alike.
    is_number = hint is float or (hint == float | None and value is not None)
    return float(value) if is_number else plain_data(value)


@cache
def _hints(kind: object) -> dict[str, Any]:
    return get_type_hints(kind)


def _from_data(hint: Any, data: object, where: str) -> object:  # noqa: ANN401 - a type hint is Any
    if isinstance(hint, NewType):
        value = _from_data(hint.__supertype__, data, where)
        pattern = _PATTERNS.get(hint)
        if pattern and not pattern.fullmatch(str(value)):
            raise SchemaError(f"{where} is not a valid name")
        return value
    if get_origin(hint) in (Union, types.UnionType):
        return None if data is None else _from_data(_without_none(hint), data, where)
    if get_origin(hint) is tuple:
        return _tuple_from_data(get_args(hint)[0], data, where)
    if is_dataclass(hint):
        return _dataclass_from_data(hint, data, where)
    if issubclass(hint, StrEnum):
        return _choice_from_data(hint, data, where)
    return _plain_from_data(hint, data, where)


def _without_none(hint: Any) -> Any:  # noqa: ANN401 - a type hint is Any
    [kind] = [kind for kind in get_args(hint) if kind is not type(None)]
    return kind


def _tuple_from_data(hint: Any, data: object, where: str) -> object:  # noqa: ANN401 - as above
    if not isinstance(data, list):
        raise SchemaError(f"{where} is not a list")
    if len(data) > MAX_LIST_ITEMS:
        raise SchemaError(f"{where} has {len(data)} items; at most {MAX_LIST_ITEMS} are read")
    return tuple(_from_data(hint, item, f"{where}[{index}]") for index, item in enumerate(data))


def _dataclass_from_data(kind: Any, data: object, where: str) -> Any:  # noqa: ANN401 - as above
    if not isinstance(data, dict):
        raise SchemaError(f"{where} is not a group of values")
    values: dict[str, object] = {}
    for item in fields(kind):
        if item.name in data:
            place = f"{where}.{item.name}".removeprefix("project.")
            values[item.name] = _from_data(_hints(kind)[item.name], data[item.name], place)
        elif item.default is MISSING and item.default_factory is MISSING:
            raise SchemaError(f"{where} has no {item.name}")
    try:
        return kind(**values)
    except ValueError as error:
        raise SchemaError(f"{where}: {error}") from error


def _choice_from_data(kind: type[StrEnum], data: object, where: str) -> StrEnum:
    for choice in kind:
        if choice.value == data:
            return choice
    raise SchemaError(f"{where} is none of {', '.join(kind)}")


def _plain_from_data(kind: type, data: object, where: str) -> object:
    if kind is float and type(data) in (int, float):
        return _float_from_data(data, where)
    if type(data) is not kind:
        raise SchemaError(f"{where} is not {_NAMES[kind]}")
    if isinstance(data, int) and abs(data) >= 2**63:
        raise SchemaError(f"{where} is too large")
    if isinstance(data, str):
        if len(data) > MAX_TEXT_CHARACTERS:
            raise SchemaError(f"{where} is too long")
        if any(0xD800 <= ord(character) <= 0xDFFF for character in data):
            raise SchemaError(f"{where} holds half a character")
    return data


def _float_from_data(data: Any, where: str) -> float:  # noqa: ANN401 - int or float, checked
    try:
        value = float(data)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise SchemaError(f"{where} is not a finite number")
    return value


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
