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

As the standard library does for dataclasses, the encoder and decoder of a class are
written as Python source once and compiled: no field is looked up while bytes flow.
"""

import dataclasses
from collections.abc import Callable, Hashable
from functools import cache, partial
from inspect import ismemberdescriptor
from types import MemberDescriptorType
from typing import Any, NoReturn, TypeVar, cast

from devnet.primitives.errors import InvalidMessage

_VARINT, _FIXED64, _BYTES = 0, 1, 2
_SEVEN_BITS = 0x7F
_TWO_BYTES = 0x3FFF
_MASK64 = (1 << 64) - 1
_SIGN64 = 1 << 63
_MAX_SHIFT = 63
_ONE_BYTE = tuple(bytes((n,)) for n in range(_SEVEN_BITS + 1))

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
    """Base-128 varint; a negative number is written as its 64-bit two's complement.

    Raises
    ------
    InvalidMessage
        If the number does not fit 64 bits.
    """
    if 0 <= value <= _SEVEN_BITS:
        return _ONE_BYTE[value]
    if not -_SIGN64 <= value <= _MASK64:
        raise InvalidMessage("varint", f"{value} does not fit 64 bits")
    value &= _MASK64
    if value <= _TWO_BYTES:
        return bytes((value & _SEVEN_BITS | 0x80, value >> 7))
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
    """Wire bytes of a message.

    Raises
    ------
    InvalidMessage
        If a number does not fit its kind, or a text is no Unicode.
    """
    try:
        return _encoder(cast("Hashable", type(message)))(message)
    except (OverflowError, UnicodeEncodeError) as err:
        raise InvalidMessage(type(message).__name__, f"cannot be encoded: {err}") from err


def decode(cls: type[M], data: bytes) -> M:
    """Message of wire bytes; unknown fields are refused, as the Cosmos SDK does in a tx.

    Raises
    ------
    InvalidMessage
        If the bytes are cut off, a field is unknown or has the wrong wire type.
    """
    try:
        message: M = _decoder(cast("Hashable", cls))(data)
    except (IndexError, UnicodeDecodeError) as err:
        raise InvalidMessage(cls.__name__, f"no such protobuf message: {err}") from err
    return message


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """One field of a message, as those who write its code see it."""

    name: str
    number: int
    kind: Any
    repeated: bool
    always: bool

    @property
    def wire(self) -> int:
        return _WIRE[self.kind] if isinstance(self.kind, str) else _BYTES

    @property
    def tag(self) -> int:
        return self.number << 3 | self.wire


_WIRE = {
    "uint64": _VARINT,
    "int64": _VARINT,
    "bool": _VARINT,
    "sfixed64": _FIXED64,
    "string": _BYTES,
    "bytes": _BYTES,
}
# A value ``v`` in bytes. A field that is a message is written by its class's encoder.
_WRITE = {
    "uint64": "(one[v] if 0 <= v <= 127 else unsigned(v))",
    "int64": "(one[v] if 0 <= v <= 127 else varint(v))",
    "bool": "one[v]",
    "sfixed64": "v.to_bytes(8, 'little', signed=True)",
    "string": "prefixed(v.encode())",
    "bytes": "prefixed(v)",
}
# A value of ``v`` as it stood in the bytes: a number, or a slice.
_READ = {
    "uint64": "v",
    "int64": f"v - {1 << 64} if v & {_SIGN64} else v",
    "bool": "v != 0",
    "sfixed64": "from_bytes(v, 'little', signed=True)",
    "string": "v.decode()",
    "bytes": "v",
}


@cache
def _fields(cls: Hashable) -> tuple[_Field, ...]:
    found = [
        _Field(member.name, **described)
        for member in dataclasses.fields(cast("type[Any]", cls))  # hashable, as every class is
        if (described := member.metadata.get("protobuf"))
    ]
    for known in found:
        if isinstance(known.kind, str) and known.kind not in _WIRE:
            raise TypeError(f"unknown protobuf kind {known.kind}")
    return tuple(sorted(found, key=lambda known: known.number))


@cache
def _encoder(cls: Hashable) -> Callable[[Any], bytes]:
    names: dict[str, Any] = {
        "one": _ONE_BYTE,
        "varint": varint,
        "unsigned": _unsigned,
        "prefixed": length_prefixed,
    }
    lines = ["def run(message):", "    out = b''"]
    for known in _fields(cls):
        if isinstance(known.kind, str):
            value, is_written = _WRITE[known.kind], "True" if known.always else "v"
        else:
            names[f"encode_{known.number}"] = _encoder(known.kind)
            value, is_written = f"prefixed(encode_{known.number}(v))", "v is not None"
        value = f"{varint(known.tag)!r} + {value}"
        lines.append(f"    v = message.{known.name}")
        if known.repeated:
            lines.append(f"    if v: out += b''.join([{value} for v in v])")
        else:
            lines.append(f"    if {is_written}: out += {value}")
    return _compiled([*lines, "    return out"], names)


@cache
def _decoder(cls: Hashable) -> Callable[[Any], Any]:
    names: dict[str, Any] = {
        "make": cls,
        "read": _read_varint,
        "from_bytes": int.from_bytes,
        "refuse": partial(_refuse, cast("type[Any]", cls)),  # hashable, as every class is
    }
    fields = {known.name: known for known in _fields(cls)}
    start: list[str] = []
    cases: list[str] = []
    made: list[str] = []
    for n, member in enumerate(dataclasses.fields(cast("type[Any]", cls))):
        known = fields[member.name]
        start.append(f"    v{n} = {'[]' if known.repeated else repr(member.default)}")
        made.append(f"tuple(v{n})" if known.repeated else f"v{n}")
        if isinstance(known.kind, str):
            value = _READ[known.kind]
        else:
            names[f"decode_{known.number}"], value = (
                _decoder(known.kind),
                f"decode_{known.number}(v)",
            )
        keep = f"v{n}.append({value})" if known.repeated else f"v{n} = {value}"
        cases += [f"        if tag == {known.tag}:", *_READ_RAW[known.wire], f"            {keep}"]
        cases += ["            continue"]
    lines = ["def run(data):", *start, "    at, end = 0, len(data)", "    while at < end:"]
    lines += [*_varint_into("tag", indent=8), *cases, "        refuse(tag)"]
    return _compiled([*lines, *_make(cls, made, names)], names)


def _make(cls: Hashable, made: list[str], names: dict[str, Any]) -> list[str]:
    """Lines that make the message: into its slots, at half the time of a frozen ``__init__``."""
    slots = [vars(cls).get(member.name) for member in dataclasses.fields(cast("type[Any]", cls))]
    if hasattr(cls, "__post_init__") or not all(map(ismemberdescriptor, slots)):
        return [f"    return make({', '.join(made)})"]
    names["new"] = object.__new__
    lines = ["    message = new(make)"]
    for n, (slot, value) in enumerate(zip(slots, made, strict=True)):
        names[f"set_{n}"] = cast("MemberDescriptorType", slot).__set__  # checked above
        lines.append(f"    set_{n}(message, {value})")
    return [*lines, "    return message"]


def _unsigned(value: int) -> bytes:
    if value < 0:
        raise InvalidMessage("uint64", f"{value} is negative")
    return varint(value)


def _varint_into(name: str, *, indent: int) -> list[str]:
    """Lines that read a varint; most have one byte or two, so these make no call."""
    lines = [
        f"{name} = data[at]",
        "at += 1",
        f"if {name} > 127:",
        "    more = data[at]",
        f"    if more > 127: {name}, at = read(data, at - 1)",
        f"    else: {name}, at = {name} & 127 | more << 7, at + 1",
    ]
    return [" " * indent + line for line in lines]


_SLICE = [
    "            v = data[at : at + size]",
    "            at += size",
    "            if at > end: refuse(None)",
]
_READ_RAW = {
    _VARINT: _varint_into("v", indent=12),
    _FIXED64: ["            size = 8", *_SLICE],
    _BYTES: [*_varint_into("size", indent=12), *_SLICE],
}


def _compiled(lines: list[str], names: dict[str, Any]) -> Callable[[Any], Any]:
    """Function ``run`` of these lines, which see only the names given."""
    exec("\n".join(lines), names)  # noqa: S102 - text of this room alone: numbers and field names
    return cast("Callable[[Any], Any]", names["run"])  # the first line defines it


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & _SEVEN_BITS) << shift
        if byte <= _SEVEN_BITS:
            if result > _MASK64:
                raise InvalidMessage("varint", "more than 64 bits")
            return result, at
        shift += 7
        if shift > _MAX_SHIFT:
            raise InvalidMessage("varint", "longer than ten bytes")


def _refuse(cls: type[Any], tag: int | None) -> NoReturn:
    """Say what is wrong with a tag that no field has; ``None``: a value that is cut off."""
    if tag is None:
        raise InvalidMessage("protobuf", "cut off")
    number, wire = tag >> 3, tag & 7
    for known in _fields(cast("Hashable", cls)):
        if known.number == number:
            raise InvalidMessage(
                f"{cls.__name__}.{known.name}", f"wire type {wire} is not {known.wire}"
            )
    raise InvalidMessage(cls.__name__, f"unknown field number {number}")
