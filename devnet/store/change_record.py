"""What one block changed, as bytes: enough to take it back and to do it again.

A record stands at ``h/<place>``. It names the place before, the height and the app hash,
then every key that changed with its value before and after, sorted, and last the keys
that belong to this place alone, so that a forgotten line leaves nothing behind.
"""

from collections.abc import Iterable
from struct import Struct, error
from typing import NamedTuple

from devnet.store.errors import StoreDamaged

Change = tuple[bytes, "bytes | None", "bytes | None"]
"""Key, value before, value after; ``None`` where it is absent."""

_HEAD = Struct(">32sQ32sII")
_SIZES = Struct(">III")
_SIZE = Struct(">I")
_NONE = 0xFFFFFFFF


class Origin(NamedTuple):
    """Where a place stands in the tree: the place before it, its height and app hash."""

    parent: bytes
    height: int
    app_hash: bytes


def encode(origin: Origin, changes: list[Change], owned: list[bytes]) -> bytes:
    """Bytes of a record; the changes are sorted by key."""
    parts = [_HEAD.pack(*origin, len(changes), len(owned))]
    for key, before, after in changes:
        parts += (
            _SIZES.pack(
                len(key),
                _NONE if before is None else len(before),
                _NONE if after is None else len(after),
            ),
            key,
            before or b"",
            after or b"",
        )
    for key in owned:
        parts += (_SIZE.pack(len(key)), key)
    return b"".join(parts)


def decode_origin(at: bytes, data: bytes) -> Origin:
    """Only the beginning of the record stored under the key ``at``.

    Raises
    ------
    StoreDamaged
        If the bytes are no record.
    """
    try:
        return Origin(*_HEAD.unpack_from(data)[:3])
    except error as err:
        raise StoreDamaged(at, "a change record is cut off") from err


def decode(at: bytes, data: bytes) -> tuple[list[Change], list[bytes]]:
    """Changes and owned keys of the record stored under the key ``at``.

    Raises
    ------
    StoreDamaged
        If the bytes are no record.
    """
    changes: list[Change] = []
    offset = _HEAD.size

    def take(size: int) -> bytes:
        nonlocal offset
        offset += size
        return data[offset - size : offset]

    try:
        *_, changed, owns = _HEAD.unpack_from(data)
        for _ in range(changed):
            sizes = _SIZES.unpack(take(_SIZES.size))
            key, before, after = (None if size == _NONE else take(size) for size in sizes)
            changes.append((key or b"", before, after))
        owned = [take(*_SIZE.unpack(take(_SIZE.size))) for _ in range(owns)]
    except error as err:
        raise StoreDamaged(at, "a change record is cut off") from err
    if offset != len(data):
        raise StoreDamaged(at, "a change record has another length than it says")
    return changes, owned


def overlay(changes: Iterable[Change], *, forward: bool) -> dict[bytes, bytes | None]:
    """What applying a record writes, in either direction."""
    if forward:
        return {key: after for key, _, after in changes}
    return {key: before for key, before, _ in changes}
