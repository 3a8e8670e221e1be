"""The tree of places, read from the change records: parents, heights, ways between.

A **place** is a block in the tree of all blocks ever made; :data:`ROOT` is the place
before the first. This room reads and never writes; moving is the history's.
"""

from struct import Struct

from devnet.store.change_record import Change, Origin, decode, decode_origin, overlay
from devnet.store.errors import PlaceNotFound
from devnet.store.kv import KVStore

ROOT: bytes = bytes(32)
"""The place before the first block."""
NO_STATE = bytes(32)
"""Stands for the app hash at the root."""

Changes = dict[bytes, "bytes | None"]
"""New value of each key, ``None`` where it is deleted."""

_RECORD, _INDEX = b"h/", b"c/at/"
_HEIGHT = Struct(">Q")
_AT_ROOT = Origin(ROOT, 0, NO_STATE)


def record_key(place: bytes) -> bytes:
    """Where the change record of a place stands."""
    return _RECORD + place


def index_key(height: int) -> bytes:
    """Where the present branch's place of a height stands."""
    return _INDEX + _HEIGHT.pack(height)


class Places:
    """What the change records of a database say about its places."""

    def __init__(self, db: KVStore) -> None:
        self._db = db

    def origin(self, place: bytes) -> Origin:
        """Where a place stands; the root is its own parent, at height 0.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        if place == ROOT:
            return _AT_ROOT
        return decode_origin(record_key(place), self._data(place))

    def load(self, place: bytes) -> tuple[list[Change], list[bytes]]:
        """What the block at a place changed, and the keys that belong to it alone.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        return decode(record_key(place), self._data(place))

    def between(self, start: bytes, place: bytes) -> Changes:
        """What changes on the way from one place to another, the index by height too.

        Raises
        ------
        PlaceNotFound
            If either is no place.
        """
        back, there = (start, self.origin(start)), (place, self.origin(place))
        ahead: list[tuple[bytes, Origin]] = []
        changes: Changes = {}
        while back[0] != there[0]:
            if back[1].height >= there[1].height:
                changes.update(overlay(self.load(back[0])[0], forward=False))
                changes[index_key(back[1].height)] = None
                back = (back[1].parent, self.origin(back[1].parent))
            else:
                ahead.append(there)
                there = (there[1].parent, self.origin(there[1].parent))
        for step, origin in reversed(ahead):
            changes.update(overlay(self.load(step)[0], forward=True))
            changes[index_key(origin.height)] = step
        return changes

    def line_above(self, place: bytes, height: int) -> list[bytes]:
        """The places from one down to the first whose height is not above ``height``."""
        line = []
        origin = self.origin(place)
        while origin.height > height:
            line.append(place)
            place, origin = origin.parent, self.origin(origin.parent)
        return [*line, place]

    def _data(self, place: bytes) -> bytes:
        data = self._db.get(record_key(place))
        if data is None:
            raise PlaceNotFound(place)
        return data
