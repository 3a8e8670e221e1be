"""Branches: try something over a store, then write it or forget it.

A transaction, a message, a submessage and a privileged call each run on a branch of the
one below; opening one costs nothing and copies nothing.
"""

from collections.abc import Iterator, Mapping

from devnet.store.kv import BatchWriter, KVStore, SortedKeys, sorted_keys


class Branch:
    """An overlay that holds changes until they are written to its parent.

    Attributes
    ----------
    changes
        Value of every key that was set, ``None`` for one that was deleted. To be read;
        change it through the methods only.
    """

    __slots__ = ("_get_below", "_order", "_parent", "changes")

    def __init__(self, parent: KVStore) -> None:
        self._parent, self._get_below = parent, parent.get
        self.changes: dict[bytes, bytes | None] = {}
        # The order of the changed keys; most branches are never iterated and have none.
        self._order: SortedKeys | None = None

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if it is absent."""
        if key in self.changes:  # deleted ones too, as None
            return self.changes[key]
        return self._get_below(key)

    def has_change(self, key: bytes) -> bool:
        """Whether a key was touched on this branch, or on one between it and the ground."""
        below = self._parent
        return key in self.changes or (isinstance(below, Branch) and below.has_change(key))

    def set(self, key: bytes, value: bytes) -> None:
        """Give a key a value."""
        if self._order is not None and key not in self.changes:
            self._order.add(key)
        self.changes[key] = value

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""
        if self._order is not None and key not in self.changes:
            self._order.add(key)
        self.changes[key] = None

    def write_batch(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Take many changes at once; ``None`` deletes."""
        if self._order is not None:
            for key in changes:
                if key not in self.changes:
                    self._order.add(key)
        self.changes.update(changes)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` (included) to ``end`` (left out), as of this call."""
        below = self._parent.iterate(start, end, reverse=reverse)
        if not self.changes:
            return below
        if self._order is None:
            self._order = sorted_keys(self.changes)
        keys = self._order.irange(start, end, inclusive=(True, False), reverse=reverse)
        mine = [(key, self.changes[key]) for key in keys]
        return _merge(mine, below, reverse=reverse) if mine else below

    def write(self) -> None:
        """Hand all changes to the parent; the branch is empty then and may be used again."""
        # Mostly a branch; asking whether something fits a protocol takes its time.
        if isinstance(self._parent, (Branch, BatchWriter)):
            self._parent.write_batch(self.changes)
        else:
            for key, value in self.changes.items():
                if value is None:
                    self._parent.delete(key)
                else:
                    self._parent.set(key, value)
        self.drop()

    def drop(self) -> None:
        """Forget all changes."""
        self._order = None
        self.changes = {}


def _merge(
    mine: list[tuple[bytes, bytes | None]],
    below: Iterator[tuple[bytes, bytes]],
    *,
    reverse: bool,
) -> Iterator[tuple[bytes, bytes]]:
    """Two sorted runs as one; where both have a key, ``mine`` counts."""
    other = next(below, None)
    for key, value in mine:
        while other is not None and (other[0] > key if reverse else other[0] < key):
            yield other
            other = next(below, None)
        if other is not None and other[0] == key:
            other = next(below, None)
        if value is not None:
            yield key, value
    if other is not None:
        yield other
        yield from below
