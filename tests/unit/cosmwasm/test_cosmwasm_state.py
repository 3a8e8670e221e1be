"""Items, maps and snapshots: their keys, their order, their past."""

from typing import Any

import pytest
from fakes.contract_chain import Store

from devnet.cosmwasm.deps import Deps
from devnet.cosmwasm.errors import NotFound, Overflow, SchemaError
from devnet.cosmwasm.state import Item, Map, SnapshotItem, SnapshotMap
from devnet.cosmwasm.wire import Uint128
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def deps(store: Store) -> Deps:
    unused: Any = None
    return Deps(store, unused, unused)


def test_an_items_key_is_its_plain_name(store: Store, deps: Deps) -> None:
    item: Item[Uint128] = Item("total", Uint128)

    assert item.find(deps) is None
    assert not item.exists(deps)
    with pytest.raises(NotFound, match="total not found"):
        item.load(deps)
    item.save(deps, Uint128(5))
    assert store == {b"total": b'"5"'}
    assert item.update(deps, lambda n: Uint128(n + 1)) == 6
    item.remove(deps)
    assert store == {}


def test_an_item_may_hold_null(store: Store, deps: Deps) -> None:
    admin: Item[Address | None] = Item("admin", Address | None)

    admin.save(deps, None)

    assert store == {b"admin": b"null"}
    assert admin.load(deps) is None
    assert admin.exists(deps)


def test_nothing_that_does_not_fit_is_saved(store: Store, deps: Deps) -> None:
    item: Item[int] = Item("n", int)

    with pytest.raises(Overflow):
        item.save(deps, -1)
    with pytest.raises(InvalidMessage):
        item.save(deps, "5")  # type: ignore[arg-type]
    assert store == {}


KEYS: list[tuple[Any, Any, str]] = [
    (str, "ann", "0003" + b"map".hex() + b"ann".hex()),
    (Address, "ann", "0003" + b"map".hex() + b"ann".hex()),
    (int, 258, "0003" + b"map".hex() + "0000000000000102"),
    (bytes, b"\xff\0", "0003" + b"map".hex() + "ff00"),
    (
        tuple[int, Address],
        (1, "ann"),
        "0003" + b"map".hex() + "0008" + "0000000000000001" + b"ann".hex(),
    ),
    (
        tuple[str, str, int],
        ("a", "bc", 1),
        "0003" + b"map".hex() + "000161" + "00026263" + "0000000000000001",
    ),
]


@pytest.mark.parametrize(("annotation", "key", "raw"), KEYS)
def test_a_maps_keys_are_those_of_the_rust_library(
    store: Store, deps: Deps, annotation: Any, key: Any, raw: str
) -> None:
    found: Map[int] = Map("map", int, key=annotation)

    found.save(deps, key, 7)

    assert store == {bytes.fromhex(raw): b"7"}
    assert list(found.items(deps)) == [(key, 7)]
    assert found.load(deps, key) == 7
    assert found.exists(deps, key)
    found.remove(deps, key)
    assert found.find(deps, key) is None
    with pytest.raises(NotFound, match="map"):
        found.load(deps, key)


def test_entries_come_in_order_and_between_bounds(deps: Deps) -> None:
    found: Map[int] = Map("n", int, key=int)
    other: Map[int] = Map("o", int, key=int)
    for n in (300, 2, 1, 20):
        found.save(deps, n, n)
        other.save(deps, n, 0)

    def keys(**bounds: Any) -> list[int]:
        return [key for key, _ in found.items(deps, **bounds)]

    assert keys() == [1, 2, 20, 300]
    assert keys(reverse=True) == [300, 20, 2, 1]
    assert keys(after=2) == [20, 300]
    assert keys(start=2) == [2, 20, 300]
    assert keys(before=20) == [1, 2]
    assert keys(before=20, reverse=True, limit=1) == [2]
    assert keys(after=1, limit=2) == [2, 20]
    assert keys(limit=0) == []
    assert keys(after=300) == []
    assert keys(after=20, before=2) == []


def test_entries_under_a_first_part_stand_together(deps: Deps) -> None:
    votes: Map[str] = Map("votes", str, key=tuple[int, Address])
    for number, voter in ((1, "b"), (1, "a"), (2, "a"), (256, "c")):
        votes.save(deps, (number, voter), f"{number}{voter}")

    assert list(votes.items(deps, prefix=(1,))) == [("a", "1a"), ("b", "1b")]
    assert list(votes.items(deps, prefix=(1,), after="a")) == [("b", "1b")]
    assert list(votes.items(deps, prefix=(3,))) == []
    assert [key for key, _ in votes.items(deps)] == [(1, "a"), (1, "b"), (2, "a"), (256, "c")]


def test_an_entry_is_updated_from_what_is_there(deps: Deps) -> None:
    found: Map[int] = Map("n", int)

    assert found.update(deps, "a", lambda n: (n or 0) + 1) == 1
    assert found.update(deps, "a", lambda n: (n or 0) + 1) == 2


def test_a_key_of_another_kind_is_refused(deps: Deps) -> None:
    found: Map[int] = Map("n", int, key=int)

    with pytest.raises(InvalidMessage, match="'a' is no int"):
        found.save(deps, "a", 1)
    with pytest.raises(SchemaError, match="is no key"):
        Map("n", int, key=list)


def test_the_past_is_what_was_there_at_the_start_of_the_block(store: Store, deps: Deps) -> None:
    members: SnapshotMap[int] = SnapshotMap("members", int, key=Address)
    members.save(deps, "a", 3, 10)
    members.save(deps, "a", 7, 20)
    members.save(deps, "a", 9, 20)
    members.remove(deps, "a", 30)

    assert [members.find_at(deps, "a", h) for h in (9, 10, 11, 20, 21, 30, 31)] == [
        None, None, 3, 3, 9, 9, None
    ]  # fmt: skip
    assert members.find(deps, "a") is None
    log = "0012" + b"members__changelog".hex() + "000161"
    assert store[bytes.fromhex(log + "0000000000000014")] == b'{"old":3}'
    assert store[bytes.fromhex(log + "000000000000000a")] == b'{"old":null}'


def test_the_history_of_one_entry_is_not_that_of_another(deps: Deps) -> None:
    members: SnapshotMap[int] = SnapshotMap("members", int, key=Address)
    members.save(deps, "a", 1, 10)
    members.save(deps, "ab", 2, 12)
    members.update(deps, "ab", lambda n: (n or 0) + 1, 14)

    assert members.find_at(deps, "a", 13) == 1
    assert members.find_at(deps, "ab", 12) is None
    assert members.find_at(deps, "ab", 13) == 2
    assert list(members.items(deps)) == [("a", 1), ("ab", 3)]


def test_a_snapshot_item_remembers_too(store: Store, deps: Deps) -> None:
    total: SnapshotItem[int] = SnapshotItem("total", int)
    total.save(deps, 5, 10)
    total.update(deps, lambda n: n + 1, 12)

    assert [total.find_at(deps, h) for h in (10, 11, 12, 13)] == [None, 5, 5, 6]
    log = bytes.fromhex("0010" + b"total__changelog".hex() + "000000000000000c")
    assert store[log] == b'{"old":5}'


def test_a_snapshot_asks_for_its_height(deps: Deps) -> None:
    members: SnapshotMap[int] = SnapshotMap("members", int)

    with pytest.raises(InvalidMessage, match=r"members keeps a history; give env\.block\.height"):
        members.save(deps, "a", 1)
