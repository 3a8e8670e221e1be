"""The tree of places over one database: seal a block, go anywhere, look anywhere.

A **place** is a block in the tree of all blocks ever made, named by its parent, its hash
and what was asked for meanwhile; :data:`ROOT` is the place before the first. A **branch**
is a name for a place; the *present* one moves along with what is made. Everything a block
changed stands in its change record, so going back applies records backwards, going
elsewhere passes the common ancestor, and nothing is executed again. Each move and each
block is one atomic batch.

Keys of its own: ``h/`` change records, ``b/`` branches, ``m/`` the rest, and ``c/at/``,
the present branch's places by height.
"""

from collections.abc import Mapping
from struct import Struct, error
from typing import NamedTuple

from devnet.store.change_record import Change, Origin, encode
from devnet.store.errors import (
    BranchInUse,
    BranchNotFound,
    FormatMismatch,
    HeightNotFound,
    PlaceNotFound,
    StoreDamaged,
)
from devnet.store.kv import Database, KVStore
from devnet.store.places import NO_STATE, ROOT, Changes, Places, index_key, record_key
from devnet.store.prefix import Prefix
from devnet.store.view import PlaceView

__all__ = ["FORMAT", "MAIN", "ROOT", "History"]

FORMAT = b"1"
"""The way chains are kept by this package; a folder of another format is refused."""
MAIN = "main"
"""Name of the first branch."""

_BRANCH, _META = b"b/", b"m/"
_FORMAT_KEY, _HEAD_KEY = _META + b"format", _META + b"head"
_HEAD = Struct(">Q32s")


class _Position(NamedTuple):
    present: str
    tip: bytes
    height: int
    app_hash: bytes


