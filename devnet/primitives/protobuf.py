"""Protobuf wire codec read off annotated dataclasses.

A message is a frozen dataclass whose fields say their number and kind::

    @dataclass(frozen=True, slots=True)
    class Coin:
        denom: str = field(1, "string")
        amount: str = field(2, "string")

Kinds: ``uint64`` ``int64`` ``sfixed64`` ``bool`` ``string`` ``bytes`` or a message class;
``repeated=True`` makes a tuple of them. As in proto3 a scalar at its zero is left out. A message
field that is ``None`` is left out, one that is set is written even when its body is
empty; gogoproto's non-nullable fields are therefore simply fields that are never None.
``always=True`` writes a scalar even at zero. Fields are written in order of number.
"""

import dataclasses
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar, cast

from devnet.primitives.errors import InvalidMessage

_VARINT, _FIXED64, _BYTES = 0, 1, 2
_SEVEN_BITS = 0x7F
_MASK64 = (1 << 64) - 1
_SIGN64 = 1 << 63
_MAX_SHIFT = 63

M = TypeVar("M")


def field(number: int, kind: "str | type", *, repeated: bool = False, always: bool = False) -> Any:
    """One field of a message; the default is the kind's zero, ``None`` for a message."""
    meta = {"number": number, "kind": kind, "repeated": repeated, "always": always}
    default: object
    if repeated:
        default = ()
    elif isinstance(kind, str):
        default = {"string": "", "bytes": b"", "bool": False}.get(kind, 0)
    else:
        default = None
    return dataclasses.field(default=default, metadata={"protobuf": meta})


def varint(value: int) -> bytes:
    """Base-128 varint; a negative number is written as its 64-bit two's complement."""
    value &= _MASK64
    out = bytearray()
    while value > _SEVEN_BITS:
        out.append(value & _SEVEN_BITS | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def length_prefixed(body: bytes) -> bytes:
    """Bytes behind their length as a varint."""
    return varint(len(body)) + body


def encode(message: object) -> bytes:
    """Wire bytes of a message."""
    return _encoder(cast("Hashable", type(message)))(message)


def decode(cls: type[M], data: bytes) -> M:
    """Message of wire bytes; unknown fields are refused, as the Cosmos SDK does in a tx.

    Raises
    ------
    InvalidMessage
        If the bytes are cut off, a field is unknown or has the wrong wire type.
    """
    try:
        return _decode(cls, data)
    except (IndexError, UnicodeDecodeError) as err:
        raise InvalidMessage(cls.__name__, f"no such protobuf message: {err}") from err


@cache
def _fields(cls: Hashable) -> tuple[tuple[str, int, Any, bool, bool], ...]:
    found = [
        (f.name, p["number"], p["kind"], p["repeated"], p["always"])
        for f in dataclasses.fields(cast("type[Any]", cls))  # hashable, as every class is
        if (p := f.metadata.get("protobuf"))
    ]
    return tuple(sorted(found, key=lambda f: f[1]))


def _scalar(kind: str) -> tuple[int, Callable[[Any], bytes]]:
    match kind:
        case "uint64" | "int64" | "bool":
            return _VARINT, varint
        case "sfixed64":
            return _FIXED64, lambda n: (n & _MASK64).to_bytes(8, "little")
        case "string":
            return _BYTES, lambda text: length_prefixed(text.encode())
        case "bytes":
            return _BYTES, length_prefixed
        case _:
            raise TypeError(f"unknown protobuf kind {kind}")


@cache
def _encoder(cls: Hashable) -> Callable[[object], bytes]:
    writers: list[Callable[[object], bytes]] = []
    for name, number, kind, repeated, always in _fields(cls):
        if isinstance(kind, str):
            wire, write = _scalar(kind)
        else:
            wire, write = _BYTES, lambda m: length_prefixed(encode(m))
        writers.append(
            _field_writer(name, varint(number << 3 | wire), write, repeated=repeated, always=always)
        )

    def run(message: object) -> bytes:
        return b"".join([write(message) for write in writers])

    return run


def _field_writer(
    name: str, tag: bytes, write: Callable[[Any], bytes], *, repeated: bool, always: bool
) -> Callable[[object], bytes]:
    def many(message: object) -> bytes:
        return b"".join([tag + write(item) for item in getattr(message, name)])

    def one(message: object) -> bytes:
        value = getattr(message, name)
        if value is None or (not always and value in (0, "", b"")):
            return b""
        return tag + write(value)

    return many if repeated else one


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & _SEVEN_BITS) << shift
        if byte <= _SEVEN_BITS:
            return result & _MASK64, at
        shift += 7
        if shift > _MAX_SHIFT:
            raise InvalidMessage("varint", "longer than ten bytes")


def _read(data: bytes, at: int, wire: int) -> tuple[Any, int]:
    if wire == _VARINT:
        return _read_varint(data, at)
    size, at = (8, at) if wire == _FIXED64 else _read_varint(data, at)
    end = at + size
    if end > len(data):
        raise InvalidMessage("protobuf", "cut off")
    return data[at:end], end


_READERS: dict[str, Callable[[Any], Any]] = {
    "uint64": lambda raw: raw,
    "int64": lambda raw: raw - (1 << 64) if raw & _SIGN64 else raw,
    "bool": bool,
    "sfixed64": lambda raw: int.from_bytes(raw, "little", signed=True),
    "string": bytes.decode,
    "bytes": lambda raw: raw,
}


def _decode(cls: type[M], data: bytes) -> M:
    by_number = {
        number: (name, kind, repeated)
        for name, number, kind, repeated, _ in _fields(cast("Hashable", cls))
    }
    values: dict[str, Any] = {}
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, wire = key >> 3, key & 7
        if number not in by_number:
            raise InvalidMessage(cls.__name__, f"unknown field number {number}")
        name, kind, repeated = by_number[number]
        expected = _scalar(kind)[0] if isinstance(kind, str) else _BYTES
        if wire != expected:
            raise InvalidMessage(f"{cls.__name__}.{name}", f"wire type {wire} is not {expected}")
        raw, at = _read(data, at, wire)
        value = _READERS[kind](raw) if isinstance(kind, str) else _decode(kind, raw)
        values[name] = (*values.get(name, ()), value) if repeated else value
    return cls(**values)
