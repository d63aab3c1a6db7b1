"""Strict conversion between configuration dataclasses and plain JSON values."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from typing import Any, ClassVar, Protocol, TypeVar, cast

from engine.checkpoints.errors import CheckpointError

_KIND = "kind"
_TYPE_NAMES: dict[object, str] = {
    int: "a whole number",
    float: "a finite number",
    str: "a text",
    bool: "true or false",
}


class Dataclass(Protocol):
    """Anything that ``@dataclass`` made."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


_T = TypeVar("_T", bound=Dataclass)


def to_plain(config: Dataclass) -> dict[str, object]:
    """The JSON form of a configuration.

    Args:
        config: A dataclass of numbers, strings, booleans, ``None``, tuples and such dataclasses.

    Returns:
        Dictionaries, lists and scalars. A dictionary carries the ``kind`` of its dataclass if the
        field that holds it may hold more than one.
    """
    hints = typing.get_type_hints(type(config))
    plain: dict[str, object] = {}
    for field in dataclasses.fields(config):
        member = getattr(config, field.name)
        value = _plain_value(member)
        if isinstance(value, dict) and len(_dataclass_options(hints[field.name])) > 1:
            value = {_KIND: _kind(type(member)), **value}
        plain[field.name] = value
    return plain


def _plain_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if dataclasses.is_dataclass(value):
        return to_plain(cast("Dataclass", value))
    return value


def from_plain(cls: type[_T], data: object, where: str) -> _T:
    """Rebuild a configuration and refuse whatever is not exactly one.

    Args:
        cls: The dataclass.
        data: What the JSON file held.
        where: File and field for messages, such as ``"config.json: unet"``.

    Returns:
        The dataclass.

    Raises:
        CheckpointError: A key without a default is missing, or one is unknown or of the wrong
            type, or the dataclass refused the values.
    """
    if not isinstance(data, dict):
        raise CheckpointError(f"{where} must be an object, got {_shown(data)}.")
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)
    names = [field.name for field in fields]
    if unknown := sorted(str(key) for key in data.keys() - set(names)):
        raise CheckpointError(
            f"{where} has the unknown key {unknown[0]!r}.",
            "It may come from a newer version of the application; update it.",
        )
    if missing := [f.name for f in fields if f.name not in data and _is_required(f)]:
        raise CheckpointError(f"{where} lacks the key {missing[0]!r}.", "Get the model again.")
    values = {
        name: _value(hints[name], data[name], f"{where}.{name}") for name in names if name in data
    }
    try:
        return cls(**values)
    except ValueError as error:
        raise CheckpointError(f"{where}: {error}") from error


def _is_required(field: dataclasses.Field[Any]) -> bool:
    """A file older than a field with a default may lack it."""
    return field.default is dataclasses.MISSING


def _value(hint: object, data: object, where: str) -> object:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _union_value(hint, data, where)
    if origin is tuple:
        if not isinstance(data, list):
            raise CheckpointError(f"{where} must be a list, got {_shown(data)}.")
        item_hint = typing.get_args(hint)[0]
        return tuple(
            _value(item_hint, item, f"{where}[{index}]") for index, item in enumerate(data)
        )
    if dataclasses.is_dataclass(hint):
        return from_plain(cast("type[Dataclass]", hint), data, where)
    return _scalar(hint, data, where)


def _union_value(hint: object, data: object, where: str) -> object:
    options = typing.get_args(hint)
    if data is None and types.NoneType in options:
        return None
    by_kind = {_kind(option): option for option in _dataclass_options(hint)}
    if len(by_kind) < 2:
        (only,) = (option for option in options if option is not types.NoneType)
        return _value(only, data, where)
    kind = data.get(_KIND) if isinstance(data, dict) else None
    if not isinstance(data, dict) or kind not in by_kind:
        raise CheckpointError(
            f"{where} must have a {_KIND!r} of {' or '.join(sorted(by_kind))}, got {_shown(kind)}."
        )
    members = {key: item for key, item in data.items() if key != _KIND}
    return from_plain(by_kind[kind], members, where)


def _scalar(hint: object, data: object, where: str) -> object:
    # JSON knows only one kind of number; a boolean is never meant as one.
    if hint is float and isinstance(data, int | float) and not isinstance(data, bool):
        if math.isfinite(data):
            return float(data)
    elif type(data) is hint:
        return data
    raise CheckpointError(f"{where} must be {_TYPE_NAMES[hint]}, got {_shown(data)}.")


def _dataclass_options(hint: object) -> list[type[Dataclass]]:
    options = [option for option in typing.get_args(hint) if dataclasses.is_dataclass(option)]
    return cast("list[type[Dataclass]]", options)


def _kind(cls: type) -> str:
    return cls.__name__.removesuffix("Config").lower()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
