import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fakes.consensus import CHAIN_ID, EQUAL, FOUR, GENESIS, FakeApp, World, start

from devnet.abci import PrivilegedCallEndless, TxResult
from devnet.consensus import errors
from devnet.consensus.commits import verify_commit
from devnet.consensus.engine import Engine
from devnet.consensus.inputs import NO_INPUTS, Inputs
from devnet.crypto.hashing import sha256
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import SECOND, ConsAddress, Timestamp
from devnet.store.errors import HeightNotFound
from devnet.store.history import ROOT, History
from devnet.store.kv import MemoryStore
from devnet.store.leveldb import LevelStore

STEPS = ("begin_block", "end_block", "commit")


def test_block_one_has_genesis_time_and_the_rest_follow_the_clock() -> None:
    world = start(FOUR)
    world.step(4)
    times = [world.engine.block_at(height).time for height in range(1, 6)]
    assert times == [GENESIS + 5 * SECOND * n for n in range(5)]
    assert world.app.genesis.validators == tuple(world.update(*each) for each in FOUR.items())


def test_every_commit_proves_its_block() -> None:
    world = start(FOUR)
    world.step(3)
    for height in range(1, 5):
        block = world.engine.block_at(height)
        verify_commit(
            block.commit,
            world.engine.validators_at(height),
            chain_id=CHAIN_ID,
            height=height,
            block_id=block.block_id,
        )
        assert block.block.block_id() == block.block_id


def test_headers_name_the_block_before_and_its_outcome() -> None:
    world = start(FOUR)
    first = world.engine.make_block(Inputs(txs=(b"a", b"bb")))
    second = world.step()
    header = second.block.header
    assert header.last_block_id == first.block_id
    assert header.last_commit_hash == first.commit.hash
    assert header.app_hash == first.app_hash == sha256(b"app state 2")
    assert header.last_results_hash != world.engine.block_at(1).block.header.last_results_hash


def test_an_offline_proposer_costs_a_round_and_its_time_outs() -> None:
    world = start(EQUAL)
    lead = world.name(world.engine.state.validators.proposer.address)
    following = world.engine.state.validators.increment(1).proposer.address
    block = world.engine.make_block(world.switch(lead, online=False))
    assert block.round == 1
    assert block.block.header.proposer_address == following
    assert world.step().time == block.time + 10 * SECOND
    slots = {slot.address: slot.kind for slot in block.commit.slots}
    assert slots.pop(world.address(lead)) == "absent"
    assert set(slots.values()) == {"commit"}


def test_two_lost_rounds_cost_longer_time_outs() -> None:
    world = start(dict.fromkeys("abcdefg", 10))
    members = world.engine.state.validators
    leaders = [members.proposer.address, members.increment(1).proposer.address]
    block = world.engine.make_block(Inputs(switched=tuple((address, False) for address in leaders)))
    assert block.round == 2
    assert world.engine.state.clock == block.time + 5 * SECOND + 5 * SECOND + 6_500_000_000


def test_priorities_move_once_per_height_however_many_rounds() -> None:
    world = start(EQUAL)
    expected = world.engine.validators_at(3).increment(1)
    world.engine.make_block(world.switch("ana", online=False))
    world.step()
    assert world.engine.validators_at(4) == expected


def test_without_quorum_nothing_changes_the_clock_included() -> None:
    world = start(EQUAL)
    world.engine.make_block(world.switch("ana", online=False))
    before, tip = world.engine.state, world.history.tip
    for _ in range(2):
        with pytest.raises(errors.NoQuorum) as none:
            world.engine.make_block(world.switch("ben", online=False))
        assert (none.value.online, none.value.needed, none.value.total) == (20, 27, 40)
        assert set(none.value.silent) == {"ana", "ben"}
        assert "ana" in str(none.value)
    assert world.engine.state is before
    assert world.history.tip == tip
    assert len(world.app.begun) == 2
    assert world.step().height == 3


def test_exactly_two_thirds_stand_still_and_recovery_needs_one_more() -> None:
    world = start({"ana": 10, "ben": 10, "cho": 10})
    with pytest.raises(errors.NoQuorum):
        world.engine.make_block(world.switch("cho", online=False))
    world.engine.make_block(
        Inputs(switched=((world.address("cho"), False), (world.address("cho"), True)))
    )
    assert world.engine.state.height == 2


def test_a_powered_key_without_a_node_is_absent_until_one_starts() -> None:
    world = start(EQUAL, updates={1: {"eve": 10}})
    world.step(2)
    block = world.engine.block_at(3)
    absent = [slot.address for slot in block.commit.slots if slot.kind == "absent"]
    assert absent == [world.address("eve")]
    block = world.engine.make_block(Inputs(started=(("eve", world.key("eve")),)))
    assert all(slot.kind == "commit" for slot in block.commit.slots)
    assert world.engine.state.switches[-1].name == "eve"


def test_silent_keys_without_a_node_are_named_by_address() -> None:
    world = start({"ana": 10}, updates={1: {"eve": 10}})
    world.step()
    with pytest.raises(errors.NoQuorum) as none:
        world.step()
    assert none.value.silent == (world.address("eve").hex().upper(),)


