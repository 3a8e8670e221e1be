import pytest

from devnet.store.errors import StoreClosed
from devnet.store.kv import BatchWriter, Database, MemoryStore


def test_a_key_holds_what_it_was_given_until_it_is_deleted(db: Database) -> None:
    assert db.get(b"a") is None
    db.set(b"a", b"1")
    assert db.get(b"a") == b"1"
    db.set(b"a", b"")
    assert db.get(b"a") == b""
    db.delete(b"a")
    db.delete(b"a")
    assert db.get(b"a") is None
    assert list(db.iterate()) == []


def test_iteration_is_sorted_and_its_end_is_left_out(db: Database) -> None:
    pairs = [(key, key * 2) for key in (b"\0", b"a", b"ab", b"b", b"\xff")]
    for key, value in reversed(pairs):
        db.set(key, value)
    assert list(db.iterate()) == pairs
    assert list(db.iterate(reverse=True)) == pairs[::-1]
    assert list(db.iterate(b"a", b"b")) == pairs[1:3]
    assert list(db.iterate(b"a", b"b", reverse=True)) == pairs[2:0:-1]
    assert list(db.iterate(b"aa")) == pairs[2:]
    assert list(db.iterate(end=b"ab")) == pairs[:2]
    assert list(db.iterate(b"", b"")) == []
    assert list(db.iterate(b"b", b"a")) == []
    assert list(db.iterate(b"b", b"a", reverse=True)) == []


def test_the_empty_key_is_a_key_like_any_other(db: Database) -> None:
    db.write_batch({b"": b"0", b"a": b"1"})
    pairs = [(b"", b"0"), (b"a", b"1")]
    assert list(db.iterate(b"")) == list(db.iterate()) == pairs
    assert list(db.iterate(b"", reverse=True)) == pairs[::-1]
    assert list(db.iterate(b"", b"a")) == list(db.iterate(b"", b"a", reverse=True)) == pairs[:1]


def test_a_long_iteration_is_complete_in_both_directions(db: Database) -> None:
    keys = [b"%05d" % i for i in range(3000)]
    db.write_batch(dict.fromkeys(keys, b"x"))
    assert [key for key, _ in db.iterate()] == keys
    assert [key for key, _ in db.iterate(b"00010", b"02990", reverse=True)] == keys[2989:9:-1]


def test_a_batch_sets_and_deletes(db: Database) -> None:
    db.set(b"old", b"1")
    list(db.iterate())
    db.write_batch({b"old": None, b"never": None, b"new": b"2", b"newer": b"3"})
    assert list(db.iterate()) == [(b"new", b"2"), (b"newer", b"3")]
    db.write_batch({b"new": None, b"old": b"4"})
    assert list(db.iterate()) == [(b"newer", b"3"), (b"old", b"4")]


def test_changing_the_database_while_iterating_is_safe(db: Database) -> None:
    keys = [b"%03d" % i for i in range(100)]
    db.write_batch(dict.fromkeys(keys, b"x"))
    seen = []
    for key, _ in db.iterate():
        seen.append(key)
        db.delete(key)
        db.set(b"0" + key, b"y")
        db.set(b"z" + key, b"y")
    assert seen == sorted(set(seen))
    assert set(keys) <= set(seen)


def test_an_iteration_may_be_left_early(db: Database) -> None:
    db.write_batch({b"a": b"1", b"b": b"2"})
    assert next(iter(db.iterate())) == (b"a", b"1")
    db.delete(b"a")
    assert next(iter(db.iterate())) == (b"b", b"2")


def test_a_closed_database_says_so_at_every_use(db: Database) -> None:
    db.set(b"a", b"1")
    running = db.iterate()
    db.close()
    db.close()
    for use in (
        lambda: db.get(b"a"),
        lambda: db.set(b"a", b"2"),
        lambda: db.delete(b"a"),
        lambda: db.write_batch({}),
        db.iterate,
        lambda: next(running),
    ):
        with pytest.raises(StoreClosed, match="this chain is closed"):
            use()


def test_both_databases_take_batches(db: Database) -> None:
    assert isinstance(db, BatchWriter)


def test_an_interrupted_settling_sorts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.write_batch({b"%02d" % i: b"x" for i in range(20)})
    assert len(list(store.iterate())) == 20
    order = store._order
    assert order is not None

    def interrupt(_: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(order, "add", interrupt)
    store.set(b"new", b"1")
    with pytest.raises(KeyboardInterrupt):
        list(store.iterate())
    assert [key for key, _ in store.iterate()][-1] == b"new"