class History:
    """Where a chain stands, and all places it can go.

    Attributes
    ----------
    db
        The database below.
    view
        The committed state, to be read only.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.view: KVStore = db
        self._staged: Changes = {}
        self._records: dict[bytes, bytes] = {}
        self._last: Changes = {}
        self._fresh = False
        self._places = Places(db)
        self._position = self._read()
        self._looked: tuple[bytes, bytes, Changes] = (self.tip, self.tip, {})

    @property
    def tip(self) -> bytes:
        """The place where the chain stands; the same object until it moves."""
        return self._position.tip

    @property
    def present(self) -> str:
        """Name of the branch that moves along."""
        return self._position.present

    @property
    def height(self) -> int:
        """Height of the tip, 0 before the first block."""
        return self._position.height

    @property
    def app_hash(self) -> bytes:
        """App hash sealed with the tip, 32 zeros before the first block."""
        return self._position.app_hash

    def stage(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Change reversible keys with the next block; ``None`` deletes."""
        self._staged.update(changes)

    def record(self, key: bytes, value: bytes) -> None:
        """Write a key with the next block that no move ever takes back.

        A key that holds the block's place is forgotten together with it; use it for what
        never changes. A key under ``m/`` may be written again.
        """
        self._records[key] = value

    def discard(self) -> None:
        """Forget what was staged and recorded since the last block."""
        self._staged, self._records = {}, {}

    def seal(self, place: bytes, *, height: int, app_hash: bytes) -> None:
        """Make everything staged the block at ``place``, after the tip, in one batch."""
        present, tip, last_height, _ = self._position
        assert height > last_height, "heights only grow along a line"
        staged = self._staged
        batch: Changes = dict(self._records)
        changes = self._changes(staged)
        for key, _before, after in changes:
            batch[key] = after
        owned = [key for key in self._records if place in key]
        batch[record_key(place)] = encode(Origin(tip, height, app_hash), changes, owned)
        batch[index_key(height)] = place
        self._move(batch, _Position(present, place, height, app_hash))
        self._last = staged
        self.discard()

    def parent(self, place: bytes) -> bytes:
        """The place before a place; the root is its own.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        return self._places.origin(place).parent

    def height_of(self, place: bytes) -> int:
        """Height of the block at a place, 0 at the root.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        return self._places.origin(place).height

    def place_at(self, height: int) -> bytes:
        """Place of a height on the present branch; 0 is the root.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        place = ROOT if height == 0 else None
        if 0 < height <= self.height:
            place = self.db.get(index_key(height))
        if place is None:
            first = next(self.db.iterate(index_key(0), index_key(self.height + 1)), None)
            lowest = self.height + 1 if first is None else self.height_of(first[1])
            raise HeightNotFound(height, lowest=lowest, highest=self.height)
        return place

    def go_to(self, place: bytes) -> None:
        """Stand at another place: back to the common ancestor, then forward, in one batch.

        What was staged is dropped, and the present branch's name moves along.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        self._go(place, self.present)

    def look_at(self, place: bytes) -> KVStore:
        """The whole key space as it was at a place, without moving there; read only.

        Costs what the blocks between here and there changed, and stays right while the
        chain moves on. Keys that no move takes back are shown as they are now.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        self.height_of(place)
        return PlaceView(self, place)

    def changes_to(self, place: bytes) -> Changes:
        """What would change on the way from the tip to a place; not to be altered.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        tip, looked, found = self._looked
        if tip != self.tip:
            looked, found = self.tip, {}
        if looked == place:
            return found
        # Looking at one place after another goes on from the last, as charts do.
        height, last = self.height_of(place), self.height_of(looked)
        if abs(height - last) > abs(height - self.height):
            looked, found = self.tip, {}
        found = found | self._places.between(looked, place)
        self._looked = (self.tip, place, found)
        return found

    def branches(self) -> dict[str, bytes]:
        """Place of each branch, by name, sorted."""
        named = {key.decode(): tip for key, tip in Prefix(self.db, _BRANCH).iterate()}
        named[self.present] = self.tip
        return dict(sorted(named.items()))

    def put_branch(self, name: str, place: bytes) -> None:
        """Give a place a name, or a name another place; the present one goes there.

        Raises
        ------
        PlaceNotFound
            If there is no such place.
        """
        self.height_of(place)
        if name == self.present:
            self.go_to(place)
        else:
            self.db.write_batch({_BRANCH + name.encode(): place})

    def delete_branch(self, name: str) -> None:
        """Take a name away; its places stay until they are forgotten.

        Raises
        ------
        BranchNotFound
            If nobody gave that name.
        BranchInUse
            If it is the present branch.
        """
        self._tip_of(name)
        if name == self.present:
            raise BranchInUse(name)
        self.db.write_batch({_BRANCH + name.encode(): None})

    def switch(self, name: str) -> None:
        """Stand at a branch's place and move that branch from now on, in one batch.

        Raises
        ------
        BranchNotFound
            If nobody gave that name.
        """
        self._go(self._tip_of(name), name)

    def forget(self, place: bytes, *, down_to: bytes) -> None:
        """Delete the records of an abandoned line, from a place down to an ancestor.

        The ancestor itself stays, and so does all that another branch still stands on.

        Raises
        ------
        PlaceNotFound
            If the line does not lead from one to the other.
        """
        lowest = self.height_of(down_to)
        *line, end = self._places.line_above(place, lowest)
        if end != down_to:
            raise PlaceNotFound(down_to)
        kept = {
            step
            for name, tip in self.branches().items()
            if name != self.present
            for step in self._places.line_above(tip, lowest)
        }
        batch: Changes = {}
        for step in line:
            on_present = self.db.get(index_key(self.height_of(step))) == step
            if step not in kept and not on_present:
                _, owned = self._places.load(step)
                batch.update(dict.fromkeys((record_key(step), *owned)))
        self.db.write_batch(batch)
        self._looked = (self.tip, self.tip, {})

    def meta(self, key: str) -> bytes | None:
        """A note about the whole chain, such as its start options."""
        return self.db.get(_META + key.encode())

    def put_meta(self, key: str, value: bytes) -> None:
        """Note something about the whole chain at once; no move takes it back."""
        batch: Changes = {_META + key.encode(): value}
        if self._fresh:
            batch[_FORMAT_KEY] = FORMAT
        self.db.write_batch(batch)
        self._fresh = False

    def _read(self) -> _Position:
        """Where the last batch left the chain."""
        found, head = self.db.get(_FORMAT_KEY), self.db.get(_HEAD_KEY)
        self._fresh = found is None
        if found is None and next(self.db.iterate(), None) is not None:
            raise FormatMismatch("unknown", FORMAT.decode())
        if found is not None and found != FORMAT:
            raise FormatMismatch(found.decode(errors="replace"), FORMAT.decode())
        if head is None:
            return _Position(MAIN, ROOT, 0, NO_STATE)
        try:
            height, app_hash = _HEAD.unpack_from(head)
            present = head[_HEAD.size :].decode()
        except (error, UnicodeDecodeError) as err:
            raise StoreDamaged(_HEAD_KEY, "it says no place") from err
        tip = self.db.get(_BRANCH + present.encode())
        if tip is None or (tip != ROOT and self.db.get(record_key(tip)) is None):
            raise StoreDamaged(_BRANCH + present.encode(), "the tip of the branch is missing")
        return _Position(present, tip, height, app_hash)

    def _changes(self, staged: Changes) -> list[Change]:
        """What really changes among staged keys, with the values before, sorted."""
        get, last = self.db.get, self._last
        changes: list[Change] = []
        for key in sorted(staged):
            # Most keys of a quiet block are those of the block before, still at hand.
            before = last[key] if key in last else get(key)
            if before != staged[key]:
                changes.append((key, before, staged[key]))
        return changes

    def _move(self, batch: Changes, position: _Position) -> None:
        name = position.present.encode()
        batch[_BRANCH + name] = position.tip
        batch[_HEAD_KEY] = _HEAD.pack(position.height, position.app_hash) + name
        if self._fresh:
            batch[_FORMAT_KEY] = FORMAT
        self._last = {}
        try:
            self.db.write_batch(batch)
            self._fresh, self._position = False, position
        except BaseException:
            # An interrupt may fall between the batch and our own note of it.
            self._position = self._read()
            raise

    def _go(self, place: bytes, present: str) -> None:
        self.discard()
        batch = self._places.between(self.tip, place)
        batch[_BRANCH + self.present.encode()] = self.tip
        origin = self._places.origin(place)
        self._move(batch, _Position(present, place, origin.height, origin.app_hash))

    def _tip_of(self, name: str) -> bytes:
        names = self.branches()
        if name not in names:
            raise BranchNotFound(name, names)
        return names[name]
