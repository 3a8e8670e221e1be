"""Which kind an annotation of a contract has, and how a value of no declared kind is spelled."""

import dataclasses
from collections.abc import Hashable
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from devnet.cosmwasm.amounts import COIN, COINS, DECIMAL
from devnet.cosmwasm.errors import SchemaError
from devnet.cosmwasm.shapes import Anything, Choice, ListOf, MapOf, Optional, Record, Words
from devnet.cosmwasm.wire import (
    BINARY,
    AddressText,
    DenomText,
    Kind,
    Number,
    Plain,
    TextNumber,
    Uint64,
    Uint128,
    UncheckedAddress,
)
from devnet.primitives.canonical_json import Json
from devnet.primitives.decimals import Decimal
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Coin, Coins, Denom, Timestamp

SIMPLE: dict[object, Kind] = {
    int: Number(),
    Uint64: TextNumber(64),
    Uint128: TextNumber(128),
    Timestamp: TextNumber(64),
    str: Plain(str, "text"),
    bool: Plain(bool, "truth value, true or false"),
    None: Plain(type(None), "null"),
    type(None): Plain(type(None), "null"),
    Address: AddressText(checked=True),
    UncheckedAddress: AddressText(checked=False),
    Denom: DenomText(),
    bytes: BINARY,
    Decimal: DECIMAL,
    Coin: COIN,
    Coins: COINS,
}
"""Annotations without parts, and how they look on the wire."""


def plain(value: Any) -> Json:
    """JSON of a value whose kind nobody declared: by its own type."""
    if value is None or type(value) in {str, bool}:
        kept: Json = value
        return kept
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    kind = SIMPLE.get(type(value))
    if kind is None and dataclasses.is_dataclass(value):
        kind = kind_of(type(value))
    if kind is None:
        raise InvalidMessage("", f"{value!r} has no spelling in JSON; give plain values")
    return kind.write(value)


ANYTHING = Anything(plain)


def kind_of(annotation: object, *, place: str = "annotation") -> Kind:
    """The kind of an annotation.

    Raises
    ------
    SchemaError
        If it has no spelling in JSON; naming the place.
    """
    if annotation is Any or annotation == Json:
        return ANYTHING
    if isinstance(annotation, str):
        raise SchemaError(place, f"{annotation!r} is text; write the type itself, without quotes")
    if not isinstance(annotation, Hashable):
        raise SchemaError(place, f"{annotation!r} is no type; {_CHOICES}")
    try:
        return _kind_of(annotation)
    except SchemaError as err:
        raise SchemaError(place, err.reason) from None


@cache
def _kind_of(annotation: Any) -> Kind:
    kind = SIMPLE.get(annotation) or _shape_of(annotation)
    if kind is None and hasattr(annotation, "__supertype__"):
        kind = kind_of(annotation.__supertype__)  # a NewType looks like what it stands on
    if kind is None:
        raise SchemaError("", f"{words_of(annotation)} cannot travel as JSON; {_CHOICES}")
    return kind


def _shape_of(annotation: Any) -> Kind | None:
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return _record_of(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal and all(isinstance(word, str) for word in args):
        return Words(args)
    if origin in {Union, UnionType}:
        return _choice_of(args)
    if origin is list:
        return ListOf(kind_of(args[0]))
    if origin is tuple and args[1:] == (...,):
        return ListOf(kind_of(args[0]), make=tuple)
    return MapOf(kind_of(args[1])) if origin is dict and args[0] is str else None


_CHOICES = (
    "annotate with int, Uint128, str, bool, bytes, Address, Coin, Coins, Decimal, Timestamp,"
    " list[...], dict[str, ...], ... | None or a dataclass"
)


def _record_of(cls: type) -> Record:
    fields = [
        (
            field.name,
            kind_of(field.type, place=f"{cls.__name__}.{field.name}"),
            field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING,
        )
        for field in dataclasses.fields(cls)
    ]
    return Record(cls, fields)


def _choice_of(args: tuple[Any, ...]) -> Kind | None:
    parts = [arg for arg in args if arg is not NoneType]
    if len(parts) == 1:
        inner = kind_of(parts[0])
    else:
        words = tuple(w for part in parts if get_origin(part) is Literal for w in get_args(part))
        classes = [part for part in parts if get_origin(part) is not Literal]
        if not all(isinstance(cls, type) and dataclasses.is_dataclass(cls) for cls in classes):
            return None
        inner = Choice({cls: _record_of(cls) for cls in classes}, words)
    return Optional(inner) if len(parts) < len(args) else inner


def words_of(annotation: object) -> str:
    """The annotation as it is typed in a contract, without the names of modules."""
    if annotation is None or annotation is NoneType:
        return "None"
    if annotation == Json:
        return "Json"
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, args))}]"
    if origin in {Union, UnionType}:
        return " | ".join(words_of(arg) for arg in args)
    name = str(getattr(annotation, "__name__", annotation))
    inner = ", ".join("..." if arg is ... else words_of(arg) for arg in args)
    return f"{name}[{inner}]" if inner else name
