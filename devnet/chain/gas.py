"""Gas: a meter, and a store that charges for every access.

Costs are the Cosmos SDK's default KV costs (``store/types/gas``); keys are counted
without the name of their store, as there.
"""

from collections.abc import Iterator

from devnet.chain.errors import OutOfGas
from devnet.primitives.types import MAX_UINT64
from devnet.store.kv import KVStore
from devnet.store.prefix import prefix_end

READ_FLAT = 1000
READ_PER_BYTE = 3
WRITE_FLAT = 2000
WRITE_PER_BYTE = 30
DELETE_FLAT = 1000
NEXT_FLAT = 30


class GasMeter:
    """Counts gas up to a limit; ``None`` counts without one.

    Attributes
    ----------
    limit
        The most that may be used; ``None`` if there is no bound.
    used
        What was consumed so far. It passes ``limit`` by the amount that did not fit, and
        then every further consumption fails too, so running out cannot be caught away.
    """

    __slots__ = ("_ceiling", "limit", "used")

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self.used = 0
        self._ceiling = MAX_UINT64 if limit is None else limit

    def consume(self, amount: int, what: str) -> None:
        """Use gas for something.

        Raises
        ------
        OutOfGas
            If the limit is passed; naming what was being paid for.
        """
        used = self.used = self.used + amount
        if used > self._ceiling:
            raise OutOfGas(what, limit=self._ceiling, used=used)

    @property
    def remaining(self) -> int:
        """What may still be used; without a limit, what is left of a uint64."""
        return max(0, self._ceiling - self.used)

    @property
    def excess(self) -> int:
        """What was asked for beyond the limit."""
        return max(0, self.used - self._ceiling)

    @property
    def is_exhausted(self) -> bool:
        """Whether more was asked for than there was."""
        return self.used > self._ceiling


class MeteredStore:
    """One named part of a store, charging a meter for each access."""

    __slots__ = ("_get", "_meter", "_parent", "_prefix")

    def __init__(self, parent: KVStore, meter: GasMeter, *, prefix: bytes = b"") -> None:
        self._parent, self._meter, self._prefix = parent, meter, prefix
        self._get = parent.get

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if absent; absence costs the flat price and the key."""
        value = self._get(self._prefix + key)
        size = len(key) if value is None else len(key) + len(value)
        self._meter.consume(READ_FLAT + READ_PER_BYTE * size, "read")
        return value

    def set(self, key: bytes, value: bytes) -> None:
        """Put a value."""
        self._meter.consume(WRITE_FLAT + WRITE_PER_BYTE * (len(key) + len(value)), "write")
        self._parent.set(self._prefix + key, value)

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine and costs the same."""
        self._meter.consume(DELETE_FLAT, "delete")
        self._parent.delete(self._prefix + key)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` up to but not including ``end``, each charged when reached."""
        prefix = self._prefix
        first = prefix + start if start is not None else prefix or None
        last = prefix + end if end is not None else prefix_end(prefix)
        return self._charged(self._parent.iterate(first, last, reverse=reverse))

    def iterate_prefix(
        self, prefix: bytes, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs whose key begins with a prefix; keys are given whole."""
        return self.iterate(prefix, prefix_end(prefix), reverse=reverse)

    def _charged(self, found: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        consume, cut = self._meter.consume, len(self._prefix)
        for key, value in found:
            size = len(key) - cut + len(value)
            consume(READ_PER_BYTE * size + NEXT_FLAT, "iterate")
            yield key[cut:], value
        consume(NEXT_FLAT, "iterate")  # finding that there is nothing more
