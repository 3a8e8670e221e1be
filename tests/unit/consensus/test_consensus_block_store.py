from pathlib import Path

import pytest
from fakes.consensus import FOUR, GENESIS, World, start

from devnet.abci import TxResult
from devnet.consensus.engine import Engine
from devnet.consensus.inputs import NO_INPUTS, Inputs
from devnet.crypto.hashing import sha256
from devnet.primitives.types import SECOND, Timestamp
from devnet.store.errors import HeightNotFound
from devnet.store.history import ROOT, History
from devnet.store.leveldb import LevelStore


def test_a_reopened_chain_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    folder = tmp_path / "chain"
    memory = start(FOUR, updates={2: {"eve": 5}})
    world = start(FOUR, db=LevelStore(folder, create=True), updates={2: {"eve": 5}})
    inputs = Inputs(
        txs=(b"tx",),
        started=(("eve", world.key("eve")),),
        double_signs=((world.address("dia"), 0, "precommit"),),
    )
    for each in (memory, world):
        each.step()
        each.engine.make_block(each.switch("cho", online=False))
        each.engine.make_block(inputs)
    world.db.close()

    again = World(LevelStore(folder, create=False))
    for name in ("eve", *FOUR):
        again.keyring.consensus(name)
    state, expected = again.engine.state, memory.engine.state
    assert state.switches == expected.switches
    assert state.pending == expected.pending != ()
    assert state.validators == expected.validators
    assert state.next_validators == expected.next_validators
    assert state.last_validators == expected.last_validators
    assert (state.clock, state.time) == (expected.clock, expected.time)
    assert again.engine.block_at(4).inputs == inputs
    assert again.step(3).place == memory.step(3).place
    again.db.close()


def test_what_was_made_is_what_is_read() -> None:
    world = start(FOUR, updates={3: {"eve": 5, "ben": 31}})
    world.app.deliver = lambda tx: TxResult(7, tx, "no", 10, 9, (), "sdk")
    made = [
        world.engine.make_block(Inputs(txs=(b"one", b"two"))),
        world.engine.make_block(world.switch("dia", online=False)),
        world.engine.make_block(Inputs(double_signs=((world.address("cho"), 0, "prevote"),))),
        world.step(),
    ]
    reader = Engine(world.app, History(world.db), world.options, world.keyring)
    for block in made:
        read = reader.block_at(block.height)
        assert read.commit.slots == block.commit.slots
        assert read.block.encode() == block.block.encode()
        for name in ("place", "block_id", "results", "begin_events", "end_events", "inputs"):
            assert getattr(read, name) == getattr(block, name)
        assert read.validator_updates == block.validator_updates
        assert (read.app_hash, read.time) == (block.app_hash, block.time)


def test_going_back_takes_everything_along() -> None:
    world = start(FOUR)
    world.engine.make_block(Inputs(txs=(b"early",)))
    place, state = world.history.tip, world.engine.state
    world.engine.make_block(
        Inputs(txs=(b"late",), double_signs=((world.address("dia"), 0, "precommit"),))
    )
    world.engine.make_block(world.switch("cho", online=False))
    first = world.history.tip

    world.history.go_to(place)
    assert world.engine.state.switches == state.switches
    assert world.engine.state.clock == state.clock
    assert world.engine.state.pending == ()
    assert world.engine.find_tx(sha256(b"early")) == (2, 0)
    assert world.engine.find_tx(sha256(b"late")) is None
    with pytest.raises(HeightNotFound):
        world.engine.block_at(3)

    other = world.step()
    assert other.inputs == NO_INPUTS
    world.history.go_to(first)
    assert world.engine.state.height == 4
    assert world.engine.find_tx(sha256(b"late")) == (3, 0)
    assert world.engine.block_at(4).block.evidence != ()


def test_committed_evidence_may_be_committed_on_another_branch() -> None:
    world = start(FOUR)
    world.engine.make_block(Inputs(double_signs=((world.address("dia"), 0, "precommit"),)))
    place = world.history.tip
    carried = world.step()
    assert world.engine.is_committed(carried.block.evidence[0])
    world.history.go_to(place)
    assert not world.engine.is_committed(carried.block.evidence[0])
    assert world.step().place == carried.place


def test_equal_blocks_with_other_inputs_stand_at_other_places() -> None:
    world = start(FOUR)
    start_at = world.history.tip
    plain = world.step()
    world.history.go_to(start_at)
    switched = world.engine.make_block(world.switch("dia", online=False))
    assert plain.block_id == switched.block_id
    assert plain.place != switched.place
    world.history.go_to(plain.place)
    assert all(switch.online for switch in world.engine.state.switches)


def test_places_follow_from_parent_block_and_inputs() -> None:
    world = start(FOUR)
    parent = world.history.tip
    inputs = Inputs(txs=(b"a",), clock=Timestamp(GENESIS + 60 * SECOND))
    block = world.engine.make_block(inputs)
    assert block.place == sha256(parent + block.block_id.hash + inputs.encode())
    assert world.history.parent(parent) == ROOT


def test_heights_that_do_not_exist_are_named() -> None:
    world = start(FOUR)
    world.step(2)
    assert len(world.engine.validators_at(5)) == 4
    for height in (0, 6, -1):
        with pytest.raises(HeightNotFound) as missing:
            world.engine.validators_at(height)
        assert (missing.value.lowest, missing.value.highest) == (1, 5)
    for height in (0, 4, -1):
        with pytest.raises(HeightNotFound) as missing:
            world.engine.block_at(height)
        assert (missing.value.lowest, missing.value.highest) == (1, 3)


def test_sets_of_every_height_are_kept_exactly() -> None:
    world = start(FOUR, updates={4: {"eve": 15}, 7: {"ben": 0}, 8: {"ana": 41}})
    world.engine.make_block(Inputs(started=(("eve", world.key("eve")),)))
    seen = {1: world.engine.validators_at(1), 2: world.engine.validators_at(2)}
    for height in range(3, 15):
        seen[height] = world.engine.state.validators
        world.step()
    reader = Engine(world.app, History(world.db), world.options, world.keyring)
    for height, validators in seen.items():
        read = reader.validators_at(height)
        assert read == validators
        assert read.proposer == validators.proposer


def test_transactions_of_a_block_are_found_by_hash() -> None:
    world = start(FOUR)
    world.engine.make_block(Inputs(txs=(b"a", b"b")))
    world.engine.make_block(Inputs(txs=(b"c",)))
    found = [world.engine.find_tx(sha256(tx)) for tx in (b"a", b"b", b"c", b"d")]
    assert found == [(2, 0), (2, 1), (3, 0), None]


def test_a_forgotten_line_takes_its_records_along() -> None:
    world = start(FOUR)
    world.step()
    fork = world.history.tip
    abandoned = world.engine.make_block(Inputs(txs=(b"late",)))
    world.history.go_to(fork)
    kept = world.step(2)
    world.history.forget(abandoned.place, down_to=fork)
    assert world.db.get(b"c/b/" + abandoned.place) is None
    assert world.db.get(b"c/b/" + kept.place) is not None
    assert world.step().height == 5
