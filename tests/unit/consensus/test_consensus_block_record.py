import pytest
from fakes.consensus import FOUR, start

from devnet.consensus.block_record import Record, decode_roster, encode_roster
from devnet.consensus.block_store import BlockStore
from devnet.consensus.inputs import Inputs
from devnet.store.errors import StoreDamaged
from devnet.store.history import History


def test_a_record_is_read_as_it_was_written() -> None:
    record = Record(*(b"part %d" % i * i for i in range(9)))
    assert Record.decode(record.encode()) == record


@pytest.mark.parametrize("damage", [lambda d: d[:-1], lambda d: d + b"x", lambda d: d[:10]])
def test_a_damaged_record_is_named(damage) -> None:  # type: ignore[no-untyped-def]  # bytes to bytes
    world = start(FOUR)
    world.step()
    key = b"c/b/" + world.history.tip
    data = world.db.get(key)
    assert data is not None
    world.db.write_batch({key: damage(data)})
    with pytest.raises(StoreDamaged) as damaged:
        BlockStore(History(world.db)).block_at(2)
    assert damaged.value.key == key


def test_tables_that_many_blocks_share_are_written_once() -> None:
    world = start(FOUR)
    world.step(5)
    assert len(list(world.db.iterate(b"c/v/", b"c/v0"))) == 1
    assert len(list(world.db.iterate(b"c/n/", b"c/n0"))) == 1
    world.engine.make_block(world.switch("dia", online=False))
    assert len(list(world.db.iterate(b"c/n/", b"c/n0"))) == 2


def test_tables_of_a_failed_block_are_written_with_the_next() -> None:
    world = start(FOUR, updates={2: {"eve": 5}})
    world.app.raises["commit"] = RuntimeError("a bug")
    for _ in range(2):
        with pytest.raises(RuntimeError):
            world.engine.make_block(Inputs(started=(("eve", world.key("eve")),)))
    world.app.raises.clear()
    world.engine.make_block(Inputs(started=(("eve", world.key("eve")),)))
    reader = BlockStore(History(world.db)).state_at(world.history.tip)
    assert reader.next_validators == world.engine.state.next_validators
    assert reader.switches == world.engine.state.switches


def test_a_roster_is_read_as_it_was_written() -> None:
    roster = start(FOUR).engine.state.validators.roster
    read = decode_roster(encode_roster(roster))
    assert (read.pub_keys, read.powers, read.hash) == (roster.pub_keys, roster.powers, roster.hash)


def test_an_empty_block_takes_about_as_many_bytes_as_its_signatures_and_hashes() -> None:
    world = start(FOUR)
    world.step(3)
    record = world.db.get(b"c/b/" + world.history.tip)
    assert record is not None
    assert len(record) < 1000
