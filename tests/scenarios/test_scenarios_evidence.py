"""Scenarios S30 to S37: evidence in the pool, in blocks, and on its way there."""

from dataclasses import replace

import pytest
from fakes.consensus import EQUAL, FOUR, World, start

from devnet.consensus.errors import BlockRefused, EvidenceRefused
from devnet.consensus.evidence_pool import EvidenceLimits, EvidencePool
from devnet.consensus.forge import DuplicateVoteProof, double_votes, forge_double_sign
from devnet.consensus.inputs import Inputs
from devnet.consensus.votes import PRECOMMIT, BlockId
from devnet.crypto.hashing import sha256
from devnet.primitives.types import SECOND, Height, Timestamp

MINUTES = 60 * SECOND


def forge(world: World, name: str = "dia", *, height: int, round_: int = 0) -> DuplicateVoteProof:
    return forge_double_sign(world.engine, world.address(name), height=height, round=round_)


def pool(world: World, limits: EvidenceLimits | None = None) -> EvidencePool:
    return EvidencePool(world.engine, limits or EvidenceLimits(), world.engine.state.pending)


def at_height_30(*, block_time: int) -> World:
    world = start(
        EQUAL,
        block_time_ns=block_time,
        evidence_max_age_blocks=20,
        evidence_max_age_ns=20 * MINUTES,
    )
    world.step(29)
    return world


def test_s30_evidence_old_in_one_way_only_is_good() -> None:
    quick = at_height_30(block_time=SECOND)
    assert quick.engine.check_evidence(forge(quick, height=2)).height == 2
    slow = at_height_30(block_time=90 * MINUTES)
    assert slow.engine.check_evidence(forge(slow, height=29)).height == 29


def test_s31_evidence_old_in_both_ways_is_refused() -> None:
    world = at_height_30(block_time=90 * MINUTES)
    with pytest.raises(EvidenceRefused) as refused:
        world.engine.check_evidence(forge(world, height=1))
    assert refused.value.check == "expired"
    world.engine.check_evidence(forge(world, height=10))
    with pytest.raises(EvidenceRefused):
        world.engine.check_evidence(forge(world, height=9))


def test_s32_evidence_added_twice_is_there_once() -> None:
    world = start(FOUR)
    world.step()
    proof, waiting = forge(world, height=2), pool(world)
    assert waiting.add(proof)
    assert not waiting.add(proof)
    assert waiting.pending == (proof,)


def test_s33_committed_evidence_is_never_committed_again() -> None:
    world = start(FOUR)
    world.step()
    proof = forge(world, height=2)
    block = world.engine.make_block(Inputs(evidence=(proof.encode(),)))
    assert block.block.evidence == (proof,)

    assert not pool(world).add(proof), "gossip is ignored without an error"
    with pytest.raises(BlockRefused, match="already committed"):
        pool(world).check_block((proof,))
    again = world.engine.make_block(Inputs(evidence=(proof.encode(),)))
    assert again.block.evidence == ()


def test_s34_a_block_cannot_list_evidence_twice() -> None:
    world = start(FOUR)
    world.step()
    proof = forge(world, height=2)
    with pytest.raises(BlockRefused, match="twice"):
        pool(world).check_block((proof, proof))


def test_s35_reported_conflicts_become_evidence_once_their_height_is_decided() -> None:
    world = start(FOUR)
    world.step(9)
    validators = world.engine.validators_at(11)
    votes = double_votes(
        tuple(BlockId(sha256(text), 1, bytes(32)) for text in (b"one", b"two")),  # type: ignore[arg-type]  # two of them
        world.address("dia"),
        validators,
        signers=world.keyring,
        chain_id=world.engine.chain_id,
        place=(PRECOMMIT, Height(11), 0),
        time=Timestamp(world.engine.state.time + SECOND),
    )
    waiting = pool(world)
    waiting.report(*votes)
    waiting.report(*votes)
    assert waiting.pending == ()

    world.step()
    time = world.engine.state.time
    settled = waiting.settle((), height=Height(11), time=time, validators=validators)
    assert len(settled) == 1
    assert (settled[0].height, settled[0].time) == (11, time)
    world.engine.check_evidence(settled[0])


def test_s36_a_block_carries_evidence_up_to_a_limit_of_bytes() -> None:
    world = start(EQUAL, evidence_max_bytes=1000)
    world.step()
    proofs = tuple(
        sorted((forge(world, name, height=1) for name in ("ana", "ben", "cho")), key=_hash)
    )
    limits = EvidenceLimits(max_bytes=1000)
    with pytest.raises(BlockRefused, match="1000 are allowed"):
        pool(world, limits).check_block(proofs)
    pool(world, limits).check_block(proofs[:2])

    first = world.engine.make_block(Inputs(evidence=tuple(proof.encode() for proof in proofs)))
    assert first.block.evidence == proofs[:2]
    assert world.engine.state.pending == proofs[2:]
    assert world.step().block.evidence == proofs[2:]
    assert world.engine.state.pending == ()


def _hash(proof: DuplicateVoteProof) -> bytes:
    return proof.hash


def test_s37_the_stated_power_must_be_that_of_the_set() -> None:
    world = start(FOUR)
    world.step()
    with pytest.raises(EvidenceRefused) as refused:
        world.engine.check_evidence(forge(world, height=2).tamper("power"))
    assert refused.value.check == "power"
    with pytest.raises(BlockRefused, match="power"):
        pool(world).check_block((forge(world, height=2).tamper("power"),))


def test_the_timeline_of_a_double_sign() -> None:
    """Evidence timeline of the vectors: seen at H, carried at H+1, gone at H+3."""
    world = start(FOUR)
    world.step()
    dia = world.address("dia")
    offence = world.engine.make_block(Inputs(double_signs=((dia, 0, "precommit"),)))
    height = offence.height
    assert offence.block.evidence == ()
    (pending,) = world.engine.state.pending
    assert (pending.height, pending.time) == (height, offence.time)

    world.app.updates[height + 1] = [world.update("dia", 0)]
    punished = world.step()
    assert punished.block.evidence == (pending,)
    (misbehavior,) = world.app.begun[-1].misbehavior
    assert misbehavior == world.engine.check_evidence(pending)
    assert (misbehavior.address, misbehavior.power, misbehavior.height) == (dia, 10, height)
    assert misbehavior.total_power == 100

    world.step(3)
    for signing in (height + 1, height + 2):
        assert "dia" in world.powers_at(signing)
        assert dia in {slot.address for slot in world.engine.block_at(signing).commit.slots}
    assert "dia" not in world.powers_at(height + 3)
    heard = {int(b.height): {v.address for v in b.last_votes} for b in world.app.begun}
    assert dia in heard[height + 3]
    assert dia not in heard[height + 4]


def test_three_conflicting_votes_give_several_proofs_of_one_offence() -> None:
    world = start(FOUR)
    world.step()
    first = forge(world, height=2)
    assert first.vote_b is not None
    assert first.key is not None
    third = replace(first.vote_b, block_id=BlockId(sha256(b"third"), 1, sha256(b"p")))
    assert first.vote_a is not None
    second = DuplicateVoteProof.of(
        (first.vote_a, third.signed(first.key, world.engine.chain_id)),
        total_power=first.total_power,
        validator_power=first.validator_power,
        time=first.time,
    )
    evidence = (first.encode(), second.encode())
    block = world.engine.make_block(Inputs(evidence=evidence))
    assert len(block.block.evidence) == 2
    assert len(set(world.app.begun[-1].misbehavior)) == 1
