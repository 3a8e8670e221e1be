from collections.abc import Iterator

import pytest

from devnet.store.branch import Branch
from devnet.store.kv import MemoryStore
from devnet.store.prefix import Prefix


@pytest.fixture
def ground() -> MemoryStore:
    store = MemoryStore()
    store.write_batch({b"a": b"1", b"b": b"2", b"d": b"4"})
    return store


def test_changes_show_in_the_branch_and_not_below(ground: MemoryStore) -> None:
    branch = Branch(ground)
    branch.set(b"c", b"3")
    branch.delete(b"a")
    assert list(branch.iterate()) == [(b"b", b"2"), (b"c", b"3"), (b"d", b"4")]
    assert branch.get(b"a") is None
    assert list(ground.iterate()) == [(b"a", b"1"), (b"b", b"2"), (b"d", b"4")]
    assert branch.changes == {b"c": b"3", b"a": None}


def test_a_branch_is_forgotten_when_dropped(ground: MemoryStore) -> None:
    branch = Branch(ground)
    branch.set(b"a", b"other")
    list(branch.iterate())
    branch.drop()
    assert branch.get(b"a") == b"1"
    assert len(list(branch.iterate())) == 3


def test_a_written_branch_is_empty_and_may_be_used_again(ground: MemoryStore) -> None:
    branch = Branch(ground)
    branch.set(b"c", b"3")
    branch.write()
    assert ground.get(b"c") == b"3"
    assert branch.changes == {}
    branch.delete(b"c")
    branch.write()
    assert ground.get(b"c") is None


def test_branches_nest(ground: MemoryStore) -> None:
    outer = Branch(ground)
    outer.set(b"c", b"3")
    inner = Branch(outer)
    inner.delete(b"b")
    inner.set(b"c", b"33")
    assert list(inner.iterate()) == [(b"a", b"1"), (b"c", b"33"), (b"d", b"4")]
    list(outer.iterate())
    inner.write()
    assert list(outer.iterate()) == [(b"a", b"1"), (b"c", b"33"), (b"d", b"4")]
    assert ground.get(b"b") == b"2"


def test_a_deleted_key_may_come_back(ground: MemoryStore) -> None:
    branch = Branch(ground)
    branch.delete(b"a")
    branch.set(b"a", b"again")
    assert next(branch.iterate()) == (b"a", b"again")


def test_an_iteration_shows_what_was_there_when_it_was_asked_for(ground: MemoryStore) -> None:
    branch = Branch(ground)
    branch.set(b"c", b"3")
    inner = Branch(branch)
    pairs = inner.iterate()
    for key, _ in pairs:
        inner.delete(key)
        inner.set(b"z" + key, b"late")
        inner.write()
    assert [key for key, _ in branch.iterate()] == [b"za", b"zb", b"zc", b"zd"]


def test_only_pairs_in_the_range_are_merged(ground: MemoryStore) -> None:
    branch = Branch(ground)
    for key in (b"A", b"bb", b"e"):
        branch.set(key, b"x")
    assert [k for k, _ in branch.iterate(b"b", b"e")] == [b"b", b"bb", b"d"]
    assert [k for k, _ in branch.iterate(b"b", b"e", reverse=True)] == [b"d", b"bb", b"b"]


def test_a_branch_over_a_prefix_is_written_key_by_key(ground: MemoryStore) -> None:
    branch = Branch(Prefix(ground, b"p/"))
    branch.set(b"x", b"1")
    branch.delete(b"y")
    branch.write()
    assert ground.get(b"p/x") == b"1"


def test_a_branch_without_changes_costs_no_merge(ground: MemoryStore) -> None:
    class Counting(MemoryStore):
        calls = 0

        def iterate(
            self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
        ) -> Iterator[tuple[bytes, bytes]]:
            Counting.calls += 1
            return ground.iterate(start, end, reverse=reverse)

    assert len(list(Branch(Branch(Counting())).iterate())) == 3
    assert Counting.calls == 1


def test_a_branch_tells_what_was_touched_above_the_ground(ground: MemoryStore) -> None:
    outer = Branch(ground)
    outer.delete(b"a")
    inner = Branch(outer)
    inner.set(b"b", b"2")
    assert inner.has_change(b"a")
    assert inner.has_change(b"b")
    assert not inner.has_change(b"d")
    assert not outer.has_change(b"b")
    inner.write()
    assert outer.has_change(b"b")
