"""From Python values to arguments, and from rows to models. No connection, no SQL."""

import dataclasses
import datetime as dt
import enum
import json
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar

from psycopg.abc import Buffer
from psycopg.rows import BaseRowFactory, kwargs_row, scalar_row
from psycopg.types.datetime import TimeLoader
from psycopg.types.json import Jsonb

__all__ = ["MidnightLoader", "jsonb", "rows_of"]

T = TypeVar("T")


def rows_of(model: type[T]) -> BaseRowFactory[T]:
    """A row factory for `model`: a dataclass of this package, or a plain type for one column."""
    if not dataclasses.is_dataclass(model):
        return scalar_row
    enums = _enums_of(model)

    def make(**values: Any) -> T:
        for name, kind in enums.items():
            if values[name] is not None:
                values[name] = kind(values[name])
        return model(**values)

    return kwargs_row(make)


def jsonb(value: Any) -> Jsonb | None:
    """`value` as a jsonb argument; dataclasses become objects without their None fields."""
    return None if value is None else Jsonb(_plain(value), dumps=_DUMPS)


class MidnightLoader(TimeLoader):
    """Load the time 24:00, at which a day may close, as time(0); Python has no other."""

    def load(self, data: Buffer) -> dt.time:
        return dt.time(0) if bytes(data) == b"24:00:00" else super().load(data)


@cache
def _enums_of(model: Any) -> dict[str, type[enum.Enum]]:
    """The fields of `model` that hold an enum."""
    hints = typing.get_type_hints(model).items()
    return {name: kind for name, hint in hints if (kind := _enum_in(hint)) is not None}


def _enum_in(hint: Any) -> type[enum.Enum] | None:
    """The enum in `SomeEnum` or `SomeEnum | None`."""
    choices = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return next((c for c in choices if isinstance(c, type) and issubclass(c, enum.Enum)), None)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: _plain(v) for name, v in fields if v is not None}
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v) for v in value]
    return value


def _json_default(value: Any) -> str:
    if isinstance(value, dt.timedelta):
        return f"{value.total_seconds():.6f} seconds"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)  # UUID, IP address


_DUMPS = partial(json.dumps, default=_json_default)
