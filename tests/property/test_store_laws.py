"""Laws of the store over random blocks, moves and branches, on both databases."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from devnet.store.branch import Branch
from devnet.store.history import ROOT, History
from devnet.store.kv import Database, KVStore, MemoryStore
from devnet.store.leveldb import LevelStore
from devnet.store.multistore import MultiStore, substore
from devnet.store.prefix import Prefix
from devnet.store.sparse_tree import SparseTree

KEYS = st.binary(max_size=3)
VALUES = st.binary(max_size=4)
PAIRS = st.dictionaries(KEYS, VALUES, max_size=12)
CHANGES = st.dictionaries(KEYS, st.none() | VALUES, max_size=10)
RANGES = st.tuples(st.none() | KEYS, st.none() | KEYS, st.booleans())
STORES = ("auth", "bank")
STATE = st.dictionaries(
    st.tuples(st.sampled_from(STORES), st.integers(0, 30).map(lambda n: b"k%d" % n)),
    st.none() | VALUES,
    max_size=6,
)

Range = tuple[bytes | None, bytes | None, bool]
Model = dict[bytes, bytes]


@contextmanager
def level_store() -> Iterator[LevelStore]:
    with (
        tempfile.TemporaryDirectory() as folder,
        LevelStore(Path(folder) / "c", create=True) as store,
    ):
        yield store


def expected(model: Model, span: Range) -> list[tuple[bytes, bytes]]:
    start, end, reverse = span
    inside = [
        (k, v)
        for k, v in sorted(model.items())
        if (start is None or k >= start) and (end is None or k < end)
    ]
    return inside[::-1] if reverse else inside


def found(store: KVStore, span: Range) -> list[tuple[bytes, bytes]]:
    start, end, reverse = span
    return list(store.iterate(start, end, reverse=reverse))


class BranchEqualsModel(RuleBasedStateMachine):
    """Any nest of branches over any ground behaves as a dict that is copied at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.resources = ExitStack()
        self.stores: list[KVStore] = []
        self.models: list[Model] = []

    @initialize(pairs=PAIRS, kind=st.sampled_from(["memory", "leveldb", "prefix"]))
    def ground(self, pairs: Model, kind: str) -> None:
        ground: KVStore = MemoryStore()
        if kind == "leveldb":
            ground = self.resources.enter_context(level_store())
        if kind == "prefix":
            ground.set(b"o", b"before")
            ground.set(b"q", b"after")
            ground = Prefix(Prefix(ground, b"p"), b"\xff")
        for key, value in pairs.items():
            ground.set(key, value)
        self.stores, self.models = [ground], [dict(pairs)]

    @rule()
    def open(self) -> None:
        self.stores.append(Branch(self.stores[-1]))
        self.models.append(dict(self.models[-1]))

    @rule(key=KEYS, value=VALUES)
    def set(self, key: bytes, value: bytes) -> None:
        self.stores[-1].set(key, value)
        self.models[-1][key] = value

    @rule(key=KEYS)
    def delete(self, key: bytes) -> None:
        self.stores[-1].delete(key)
        self.models[-1].pop(key, None)

    @precondition(lambda self: len(self.stores) > 1)
    @rule(write=st.booleans())
    def close(self, *, write: bool) -> None:
        branch, model = self.stores.pop(), self.models.pop()
        assert isinstance(branch, Branch)
        if write:
            branch.write()
            self.models[-1] = model
        else:
            branch.drop()

    @precondition(lambda self: self.stores)
    @rule(span=RANGES, changes=CHANGES)
    def iterate_while_changing(self, span: Range, changes: dict[bytes, bytes | None]) -> None:
        branch, model = Branch(self.stores[-1]), dict(self.models[-1])
        pairs = branch.iterate(span[0], span[1], reverse=span[2])
        seen = []
        for key, value in changes.items():
            seen += [pair for pair in [next(pairs, None)] if pair is not None]
            if value is None:
                branch.delete(key)
            else:
                branch.set(key, value)
        assert [*seen, *pairs] == expected(model, span)

    @rule(key=KEYS, span=RANGES)
    def read(self, key: bytes, span: Range) -> None:
        assert self.stores[-1].get(key) == self.models[-1].get(key)
        assert found(self.stores[-1], span) == expected(self.models[-1], span)

    @invariant()
    def levels_agree(self) -> None:
        for store, model in zip(self.stores, self.models, strict=True):
            assert found(store, (None, None, False)) == sorted(model.items())

    def teardown(self) -> None:
        self.resources.close()


