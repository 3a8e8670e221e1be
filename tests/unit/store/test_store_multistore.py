from hashlib import sha256

import pytest

from devnet.store.errors import HeightNotFound
from devnet.store.history import ROOT, History
from devnet.store.kv import MemoryStore
from devnet.store.merkle import list_root
from devnet.store.multistore import MultiStore, substore
from devnet.store.sparse_tree import SparseTree

NAMES = ("bank", "auth")


@pytest.fixture
def stores(history: History) -> MultiStore:
    return MultiStore(history, NAMES)


def commit(stores: MultiStore, history: History, **bank: str | None) -> bytes:
    """One block that changes x/bank; its app hash."""
    working = stores.begin()
    for key, value in bank.items():
        if value is None:
            substore(working, "bank").delete(key.encode())
        else:
            substore(working, "bank").set(key.encode(), value.encode())
    app_hash = stores.commit(working)
    place = sha256(history.tip + app_hash + bytes([history.height])).digest()
    history.seal(place, height=history.height + 1, app_hash=app_hash)
    return app_hash


def test_a_store_is_a_namespace_of_the_state(stores: MultiStore) -> None:
    working = stores.begin()
    substore(working, "bank").set(b"x", b"1")
    assert working.changes == {b"s/bank/x": b"1"}


def test_the_app_hash_is_made_of_names_and_roots(stores: MultiStore, history: History) -> None:
    app_hash = commit(stores, history, x="1", y="2")
    bank, empty = SparseTree(MemoryStore()), SparseTree(MemoryStore())
    bank.update({b"x": b"1", b"y": b"2"})
    expected = list_root([b"\4auth" + empty.root, b"\4bank" + bank.root])
    assert app_hash == expected == stores.app_hash == MultiStore(history, NAMES).app_hash


def test_stores_of_equal_content_differ_by_name(stores: MultiStore, history: History) -> None:
    bank = commit(stores, history, x="1")
    history.go_to(ROOT)
    working = stores.begin()
    substore(working, "auth").set(b"x", b"1")
    assert stores.commit(working) != bank


def test_a_block_without_changes_keeps_the_app_hash(stores: MultiStore, history: History) -> None:
    app_hash = commit(stores, history, x="1")
    assert commit(stores, history) == app_hash
    assert commit(stores, history, x="1") == app_hash
    assert stores.app_hash == app_hash


def test_the_app_hash_of_nothing_is_there_before_the_first_block(
    stores: MultiStore, history: History
) -> None:
    nothing = stores.app_hash
    assert commit(stores, history) == nothing
    assert commit(stores, history, x="1") != nothing
    assert commit(stores, history, x=None) == nothing


def test_going_back_restores_the_app_hash(stores: MultiStore, history: History) -> None:
    hashes, places = [], []
    for n in range(5):
        hashes.append(commit(stores, history, x=str(n), **{f"y{n}": "1"}))
        places.append(history.tip)
    assert len(set(hashes)) == 5
    for n in (2, 0, 4, 1):
        history.go_to(places[n])
        assert stores.app_hash == hashes[n] == stores._hash_of(history.view)


def test_old_heights_can_be_read(stores: MultiStore, history: History) -> None:
    for n in range(1, 4):
        commit(stores, history, x=str(n))
    assert [substore(stores.at(h), "bank").get(b"x") for h in (1, 2, 3)] == [b"1", b"2", b"3"]
    with pytest.raises(HeightNotFound):
        stores.at(4)


def test_nothing_is_committed_before_the_seal(stores: MultiStore, history: History) -> None:
    before = stores.app_hash
    working = stores.begin()
    substore(working, "bank").set(b"x", b"1")
    assert stores.commit(working) != before
    assert stores.app_hash == before
    history.discard()
    assert list(history.db.iterate()) == []


def test_a_key_has_a_proof_under_the_app_hash(stores: MultiStore, history: History) -> None:
    app_hash = commit(stores, history, x="1", y="2", z="3")
    proof = stores.prove("bank", b"x")
    assert proof.verify(app_hash, b"x", b"1")
    assert not proof.verify(app_hash, b"x", b"2")
    assert not proof.verify(app_hash, b"x", None)
    assert not proof.verify(bytes(32), b"x", b"1")
    assert stores.prove("bank", b"w").verify(app_hash, b"w", None)
    assert stores.prove("auth", b"x").verify(app_hash, b"x", None)


@pytest.mark.parametrize("key", [b"s/gov/x", b"s/bank", b"t/bank/x", b"x"], ids=repr)
def test_a_key_outside_the_named_stores_is_a_bug(stores: MultiStore, key: bytes) -> None:
    working = stores.begin()
    working.set(key, b"1")
    with pytest.raises(AssertionError):
        stores.commit(working)
