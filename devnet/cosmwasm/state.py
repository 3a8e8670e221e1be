"""Named places in a contract's storage, with the key layout of the Rust libraries.

The layout is that of cw-storage-plus (cosmwasm reference, section 15): an item's key is
its plain name; a map's key is the length of its name in two bytes, the name, and the key,
of which every part but the last carries its length. Values are canonical JSON.

A snapshot keeps, beside the present value, the value *before* the first change of each
block. "At height h" therefore means at the start of block h: what block h changes is seen
from h + 1 on.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, get_origin, overload

from devnet.cosmwasm.deps import Deps
from devnet.cosmwasm.errors import NotFound
from devnet.cosmwasm.keys import behind, decode_key, encode, encode_part, parts_of, prefixed
from devnet.cosmwasm.kinds import kind_of
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import MAX_UINT64

V = TypeVar("V")
_NUMBER = 8


class Item(Generic[V]):
    """One value under a plain name."""

    @overload
    def __init__(self, name: str, kind: type[V]) -> None: ...
    @overload
    def __init__(self, name: str, kind: object) -> None: ...
    def __init__(self, name: str, kind: object) -> None:
        self.name, self.key = name, name.encode()
        self._kind = kind_of(kind, place=f"Item({name!r})")

    def find(self, deps: Deps) -> V | None:
        """The value, ``None`` if it was never saved."""
        raw = deps.storage.get(self.key)
        return None if raw is None else self.decode(raw)

    def load(self, deps: Deps) -> V:
        """The value.

        Raises
        ------
        NotFound
            If it was never saved.
        """
        raw = deps.storage.get(self.key)
        if raw is None:
            raise NotFound(self.name)
        return self.decode(raw)

    def save(self, deps: Deps, value: V) -> None:
        """Put the value."""
        deps.storage.set(self.key, dumps(self._kind.write(value)))

    def update(self, deps: Deps, change: Callable[[V], V]) -> V:
        """Put what ``change`` makes of the value; the new value."""
        value = change(self.load(deps))
        self.save(deps, value)
        return value

    def remove(self, deps: Deps) -> None:
        """Forget the value; it may be absent."""
        deps.storage.delete(self.key)

    def exists(self, deps: Deps) -> bool:
        """Whether it was saved."""
        return deps.storage.get(self.key) is not None

    def decode(self, raw: bytes) -> V:
        """Value of stored bytes."""
        value: V = self._kind.read(loads(raw), None)
        return value


class Map(Generic[V]):
    """Values by key: text, numbers, bytes, or a tuple of these.

    ``key`` is the annotation of the key: ``str`` and what stands on it, ``int``, ``bytes``
    or ``tuple[int, Address]``. Order is that of the key bytes: text by its bytes, numbers
    by size.
    """

    @overload
    def __init__(self, name: str, kind: type[V], *, key: object = str) -> None: ...
    @overload
    def __init__(self, name: str, kind: object, *, key: object = str) -> None: ...
    def __init__(self, name: str, kind: object, *, key: object = str) -> None:
        self.name = name
        self.namespace = prefixed(name.encode())
        self._end = behind(self.namespace)
        self._kind = kind_of(kind, place=f"Map({name!r})")
        self._parts = parts_of(key)
        self._is_tuple = get_origin(key) is tuple
        # One text key is the common case, and the quick one.
        self._is_text = self._parts == (str,) and not self._is_tuple

    def raw_key(self, key: Any) -> bytes:
        """Storage key of an entry."""
        if self._is_text:
            return self.namespace + bytes(key, "utf-8")
        return self.namespace + self._encode(key)

    def find(self, deps: Deps, key: Any) -> V | None:
        """The entry, ``None`` if there is none."""
        raw = deps.storage.get(self.raw_key(key))
        return None if raw is None else self._decode(raw)

    def load(self, deps: Deps, key: Any) -> V:
        """The entry.

        Raises
        ------
        NotFound
            If there is none; naming the map and the key.
        """
        value = self.find(deps, key)
        if value is None:
            raise NotFound(f"{self.name}[{key}]")
        return value

    def save(self, deps: Deps, key: Any, value: V) -> None:
        """Put an entry."""
        deps.storage.set(self.raw_key(key), dumps(self._kind.write(value)))

    def update(self, deps: Deps, key: Any, change: Callable[[V | None], V]) -> V:
        """Put what ``change`` makes of the entry, or of ``None``; the new entry."""
        value = change(self.find(deps, key))
        self.save(deps, key, value)
        return value

    def remove(self, deps: Deps, key: Any) -> None:
        """Forget an entry; it may be absent."""
        deps.storage.delete(self.raw_key(key))

    def exists(self, deps: Deps, key: Any) -> bool:
        """Whether there is an entry."""
        return deps.storage.get(self.raw_key(key)) is not None

    def items(
        self,
        deps: Deps,
        *,
        prefix: tuple[Any, ...] = (),
        after: Any = None,
        before: Any = None,
        start: Any = None,
        limit: int | None = None,
        reverse: bool = False,
    ) -> Iterator[tuple[Any, V]]:
        """Keys and entries in order of keys.

        Parameters
        ----------
        prefix
            First parts of composite keys; the keys that come back are the remaining part.
        after, before
            Bounds that are left out themselves. ``start`` is one that is kept.
        limit
            At most so many.
        """
        stem = self.namespace + b"".join(
            prefixed(encode_part(kind, part))
            for kind, part in zip(self._parts, prefix, strict=False)
        )
        rest = self._parts[len(prefix) :]
        first, last = stem, behind(stem) if prefix else self._end
        if after is not None:
            first = stem + encode(rest, after) + b"\0"
        if start is not None:
            first = stem + encode(rest, start)
        if before is not None:
            last = stem + encode(rest, before)
        if limit == 0 or (last is not None and first >= last):
            return
        entries = deps.storage.iterate(first, last, reverse=reverse)
        for count, (raw_key, raw) in enumerate(entries, start=1):
            yield decode_key(rest, raw_key[len(stem) :]), self._decode(raw)
            if count == limit:
                return

    def _encode(self, key: Any) -> bytes:
        return encode(self._parts, key if self._is_tuple else (key,))

    def _decode(self, raw: bytes) -> V:
        value: V = self._kind.read(loads(raw), None)
        return value


class SnapshotMap(Map[V]):
    """A map that remembers what each entry was at the start of any block."""

    @overload
    def __init__(self, name: str, kind: type[V], *, key: object = str) -> None: ...
    @overload
    def __init__(self, name: str, kind: object, *, key: object = str) -> None: ...
    def __init__(self, name: str, kind: object, *, key: object = str) -> None:
        super().__init__(name, kind, key=key)
        self._log = prefixed(f"{name}__changelog".encode())

    def save(self, deps: Deps, key: Any, value: V, height: int | None = None) -> None:
        """Put an entry in the block of ``height``."""
        raw_key = self._remember(deps, key, height)
        deps.storage.set(raw_key, dumps(self._kind.write(value)))

    def remove(self, deps: Deps, key: Any, height: int | None = None) -> None:
        """Forget an entry in the block of ``height``; the past stays."""
        deps.storage.delete(self._remember(deps, key, height))

    def update(
        self, deps: Deps, key: Any, change: Callable[[V | None], V], height: int | None = None
    ) -> V:
        """Put what ``change`` makes of the entry in the block of ``height``; the new entry."""
        value = change(self.find(deps, key))
        self.save(deps, key, value, height)
        return value

    def find_at(self, deps: Deps, key: Any, height: int) -> V | None:
        """The entry at the start of block ``height``, ``None`` if there was none."""
        log = self._log_of(self.raw_key(key))
        return _past(deps, log, height, self._decode, lambda: self.find(deps, key))

    def _remember(self, deps: Deps, key: Any, height: int | None) -> bytes:
        raw_key = self.raw_key(key)
        _remember(deps, self.name, raw_key, self._log_of(raw_key), height)
        return raw_key

    def _log_of(self, raw_key: bytes) -> bytes:
        return self._log + prefixed(raw_key[len(self.namespace) :])


class SnapshotItem(Item[V]):
    """An item that remembers what it was at the start of any block."""

    @overload
    def __init__(self, name: str, kind: type[V]) -> None: ...
    @overload
    def __init__(self, name: str, kind: object) -> None: ...
    def __init__(self, name: str, kind: object) -> None:
        super().__init__(name, kind)
        self._log = prefixed(f"{name}__changelog".encode())

    def save(self, deps: Deps, value: V, height: int | None = None) -> None:
        """Put the value in the block of ``height``."""
        _remember(deps, self.name, self.key, self._log, height)
        super().save(deps, value)

    def update(self, deps: Deps, change: Callable[[V], V], height: int | None = None) -> V:
        """Put what ``change`` makes of the value in the block of ``height``; the new value."""
        value = change(self.load(deps))
        self.save(deps, value, height)
        return value

    def find_at(self, deps: Deps, height: int) -> V | None:
        """The value at the start of block ``height``, ``None`` if there was none."""
        return _past(deps, self._log, height, self.decode, lambda: self.find(deps))


def _remember(deps: Deps, name: str, raw_key: bytes, log: bytes, height: int | None) -> None:
    """Log the value before the first change of a block; later changes find it there."""
    if height is None:
        raise InvalidMessage("height", f"{name} keeps a history; give env.block.height as well")
    entry = log + height.to_bytes(_NUMBER)
    if deps.storage.get(entry) is None:
        old = deps.storage.get(raw_key)
        deps.storage.set(entry, b'{"old":%b}' % (b"null" if old is None else old))


def _past(
    deps: Deps,
    log: bytes,
    height: int,
    decode: Callable[[bytes], V],
    present: Callable[[], V | None],
) -> V | None:
    """What the first change at or after ``height`` found; without one, the present value."""
    bounds = log + height.to_bytes(_NUMBER), log + MAX_UINT64.to_bytes(_NUMBER) + b"\0"
    for _, raw in deps.storage.iterate(*bounds):
        entry: Any = loads(raw)  # written by _remember
        return None if entry["old"] is None else decode(dumps(entry["old"]))
    return present()