class TimeTravel(RuleBasedStateMachine):
    """A chain that is built, reverted, forked and reopened, against copies of everything.

    Two chains run side by side, one in memory and one on disk; each place's contents and
    app hash are kept when it is made and must come back whenever the chain stands there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.resources = ExitStack()
        self.dbs: list[Database] = [
            MemoryStore(),
            self.resources.enter_context(level_store()),
        ]
        self.histories = [History(db) for db in self.dbs]
        self.stores = [MultiStore(history, STORES) for history in self.histories]
        self.moments = {ROOT: (self.contents(0), self.stores[0].app_hash)}
        self.lines: dict[bytes, tuple[bytes, ...]] = {ROOT: ()}
        self.count = 0

    def contents(self, which: int) -> list[tuple[bytes, bytes]]:
        """All that moves take back: state, trees, singletons, the index by height."""
        db = self.dbs[which]
        return [
            pair
            for start, end in ((b"s/", b"s0"), (b"t/", b"t0"), (b"c/at/", b"c/b"))
            for pair in db.iterate(start, end)
        ]

    @rule(state=STATE, note=VALUES)
    def block(self, state: dict[tuple[str, bytes], bytes | None], note: bytes) -> None:
        parent = self.histories[0].tip
        hashes = set()
        self.count += 1
        place = sha256(parent + self.count.to_bytes(4)).digest()
        for history, stores in zip(self.histories, self.stores, strict=True):
            working = stores.begin()
            for (name, key), value in state.items():
                if value is None:
                    substore(working, name).delete(key)
                else:
                    substore(working, name).set(key, value)
            app_hash = stores.commit(working)
            hashes.add(app_hash)
            history.stage({b"c/at-state": note})
            history.record(b"c/block/" + place, note)
            history.seal(place, height=history.height + 1, app_hash=app_hash)
        assert len(hashes) == 1
        self.moments[place] = (self.contents(0), hashes.pop())
        self.lines[place] = (*self.lines[parent], place)

    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.moments)))
        for history in self.histories:
            history.go_to(place)

    @rule(data=st.data(), name=st.sampled_from(["main", "trial", "other"]))
    def fork(self, data: st.DataObject, name: str) -> None:
        place = data.draw(st.sampled_from(sorted(self.moments)))
        for history in self.histories:
            history.put_branch(name, place)
            history.switch(name)
            assert (history.tip, history.present) == (place, name)

    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.moments)))
        wanted = [pair for pair in self.moments[place][0] if pair[0].startswith(b"s/")]
        for history in self.histories:
            assert list(history.look_at(place).iterate(b"s/", b"s0")) == wanted

    @rule()
    def reopen(self) -> None:
        for which, db in enumerate(self.dbs):
            before = self.histories[which]
            after = History(db)
            assert after._position == before._position
            assert after.branches() == before.branches()
            self.histories[which] = after
            self.stores[which] = MultiStore(after, STORES)

    @invariant()
    def every_byte_is_as_it_was(self) -> None:
        tip = self.histories[0].tip
        contents, app_hash = self.moments[tip]
        for which, (history, stores) in enumerate(zip(self.histories, self.stores, strict=True)):
            assert history.tip == tip
            assert self.contents(which) == contents
            assert stores.app_hash == app_hash == stores._hash_of(history.view)
            line = self.lines[tip]
            assert tuple(history.place_at(h + 1) for h in range(len(line))) == line
        assert list(self.dbs[0].iterate()) == list(self.dbs[1].iterate())

    def teardown(self) -> None:
        self.resources.close()


needs_leveldb = pytest.mark.skipif(
    find_spec("plyvel") is None and "CI" not in os.environ, reason="plyvel is not installed"
)
TestBranchEqualsModel = needs_leveldb(BranchEqualsModel.TestCase)
TestBranchEqualsModel.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestTimeTravel = needs_leveldb(TimeTravel.TestCase)
TestTimeTravel.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


@settings(max_examples=50, deadline=None)
@given(steps=st.lists(CHANGES, max_size=6))
def test_the_tree_does_not_remember_how_it_came_to_be(
    steps: list[dict[bytes, bytes | None]],
) -> None:
    grown, model = MemoryStore(), Model()
    for changes in steps:
        SparseTree(grown).update(changes)
        model = {k: v for k, v in (model | changes).items() if v is not None}
    at_once = MemoryStore()
    SparseTree(at_once).update(dict(model))
    assert list(grown.iterate()) == list(at_once.iterate())
