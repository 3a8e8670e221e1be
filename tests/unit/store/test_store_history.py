from collections.abc import Mapping
from hashlib import sha256

import pytest

from devnet.store.errors import (
    BranchInUse,
    BranchNotFound,
    FormatMismatch,
    HeightNotFound,
    PlaceNotFound,
    ReadOnlyView,
    StoreDamaged,
)
from devnet.store.history import ROOT, History
from devnet.store.kv import Database, MemoryStore
from devnet.store.places import record_key

NOWHERE = sha256(b"nowhere").digest()


class Line:
    """Makes blocks whose places follow from what they hold."""

    def __init__(self, history: History) -> None:
        self.history = history

    def block(self, **values: str | None) -> bytes:
        """One block that sets ``s/<name>``, and the place it got."""
        history = self.history
        changes = {
            b"s/" + name.encode(): None if value is None else value.encode()
            for name, value in values.items()
        }
        place = sha256(history.tip + repr(sorted(changes.items())).encode()).digest()
        history.stage(changes)
        history.record(b"c/block/" + place, repr(values).encode())
        history.seal(place, height=history.height + 1, app_hash=sha256(place).digest())
        return place

    def contents(self, *prefixes: bytes) -> dict[bytes, bytes]:
        """All that is stored, or all under some prefixes."""
        return {k: v for k, v in self.history.db.iterate() if k.startswith(prefixes or b"")}


@pytest.fixture
def line(history: History) -> Line:
    return Line(history)


def test_a_fresh_chain_stands_at_the_root_of_main(history: History) -> None:
    assert (history.tip, history.height, history.present) == (ROOT, 0, "main")
    assert history.branches() == {"main": ROOT}
    assert history.place_at(0) == ROOT
    assert history.parent(ROOT) == ROOT
    assert history.app_hash == bytes(32)
    assert list(history.db.iterate()) == []


def test_a_block_is_sealed_in_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = []
    write = MemoryStore.write_batch

    def count(self: MemoryStore, changes: Mapping[bytes, bytes | None]) -> None:
        batches.append(dict(changes))
        write(self, changes)

    monkeypatch.setattr(MemoryStore, "write_batch", count)
    line = Line(History(MemoryStore()))
    place = line.block(a="1")
    assert len(batches) == 1
    assert {b"s/a", b"b/main", b"m/head", b"m/format", record_key(place)} <= batches[0].keys()


def test_a_sealed_block_can_be_read_and_found(line: Line) -> None:
    first, second = line.block(a="1"), line.block(a="2", b="3")
    history = line.history
    assert history.view.get(b"s/a") == b"2"
    assert (history.tip, history.height) == (second, 2)
    assert (history.parent(second), history.parent(first)) == (first, ROOT)
    assert (history.height_of(first), history.height_of(ROOT)) == (1, 0)
    assert [history.place_at(h) for h in (0, 1, 2)] == [ROOT, first, second]
    assert history.app_hash == sha256(second).digest()


def test_discarded_changes_are_in_no_block(line: Line) -> None:
    line.history.stage({b"s/a": b"1"})
    line.history.record(b"c/x", b"1")
    line.history.discard()
    line.block(b="1")
    assert line.history.view.get(b"s/a") is None
    assert line.history.view.get(b"c/x") is None


def test_going_back_restores_every_byte_and_forward_brings_it_again(line: Line) -> None:
    moments = []
    for changes in ({"a": "1", "b": "1"}, {"a": "2"}, {"b": None, "c": "1"}, {}, {"a": None}):
        place = line.block(**changes)
        moments.append((place, line.contents(b"s/", b"c/at/"), line.history.app_hash))
    everything = line.contents()
    for place, contents, app_hash in [*reversed(moments), *moments]:
        line.history.go_to(place)
        assert line.contents(b"s/", b"c/at/") == contents
        assert (line.history.tip, line.history.app_hash) == (place, app_hash)
        assert line.history.branches() == {"main": place}
    assert line.contents() == everything
    line.history.go_to(ROOT)
    assert line.contents(b"s/", b"c/at/") == {}
    assert line.history.app_hash == bytes(32)


def test_after_going_back_the_same_block_makes_the_same_chain(line: Line) -> None:
    first = line.block(a="1")
    second = line.block(a="2")
    everything = line.contents()
    line.history.go_to(first)
    assert line.block(a="2") == second
    assert line.contents() == everything


