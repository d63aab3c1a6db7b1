from dataclasses import dataclass

import pytest

from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.plain import from_plain, to_plain


@dataclass(frozen=True, kw_only=True)
class _LeftConfig:
    size: int


@dataclass(frozen=True, kw_only=True)
class _RightConfig:
    gain: float


@dataclass(frozen=True, kw_only=True)
class _Whole:
    name: str
    is_on: bool
    widths: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    limit: float | None
    side: _LeftConfig | _RightConfig
    left: _LeftConfig | None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("name must not be empty")


_PLAIN: dict[str, object] = {
    "name": "x",
    "is_on": True,
    "widths": [1, 2],
    "rows": [[1], [2, 3]],
    "limit": None,
    "side": {"kind": "_right", "gain": 0.5},
    "left": {"size": 3},
}
_WHOLE = _Whole(
    name="x",
    is_on=True,
    widths=(1, 2),
    rows=((1,), (2, 3)),
    limit=None,
    side=_RightConfig(gain=0.5),
    left=_LeftConfig(size=3),
)


def test_a_configuration_survives_the_round_trip() -> None:
    assert to_plain(_WHOLE) == _PLAIN
    assert from_plain(_Whole, _PLAIN, "file") == _WHOLE


def test_a_whole_number_counts_as_a_fractional_one() -> None:
    limit = from_plain(_Whole, _PLAIN | {"limit": 4}, "file").limit

    assert limit == 4.0
    assert isinstance(limit, float)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 3}, "file.name must be a text, got 3"),
        ({"is_on": 1}, "file.is_on must be true or false, got 1"),
        ({"widths": [1, True]}, r"file.widths\[1\] must be a whole number, got True"),
        ({"widths": [1.5]}, r"file.widths\[0\] must be a whole number"),
        ({"widths": 3}, "file.widths must be a list"),
        ({"limit": float("nan")}, "file.limit must be a finite number"),
        ({"limit": "4"}, "file.limit must be a finite number"),
        ({"side": {"gain": 1.0}}, "must have a 'kind' of _left or _right, got None"),
        ({"side": 3}, "must have a 'kind' of _left or _right"),
        ({"side": {"kind": "_left", "gain": 1.0}}, "file.side has the unknown key 'gain'"),
        ({"left": 3}, "file.left must be an object, got 3"),
        ({"left": {}}, "file.left lacks the key 'size'"),
        ({"extra": 1}, "file has the unknown key 'extra'"),
        ({"name": ""}, "file: name must not be empty"),
    ],
)
def test_whatever_is_not_exactly_a_configuration_is_refused_by_name(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(CheckpointError, match=message):
        from_plain(_Whole, _PLAIN | change, "file")


@dataclass(frozen=True, kw_only=True)
class _Grown:
    size: int
    gain: float = 0.5


def test_a_file_may_lack_what_has_a_default() -> None:
    assert from_plain(_Grown, {"size": 2}, "file") == _Grown(size=2)
    with pytest.raises(CheckpointError, match="lacks the key 'size'"):
        from_plain(_Grown, {"gain": 1.0}, "file")
