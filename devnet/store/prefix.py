"""Namespaces: a store inside a store, under a prefix that its user never sees."""

from collections.abc import Iterator

from devnet.store.kv import KVStore


def prefix_end(prefix: bytes) -> bytes | None:
    """First key after all that begin with a prefix; ``None`` if there can be none."""
    cut = prefix.rstrip(b"\xff")
    return cut[:-1] + bytes([cut[-1] + 1]) if cut else None


class Prefix:
    """The keys of a store that begin with a prefix, shown without it."""

    __slots__ = ("_end", "_parent", "_size", "prefix")

    def __init__(self, parent: KVStore, prefix: bytes) -> None:
        # A namespace in a namespace stands directly on the ground: one step for each key.
        if isinstance(parent, Prefix):
            prefix = parent.prefix + prefix
            parent = parent._parent  # noqa: SLF001 - the same class
        self._parent: KVStore = parent
        self.prefix: bytes = prefix
        self._size, self._end = len(prefix), prefix_end(prefix)

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if it is absent."""
        return self._parent.get(self.prefix + key)

    def set(self, key: bytes, value: bytes) -> None:
        """Give a key a value."""
        self._parent.set(self.prefix + key, value)

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""
        self._parent.delete(self.prefix + key)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` (included) to ``end`` (left out), as the store below has them."""
        found = self._parent.iterate(
            self.prefix + start if start else self.prefix,
            self._end if end is None else self.prefix + end,
            reverse=reverse,
        )
        return self._stripped(found)

    def _stripped(self, found: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        size = self._size
        for key, value in found:
            yield key[size:], value