def test_going_elsewhere_drops_what_was_staged(line: Line) -> None:
    first = line.block(a="1")
    line.block(a="2")
    line.history.stage({b"s/x": b"1"})
    line.history.go_to(first)
    line.block(b="1")
    assert line.history.view.get(b"s/x") is None


def test_values_before_are_right_after_a_move(line: Line) -> None:
    first = line.block(a="1")
    line.block(a="2")
    line.history.go_to(first)
    third = line.block(a="3")
    line.history.go_to(first)
    assert line.history.view.get(b"s/a") == b"1"
    line.history.go_to(third)
    assert line.history.view.get(b"s/a") == b"3"


def test_two_branches_live_side_by_side(line: Line) -> None:
    history = line.history
    fork = line.block(a="1", b="1")
    main = line.block(a="main")
    history.put_branch("trial", fork)
    history.switch("trial")
    assert (history.present, history.tip, history.height) == ("trial", fork, 1)
    line.block(b=None)
    trial = line.block(c="trial")
    assert history.branches() == {"main": main, "trial": trial}
    assert line.contents(b"s/") == {b"s/a": b"1", b"s/c": b"trial"}
    history.switch("main")
    assert line.contents(b"s/") == {b"s/a": b"main", b"s/b": b"1"}
    assert [history.place_at(h) for h in (1, 2)] == [fork, main]
    with pytest.raises(HeightNotFound, match="heights 1 to 2"):
        history.place_at(3)
    history.switch("trial")
    assert [history.place_at(h) for h in (1, 3)] == [fork, trial]


def test_a_branch_may_begin_at_the_root(line: Line) -> None:
    history = line.history
    history.put_branch("other", ROOT)
    history.switch("other")
    assert history.branches() == {"main": ROOT, "other": ROOT}
    line.block(a="1")
    history.switch("main")
    assert line.contents(b"s/") == {}


def test_naming_the_present_branch_moves_there(line: Line) -> None:
    first = line.block(a="1")
    line.block(a="2")
    line.history.put_branch("main", first)
    assert line.history.tip == first
    assert line.history.view.get(b"s/a") == b"1"


def test_an_unknown_branch_or_place_is_refused(line: Line) -> None:
    history = line.history
    line.block(a="1")
    with pytest.raises(BranchNotFound, match="no branch 'trail'; there are main"):
        history.switch("trail")
    with pytest.raises(BranchNotFound):
        history.delete_branch("trail")
    with pytest.raises(BranchInUse, match="switch to another"):
        history.delete_branch("main")
    for use in (history.go_to, history.look_at, history.parent, history.height_of):
        with pytest.raises(PlaceNotFound):
            use(NOWHERE)
    with pytest.raises(PlaceNotFound):
        history.put_branch("x", NOWHERE)
    assert history.branches() == {"main": history.tip}


@pytest.mark.parametrize("height", [-1, 3, 2**70])
def test_an_unknown_height_says_which_there_are(line: Line, height: int) -> None:
    with pytest.raises(HeightNotFound, match="no block yet"):
        line.history.place_at(height)
    line.block(a="1")
    line.block(a="2")
    with pytest.raises(HeightNotFound, match=f"no height {height}: .* heights 1 to 2") as caught:
        line.history.place_at(height)
    assert (caught.value.lowest, caught.value.highest) == (1, 2)


def test_a_view_shows_another_place_while_the_chain_moves_on(line: Line) -> None:
    history = line.history
    first = line.block(a="1", b="1")
    second = line.block(a="2", b=None)
    then, now = history.look_at(first), history.look_at(second)
    assert list(then.iterate(b"s/", b"s0")) == [(b"s/a", b"1"), (b"s/b", b"1")]
    line.block(a="3", c="3")
    history.put_branch("trial", first)
    history.switch("trial")
    line.block(a="4")
    assert list(then.iterate(b"s/", b"s0")) == [(b"s/a", b"1"), (b"s/b", b"1")]
    assert list(now.iterate(b"s/", b"s0")) == [(b"s/a", b"2")]
    assert now.get(b"s/b") is None
    assert list(history.look_at(ROOT).iterate(b"s/", b"s0")) == []
    assert history.look_at(history.tip).get(b"s/a") == b"4"


