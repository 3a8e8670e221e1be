import pytest
from fakes.consensus import EQUAL, FOUR, GENESIS, World, start

from devnet.consensus import errors
from devnet.consensus.engine import Engine
from devnet.consensus.inputs import Inputs
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import SECOND, ConsAddress, Timestamp
from devnet.store.history import History


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
