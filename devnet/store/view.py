"""Looking at another place without going there."""

from collections.abc import Iterator
from typing import NoReturn, Protocol

from devnet.store.branch import Branch
from devnet.store.errors import ReadOnlyView
from devnet.store.kv import KVStore
from devnet.store.places import Changes


class _Chain(Protocol):
    """What a view needs of the history."""

    view: KVStore

    @property
    def tip(self) -> bytes: ...

    def changes_to(self, place: bytes) -> Changes: ...


class PlaceView:
    """The key space as it was at a place, also while the chain moves on.

    It holds no state of its own but what separates the place from the tip, under the tip
    it was read for; when the tip has moved, the difference is read again.
    """

    __slots__ = ("_chain", "_overlay", "_tip", "place")

    def __init__(self, chain: _Chain, place: bytes) -> None:
        self._chain, self.place = chain, place
        self._read()

    def get(self, key: bytes) -> bytes | None:
        """Value of a key at the place, ``None`` if it was absent."""
        return self._current().get(key)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` (included) to ``end`` (left out) as they were."""
        return self._current().iterate(start, end, reverse=reverse)

    def set(self, key: bytes, value: bytes) -> NoReturn:  # noqa: ARG002 - as every store has it
        """Refuse: what was does not change.

        Raises
        ------
        ReadOnlyView
            Always.
        """
        raise ReadOnlyView(key)

    def delete(self, key: bytes) -> NoReturn:
        """Refuse: what was does not change.

        Raises
        ------
        ReadOnlyView
            Always.
        """
        raise ReadOnlyView(key)

    def _current(self) -> Branch:
        if self._tip != self._chain.tip:
            self._read()
        return self._overlay

    def _read(self) -> None:
        self._tip = self._chain.tip
        self._overlay = Branch(self._chain.view)
        self._overlay.write_batch(self._chain.changes_to(self.place))