def test_every_place_can_be_looked_at_in_any_order(line: Line) -> None:
    places = [line.block(a=str(n), **{f"k{n % 3}": str(n)}) for n in range(12)]
    for n in (3, 0, 11, 5, 6, 7, 2, 10):
        view = line.history.look_at(places[n])
        assert view.get(b"s/a") == str(n).encode()
        assert view.get(b"c/at/" + (n + 1).to_bytes(8)) == places[n]
        assert view.get(b"c/at/" + (n + 2).to_bytes(8)) is None


def test_a_view_cannot_be_written(line: Line) -> None:
    view = line.history.look_at(line.block(a="1"))
    with pytest.raises(ReadOnlyView):
        view.set(b"s/a", b"2")
    with pytest.raises(ReadOnlyView):
        view.delete(b"s/a")


def test_a_forgotten_line_leaves_nothing_behind(line: Line) -> None:
    history = line.history
    fork = line.block(a="1")
    everything = line.contents()
    line.block(a="2")
    undone = line.block(a="3", b="4")
    history.go_to(fork)
    history.put_branch("undone", undone)
    history.delete_branch("undone")
    history.forget(undone, down_to=fork)
    assert line.contents() == everything
    with pytest.raises(PlaceNotFound):
        history.look_at(undone)


def test_forgetting_spares_what_another_branch_stands_on(line: Line) -> None:
    history = line.history
    fork = line.block(a="1")
    shared = line.block(a="2")
    left = line.block(a="3")
    history.go_to(shared)
    right = line.block(a="4")
    history.put_branch("trial", right)
    history.go_to(fork)
    history.forget(left, down_to=fork)
    with pytest.raises(PlaceNotFound):
        history.height_of(left)
    history.forget(right, down_to=fork)
    history.switch("trial")
    assert history.view.get(b"s/a") == b"4"
    history.forget(right, down_to=fork)
    assert history.parent(right) == shared
    with pytest.raises(PlaceNotFound):
        history.forget(shared, down_to=left)


def test_notes_about_the_chain_are_never_taken_back(line: Line) -> None:
    history = line.history
    assert history.meta("options") is None
    history.put_meta("options", b"{}")
    line.block(a="1")
    history.put_meta("names", b"ana")
    history.go_to(ROOT)
    assert (history.meta("options"), history.meta("names")) == (b"{}", b"ana")


def test_a_chain_opens_where_its_last_batch_left_it(line: Line) -> None:
    first = line.block(a="1")
    line.block(a="2")
    line.history.put_branch("trial", first)
    line.history.switch("trial")
    tip = line.block(b="1")
    again = History(line.history.db)
    assert (again.tip, again.height, again.present) == (tip, 2, "trial")
    assert again.app_hash == line.history.app_hash
    assert again.branches() == line.history.branches()


def test_a_store_of_another_format_is_refused(db: Database) -> None:
    db.set(b"anything", b"1")
    with pytest.raises(FormatMismatch, match="format unknown"):
        History(db)
    db.set(b"m/format", b"99")
    with pytest.raises(FormatMismatch, match="format 99, this package reads format 1"):
        History(db)


def test_damaged_records_are_named(line: Line) -> None:
    first, second = line.block(a="1"), line.block(a="2")
    db = line.history.db
    for spoil in (b"", b"short", (db.get(record_key(second)) or b"") + b"!"):
        db.set(record_key(second), spoil)
        with pytest.raises(StoreDamaged) as caught:
            line.history.go_to(first)
        assert caught.value.key == record_key(second)
        assert line.history.tip == second
    db.delete(record_key(second))
    with pytest.raises(StoreDamaged, match="tip of the branch is missing"):
        History(db)
    db.set(b"m/head", b"!")
    with pytest.raises(StoreDamaged):
        History(db)


@pytest.mark.parametrize("written", [True, False])
def test_an_interrupt_leaves_the_chain_where_its_store_is(*, written: bool) -> None:
    class Interrupted(MemoryStore):
        armed = False

        def write_batch(self, changes: Mapping[bytes, bytes | None]) -> None:
            if written or not self.armed:
                super().write_batch(changes)
            if self.armed:
                raise KeyboardInterrupt

    db = Interrupted()
    line = Line(History(db))
    line.block(a="1")
    db.armed = True
    with pytest.raises(KeyboardInterrupt):
        line.block(a="2")
    db.armed = False
    assert line.history.height == (2 if written else 1)
    assert line.history.view.get(b"s/a") == (b"2" if written else b"1")
    line.history.discard()
    line.block(a="3")
    line.history.go_to(line.history.place_at(1))
    assert line.history.view.get(b"s/a") == b"1"
