"""What one block changed, as bytes: enough to take it back and to do it again.

A record stands at ``h/<place>``. It names the place before, the height and the app hash,
then every key that changed with its value before and after, sorted, and last the keys
that belong to this place alone, so that a forgotten line leaves nothing behind.

Most of a record are pages of the state tree, of which one slot changed: a long value
that keeps its length is written as the bytes between the first and last difference.
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
_PATCH = 0x80000000
_WORTH_PATCHING = 64


class Origin(NamedTuple):
    """Where a place stands in the tree: the place before it, its height and app hash."""

    parent: bytes
    height: int
    app_hash: bytes


def encode(origin: Origin, changes: list[Change], owned: list[bytes]) -> bytes:
    """Bytes of a record; the changes are sorted by key."""
    parts = [_HEAD.pack(*origin, len(changes), len(owned))]
    for key, before, after in changes:
        old, new, mark = before or b"", after or b"", 0
        if len(old) == len(new) > _WORTH_PATCHING:
            new, mark = _patch(old, new), _PATCH
        parts += (
            _SIZES.pack(
                len(key),
                _NONE if before is None else len(old),
                _NONE if after is None else len(new) | mark,
            ),
            key,
            old,
            new,
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
            key_size, old_size, new_size = _SIZES.unpack(take(_SIZES.size))
            key = take(key_size)
            before = None if old_size == _NONE else take(old_size)
            if new_size == _NONE:
                after = None
            elif new_size & _PATCH:
                after = _patched(before or b"", take(new_size ^ _PATCH))
            else:
                after = take(new_size)
            changes.append((key, before, after))
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


def _patch(before: bytes, after: bytes) -> bytes:
    """Where two values of one length begin to differ, and the bytes from there to the last."""
    size = len(after)
    differing = int.from_bytes(before) ^ int.from_bytes(after)
    start = size - (differing.bit_length() + 7) // 8
    same_at_end = ((differing & -differing).bit_length() - 1) // 8
    return _SIZE.pack(start) + after[start : size - same_at_end]


def _patched(before: bytes, patch: bytes) -> bytes:
    (start,) = _SIZE.unpack_from(patch)
    middle = patch[_SIZE.size :]
    return before[:start] + middle + before[start + len(middle) :]
