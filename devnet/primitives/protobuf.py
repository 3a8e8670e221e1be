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
from functools import cache, partial
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar, cast

from devnet.primitives.errors import InvalidMessage

_VARINT, _FIXED64, _BYTES = 0, 1, 2
_SEVEN_BITS = 0x7F
_MASK64 = (1 << 64) - 1
_SIGN64 = 1 << 63
_MAX_SHIFT = 63
_ONE_BYTE = tuple(bytes((n,)) for n in range(_SEVEN_BITS + 1))

_Slot: TypeAlias = "tuple[int, int, Callable[[Any], Any] | None, bool]"
"""Of a field: place among the arguments, wire type, reader of raw values, repeated."""

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
    if 0 <= value <= _SEVEN_BITS:
        return _ONE_BYTE[value]
    value &= _MASK64
    out = bytearray()
    while value > _SEVEN_BITS:
        out.append(value & _SEVEN_BITS | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def length_prefixed(body: bytes) -> bytes:
    """Bytes behind their length as a varint."""
    size = len(body)
    return (_ONE_BYTE[size] if size <= _SEVEN_BITS else varint(size)) + body


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
        # The decoder of a class gives an instance of that class.
        return cast("M", _decoder(cast("Hashable", cls))(data))
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
    """Write all fields of a class, whose readers and writers are looked up only once."""
    fields = _fields(cls)
    # A second name that is always there makes attrgetter give a tuple for one field too.
    values_of = attrgetter(*(name for name, *_ in fields), "__class__")
    writers = [_field_writer(*rest) for _, *rest in fields]

    def run(message: object) -> bytes:
        parts = [
            write(value)
            for (write, always), value in zip(writers, values_of(message), strict=False)
            if value or always
        ]
        return b"".join(parts)

    return run


def _field_writer(
    number: int,
    kind: Any,
    repeated: bool,  # noqa: FBT001 - in the order of the field's own description
    always: bool,  # noqa: FBT001
) -> tuple[Callable[[Any], bytes], bool]:
    """Tag and value of a field, and whether also a value that is zero is written."""
    if isinstance(kind, str):
        wire, write = _scalar(kind)
    else:
        body = _encoder(kind)
        wire, write = _BYTES, lambda message: length_prefixed(body(message))
    tag = varint(number << 3 | wire)
    if repeated:
        return (lambda items: b"".join([tag + write(item) for item in items])), False
    if isinstance(kind, str):
        return (lambda value: tag + write(value)), always
    return (lambda value: b"" if value is None else tag + write(value)), True


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


_READERS: dict[str, Callable[[Any], Any] | None] = {
    "uint64": None,
    "int64": lambda raw: raw - (1 << 64) if raw & _SIGN64 else raw,
    "bool": bool,
    "sfixed64": lambda raw: int.from_bytes(raw, "little", signed=True),
    "string": bytes.decode,
    "bytes": None,
}


@cache
def _decoder(cls: Hashable) -> Callable[[bytes], object]:
    """Read all fields of a class; which is where, and read how, is looked up only once."""
    members = [f for f in dataclasses.fields(cast("type[Any]", cls)) if f.init]
    names = [member.name for member in members]
    slots: dict[int, _Slot] = {}
    for name, number, kind, repeated, _ in _fields(cls):
        if isinstance(kind, str):
            wire, read = _scalar(kind)[0], _READERS[kind]
        else:
            wire, read = _BYTES, _decoder(kind)
        slots[number << 3 | wire] = names.index(name), wire, read, repeated
    return partial(_read_fields, cls, slots, tuple(member.default for member in members))


def _read_fields(cls: Any, slots: dict[int, _Slot], defaults: tuple[Any, ...], data: bytes) -> Any:
    """One pass over the bytes: a field is found by its whole tag, its value put in its slot."""
    values = list(defaults)
    at, end = 0, len(data)
    while at < end:
        tag = data[at]
        at += 1
        if tag > _SEVEN_BITS:
            tag, at = _read_varint(data, at - 1)
        if tag not in slots:
            raise _no_such_field(cls, tag)
        slot, wire, read, repeated = slots[tag]
        value: Any
        if wire == _FIXED64:
            size = 8
        else:
            size = data[at]
            at += 1
            if size > _SEVEN_BITS:
                size, at = _read_varint(data, at - 1)
        if wire == _VARINT:
            value = size
        else:
            value = data[at : at + size]
            at += size
            if at > end:
                raise InvalidMessage("protobuf", "cut off")
        if read is not None:
            value = read(value)
        values[slot] = (*values[slot], value) if repeated else value
    return cls(*values)


def _no_such_field(cls: Hashable, tag: int) -> InvalidMessage:
    message = cast("type[Any]", cls).__name__  # hashable, as every class is
    number, wire = tag >> 3, tag & 7
    for name, known, kind, *_ in _fields(cls):
        if known == number:
            expected = _scalar(kind)[0] if isinstance(kind, str) else _BYTES
            return InvalidMessage(f"{message}.{name}", f"wire type {wire} is not {expected}")
    return InvalidMessage(message, f"unknown field number {number}")