def test_a_started_key_without_power_signs_nothing() -> None:
    world = start(EQUAL)
    block = world.engine.make_block(Inputs(started=(("eve", world.key("eve")),)))
    assert len(block.commit.slots) == 4
    again = world.engine.make_block(Inputs(started=(("eve", world.key("eve")),)))
    assert [switch.name for switch in world.engine.state.switches].count("eve") == 1
    assert again.height == 3


def test_a_switch_without_a_node_is_refused() -> None:
    world = start(EQUAL)
    with pytest.raises(errors.UnknownNode):
        world.engine.make_block(world.switch("eve", online=True))
    assert world.engine.state.height == 1


def test_a_jump_gives_the_next_block_exactly_that_time() -> None:
    world = start(EQUAL)
    there = Timestamp(GENESIS + 86_400 * SECOND + 17)
    block = world.engine.make_block(Inputs(clock=there))
    assert block.time == GENESIS + 5 * SECOND
    assert world.step().time == there
    assert world.step().time == there + 5 * SECOND


def test_a_jump_is_exact_even_when_rounds_are_lost() -> None:
    world = start(EQUAL)
    lead = world.engine.state.validators.proposer.address
    there = Timestamp(world.engine.state.clock + SECOND)
    world.engine.make_block(Inputs(clock=there, switched=((lead, False),)))
    assert world.step().time == there


def test_the_clock_never_goes_back() -> None:
    world = start(EQUAL)
    with pytest.raises(errors.ClockGoesBack) as back:
        world.engine.make_block(Inputs(clock=GENESIS))
    earliest = Timestamp(back.value.earliest)
    world.engine.make_block(Inputs(clock=earliest))
    assert world.step().time == earliest


@pytest.mark.parametrize("failing", STEPS)
@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt()], ids=repr)
def test_any_exception_leaves_the_last_block_standing(failing: str, error: BaseException) -> None:
    world, twin = start(FOUR), start(FOUR)
    state, tip = world.engine.state, world.history.tip
    world.app.raises[failing] = error
    with pytest.raises(type(error)):
        world.engine.make_block(Inputs(txs=(b"tx",)))
    assert world.app.abandoned == 1
    assert world.engine.state is state
    assert world.history.tip == tip
    assert world.history.view.get(FakeApp.KEY) == b"1"
    assert world.engine.find_tx(sha256(b"tx")) is None
    world.app.raises.clear()
    assert world.step().place == twin.step().place


def test_a_failed_genesis_leaves_nothing_behind() -> None:
    twin, world = start(FOUR), World(MemoryStore())
    members = [(name, world.update(name, power)) for name, power in FOUR.items()]
    world.app.raises["init_chain"] = RuntimeError("a bug")
    with pytest.raises(RuntimeError):
        world.engine.init(members, {})
    with pytest.raises(errors.NotStarted):
        world.step()
    world.app.raises.clear()
    assert world.engine.init(members, {}).place == twin.history.tip
    with pytest.raises(errors.AlreadyStarted):
        world.engine.init(members, {})


def test_an_endless_privileged_call_halts_the_chain_visibly() -> None:
    world = start(FOUR)
    endless = PrivilegedCallEndless("Authority", "group (tgrade1...)")
    world.app.raises["end_block"] = endless
    with pytest.raises(errors.ChainHalted) as halted:
        world.step()
    assert (halted.value.height, halted.value.cause) == (2, endless)
    assert "Authority" in str(halted.value)
    assert world.engine.state.height == 1
    world.app.raises.clear()
    assert world.step().height == 2


def test_updates_with_a_key_of_another_kind_halt_the_chain() -> None:
    world = start(FOUR)
    world.app.updates[2] = [replace(world.update("ana", 5), pub_key=bytes(33))]
    with pytest.raises(errors.ChainHalted) as halted:
        world.step()
    assert isinstance(halted.value.cause, errors.InvalidValidatorKey)


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


@pytest.mark.parametrize(("votes", "size"), [("verified", 64), ("signed", 64), ("off", 0)])
def test_votes_may_be_verified_signed_or_off(votes: str, size: int) -> None:
    world = start(FOUR, votes=votes)
    block = world.step(3)
    assert {len(slot.signature) for slot in block.commit.slots} == {size}
    reader = Engine(world.app, History(world.db), world.options, world.keyring)
    assert reader.block_at(4).commit.slots == block.commit.slots
    assert reader.state.validators == world.engine.state.validators


def test_the_mode_of_votes_is_part_of_the_hashes() -> None:
    places = {start(FOUR, votes=votes).step(2).place for votes in ("verified", "signed", "off")}
    assert len(places) == 2, "verifying changes nothing, not signing does"


def test_a_key_that_is_not_here_cannot_sign() -> None:
    world = start(FOUR)
    stranger = World(world.db)
    with pytest.raises(errors.CannotSign, match="ana"):
        stranger.step()


