"""Storage keys with the layout of cw-storage-plus (cosmwasm reference, section 15).

A key of several parts carries the length of every part but the last, in two bytes, so
that the entries under the first parts stand together and in order.
"""

from typing import Any, get_args, get_origin

from devnet.cosmwasm.errors import SchemaError
from devnet.primitives.errors import InvalidMessage

_LENGTH = 2
_NUMBER = 8


def prefixed(part: bytes) -> bytes:
    """A part behind its length in two bytes."""
    return len(part).to_bytes(_LENGTH) + part


def behind(prefix: bytes) -> bytes | None:
    """The smallest key behind all keys with this prefix; ``None`` if there is none."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else None


def parts_of(key: object) -> tuple[type, ...]:
    """The plain types of a key's parts.

    Raises
    ------
    SchemaError
        If a part is neither text nor a whole number nor bytes.
    """
    parts = get_args(key) if get_origin(key) is tuple else (key,)
    plain: list[type] = []
    for part in parts:
        bottom: Any = part
        while hasattr(bottom, "__supertype__"):
            bottom = bottom.__supertype__
        if bottom not in {str, int, bytes}:
            raise SchemaError("key", f"{part} is no key; use text, whole numbers or bytes")
        plain.append(bottom)
    return tuple(plain)


def encode_part(kind: type, part: object) -> bytes:
    """Bytes of one part: text as UTF-8, a number as eight bytes, biggest first."""
    if not isinstance(part, kind) or not isinstance(part, str | int | bytes):
        raise InvalidMessage("key", f"{part!r} is no {kind.__name__}")
    if isinstance(part, str):
        return part.encode()
    return part if isinstance(part, bytes) else part.to_bytes(_NUMBER)


def encode(kinds: tuple[type, ...], key: Any) -> bytes:
    """Bytes of a key; every part but the last carries its length."""
    parts = key if isinstance(key, tuple) else (key,)
    encoded = [encode_part(kind, part) for kind, part in zip(kinds, parts, strict=True)]
    return b"".join([*map(prefixed, encoded[:-1]), encoded[-1]])


def decode_key(kinds: tuple[type, ...], raw: bytes) -> Any:
    """The key of its bytes; a tuple if it has several parts."""
    parts: list[Any] = []
    for kind in kinds[:-1]:
        size = int.from_bytes(raw[:_LENGTH])
        parts.append(_decode_part(kind, raw[_LENGTH : _LENGTH + size]))
        raw = raw[_LENGTH + size :]
    parts.append(_decode_part(kinds[-1], raw))
    return tuple(parts) if len(parts) > 1 else parts[0]


def _decode_part(kind: type, raw: bytes) -> Any:
    if kind is str:
        return raw.decode()
    return int.from_bytes(raw) if kind is int else raw
