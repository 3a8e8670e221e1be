"""What a store is to everyone: sorted bytes under bytes; and the one kept in memory.

``KVStore`` is all that keepers and contracts see; ``Database`` is the ground below, which
takes a whole block in one batch. Overlays, prefixes and views are KVStores themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NoReturn, Protocol, runtime_checkable

from sortedcontainers import SortedList

from devnet.store.errors import StoreClosed

_FIRST_PAGE = 8
_LARGEST_PAGE = 512


class KVStore(Protocol):
    """Sorted keys with values, both bytes."""

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if it is absent."""

    def set(self, key: bytes, value: bytes) -> None:
        """Give a key a value."""

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` (included) to ``end`` (left out), in order of the keys.

        Changing the store meanwhile is safe. An overlay shows what was there when the
        iteration was asked for; of a key that is changed directly in a database
        meanwhile, the iteration shows the old or the new state.
        """


@runtime_checkable
class BatchWriter(Protocol):
    """A store that takes many changes at once."""

    def write_batch(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Apply all changes or none; ``None`` deletes."""


class Database(KVStore, BatchWriter, Protocol):
    """The ground below all stores; a batch is atomic, also if the process is killed."""

    def close(self) -> None:
        """Let go of it; further use raises ``StoreClosed``. A second call does nothing."""


class SortedKeys(Protocol):
    """Keys in order, among which one is found, added or removed at once."""

    def add(self, key: bytes, /) -> None:
        """Put a key in its place."""

    def discard(self, key: bytes, /) -> None:
        """Take a key out; an absent one is fine."""

    def irange(
        self,
        start: bytes | None,
        end: bytes | None,
        *,
        inclusive: tuple[bool, bool],
        reverse: bool,
    ) -> Iterator[bytes]:
        """The keys between two, with them or without."""

    def __contains__(self, key: bytes, /) -> bool: ...
    def __len__(self) -> int: ...


def sorted_keys(keys: Iterable[bytes]) -> SortedKeys:
    """Keys in order."""
    found: SortedKeys = SortedList(keys)
    return found


class MemoryStore:
    """A database that lives as long as its process.

    Values stand in a plain dict, an absent key as ``None`` until the order is settled, so
    that a batch is one call into the interpreter's own code: an interrupted cell finds all
    of it or nothing. The order of the keys is a cache, settled when somebody iterates.
    """

    __slots__ = ("_order", "_touched", "_values")

    def __init__(self) -> None:
        self._values: dict[bytes, bytes | None] = {}
        self._touched: list[bytes] = []
        self._order: SortedKeys | None = None

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if it is absent."""
        return self._values.get(key)

    def set(self, key: bytes, value: bytes) -> None:
        """Give a key a value."""
        self.write_batch({key: value})

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""
        self.write_batch({key: None})

    def write_batch(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Apply all changes or none; ``None`` deletes."""
        if self._order is not None:
            self._touched.extend(changes)
        self._values.update(changes)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` (included) to ``end`` (left out), in order of the keys."""
        self._settled()  # a closed store says so now, not at the first pair
        return self._pages(start, end, reverse=reverse)

    def close(self) -> None:
        """Forget everything."""
        self._values = _Closed()
        self._order, self._touched = None, []

    def _pages(
        self, start: bytes | None, end: bytes | None, *, reverse: bool
    ) -> Iterator[tuple[bytes, bytes]]:
        # Keys are taken in pages, so that the order may change between them.
        size, start_included = _FIRST_PAGE, True
        while True:
            found = self._settled().irange(
                start, end, inclusive=(start_included, False), reverse=reverse
            )
            page = list(islice(found, size))
            for key in page:
                value = self._values.get(key)
                if value is not None:
                    yield key, value
            if len(page) < size:
                return
            if reverse:
                end = page[-1]
            else:
                start, start_included = page[-1], False
            size = min(2 * size, _LARGEST_PAGE)

    def _settled(self) -> SortedKeys:
        order, touched = self._order, self._touched
        if order is not None and not touched:
            return order
        # While it is being settled there is no order: an interrupt in between makes the
        # next iteration sort anew.
        self._order, self._touched = None, []
        values = self._values
        if order is None or len(touched) > len(order) // 4:
            for key in [key for key, value in values.items() if value is None]:
                del values[key]
            order = sorted_keys(values)
        else:
            for key in dict.fromkeys(touched):
                if values.get(key) is None:
                    values.pop(key, None)
                    order.discard(key)
                elif key not in order:
                    order.add(key)
        self._order = order
        return order


class _Closed(dict[bytes, "bytes | None"]):
    """Stands where the values of a closed store were."""

    def _refuse(self, *_: object) -> NoReturn:
        raise StoreClosed(None)

    get = update = items = _refuse