@pytest.mark.parametrize(
    ("round_", "kind"), [(-1, "precommit"), (1 << 31, "precommit"), (0, "proposal")]
)
def test_double_signs_that_are_no_votes_are_refused(round_: int, kind: str) -> None:
    world = start(FOUR)
    asked = (world.address("dia"), round_, kind)
    with pytest.raises(InvalidMessage):
        world.engine.make_block(Inputs(double_signs=(asked,)))  # type: ignore[arg-type]  # wrong on purpose
    assert world.engine.state.height == 1


def test_a_stranger_cannot_double_sign() -> None:
    world = start(FOUR)
    for name in ("eve", "dia"):
        address = world.address(name) if name == "dia" else ConsAddress(bytes(20))
        asked = Inputs(double_signs=((address, 0, "precommit"),))
        if name == "dia":
            assert world.engine.make_block(asked).height == 2
            continue
        with pytest.raises(errors.CannotSign):
            world.engine.make_block(asked)


@pytest.mark.parametrize("kind", ["prevote", "precommit"])
@pytest.mark.parametrize("round_", [0, 3])
def test_double_signs_of_any_kind_and_round_prove_themselves(kind: str, round_: int) -> None:
    world = start(FOUR)
    asked = (world.address("dia"), round_, kind)
    offence = world.engine.make_block(Inputs(double_signs=(asked,)))  # type: ignore[arg-type]  # any str
    (proof,) = world.step().block.evidence
    found = world.engine.verifier.verify(proof.encode())
    assert (found.height, found.time) == (offence.height, offence.time)


def test_the_first_vote_of_a_double_sign_is_the_one_in_the_commit() -> None:
    world = start(FOUR)
    offence = world.engine.make_block(
        Inputs(double_signs=((world.address("dia"), 0, "precommit"),))
    )
    (proof,) = world.engine.state.pending
    (slot,) = (s for s in offence.commit.slots if s.address == world.address("dia"))
    assert proof.vote_a is not None
    assert proof.vote_b is not None
    votes = {vote.block_id: vote for vote in (proof.vote_a, proof.vote_b)}
    assert votes[offence.block_id].signature == slot.signature
    assert votes[offence.block.rival_id()].signature != slot.signature


def test_bad_evidence_from_outside_stops_the_block_and_names_the_check() -> None:
    world = start(FOUR)
    with pytest.raises(errors.EvidenceRefused) as refused:
        world.engine.make_block(Inputs(evidence=(b"no proof",)))
    assert refused.value.check == "encoding"
    assert world.engine.state.height == 1


def test_transactions_of_a_block_are_found_by_hash() -> None:
    world = start(FOUR)
    world.engine.make_block(Inputs(txs=(b"a", b"b")))
    world.engine.make_block(Inputs(txs=(b"c",)))
    found = [world.engine.find_tx(sha256(tx)) for tx in (b"a", b"b", b"c", b"d")]
    assert found == [(2, 0), (2, 1), (3, 0), None]


def test_a_block_larger_than_allowed_is_refused() -> None:
    world = start(FOUR, block_max_bytes=3000, evidence_max_bytes=1000)
    with pytest.raises(errors.BlockRefused) as refused:
        world.engine.make_block(Inputs(txs=(bytes(4000),)))
    assert refused.value.field == "size"
    assert world.step().height == 2


def test_large_blocks_have_several_parts() -> None:
    world = start(FOUR)
    block = world.engine.make_block(Inputs(txs=(bytes(100_000),)))
    assert block.block_id.parts_total == 2
    assert world.step().block.header.last_block_id == block.block_id


def test_equal_calls_give_equal_bytes() -> None:
    def play(world: World) -> bytes:
        world.engine.make_block(Inputs(txs=(b"1", b"2")))
        world.engine.make_block(world.switch("dia", online=False))
        world.engine.make_block(Inputs(double_signs=((world.address("cho"), 0, "precommit"),)))
        return world.step(3).place

    assert play(start(FOUR)) == play(start(FOUR))


def _interrupt_after(lines: int) -> Callable[..., Any]:
    """A trace that raises once so many lines of the house have run."""
    left = lines

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if "/devnet/" not in frame.f_code.co_filename:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    return trace


def test_an_interrupt_at_any_line_leaves_a_whole_chain() -> None:
    inputs = Inputs(txs=(b"tx",), clock=Timestamp(GENESIS + 60 * SECOND))
    twin = start(FOUR)
    second, third = twin.engine.make_block(inputs), twin.step()
    before = sys.gettrace()
    for lines in count(1, 5):
        world = start(FOUR)
        sys.settrace(_interrupt_after(lines))
        try:
            world.engine.make_block(inputs)
        except KeyboardInterrupt:
            finished = False
        else:
            finished = True
        finally:
            sys.settrace(before)
        if world.engine.state.height == 1:
            assert world.engine.make_block(inputs).place == second.place, lines
        assert world.engine.state.place == second.place, lines
        assert world.engine.find_tx(sha256(b"tx")) == (2, 0)
        assert world.step().place == third.place, lines
        if finished:
            return
