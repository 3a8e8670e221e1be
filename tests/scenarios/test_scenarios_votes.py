"""Scenarios S20 to S29: counting votes, commits, the time of a block."""

from dataclasses import replace
from typing import Any

import pytest
from fakes.consensus import EQUAL, start

from devnet.consensus.blocks import Block
from devnet.consensus.commits import Commit, verify_commit, weighted_median
from devnet.consensus.errors import BlockRefused, CommitRefused, VoteRefused
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.vote_set import ConflictingVotes, VoteSet
from devnet.consensus.votes import NIL, PRECOMMIT, BlockId, Vote
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.primitives.types import SECOND, Height, Timestamp

CHAIN = "votes-1"
ONE = BlockId(sha256(b"one"), 123, sha256(b"parts of one"))
TWO = BlockId(sha256(b"two"), 123, sha256(b"parts of two"))


class Hall:
    """Members of equal power and the vote set they vote in."""

    def __init__(self, count: int, power: int = 1) -> None:
        keys = [SigningKey.from_seed(sha256(b"member %d" % i)) for i in range(count)]
        self.validators = ValidatorSet.new([(key.public_key, power) for key in keys])
        by_key = {key.public_key: key for key in keys}
        self.keys = [by_key[v.pub_key] for v in self.validators.validators]
        self.votes = VoteSet(CHAIN, self.validators, type_=PRECOMMIT, height=Height(1), round_=0)

    def vote(self, index: int, block: BlockId) -> Vote:
        address = self.validators.validators[index].address
        vote = Vote(PRECOMMIT, Height(1), 0, block, Timestamp(SECOND), address, index)
        return vote.signed(self.keys[index], CHAIN)

    def add(self, index: int, block: BlockId) -> bool:
        return self.votes.add(self.vote(index, block))

    def commit(self, block: int, nil: int = 0) -> Commit:
        """The first sign the block, the next nil, the rest are absent."""
        count = len(self.validators)
        kinds = [ONE] * block + [NIL] * nil
        flags = bytes([2] * block + [3] * nil + [1] * (count - block - nil))
        signatures = [self.vote(i, id_).signature for i, id_ in enumerate(kinds)]
        signatures += [b""] * (count - len(signatures))
        times = (Timestamp(SECOND),) * count
        roster = self.validators.roster
        return Commit(Height(1), 0, ONE, roster, flags, times, tuple(signatures))

    def verify(self, commit: Commit) -> None:
        verify_commit(commit, self.validators, chain_id=CHAIN, height=1, block_id=ONE)


def test_s20_a_second_vote_for_another_block_is_a_conflict() -> None:
    hall = Hall(4)
    hall.add(0, NIL)
    with pytest.raises(ConflictingVotes) as conflict:
        hall.add(0, ONE)
    assert not conflict.value.added
    assert conflict.value.first.block_id == NIL
    assert conflict.value.second.block_id == ONE
    assert hall.votes.power_for(ONE) == 0


def test_s21_it_counts_all_the_same_once_a_peer_claims_a_majority() -> None:
    hall = Hall(4)
    hall.add(0, NIL)
    hall.votes.claim_majority(ONE)
    with pytest.raises(ConflictingVotes) as conflict:
        hall.add(0, ONE)
    assert conflict.value.added
    assert hall.votes.power_for(ONE) == 1
    assert hall.votes.total == 1, "nobody is counted twice"
    assert not hall.add(0, ONE), "the same vote again is no news"


def test_s22_seven_of_ten_make_a_majority() -> None:
    hall = Hall(10)
    for i in range(6):
        hall.add(i, NIL)
    assert hall.votes.majority is None
    hall.add(6, ONE)
    assert hall.votes.majority is None
    hall.add(7, NIL)
    assert hall.votes.majority == NIL


def test_s23_only_votes_for_the_very_same_block_id_add_up() -> None:
    hall = Hall(100)
    for i in range(66):
        hall.add(i, ONE)
    others = (
        NIL,
        replace(ONE, parts_hash=sha256(b"other parts")),
        replace(ONE, parts_total=124),
        TWO,
    )
    for i, block in enumerate(others, start=66):
        hall.add(i, block)
        assert hall.votes.majority is None
    hall.add(70, ONE)
    assert hall.votes.majority == ONE


def test_votes_of_strangers_other_rounds_and_false_signatures_do_not_count() -> None:
    hall = Hall(4)
    good = hall.vote(0, ONE)
    for bad in (
        replace(good, round=1),
        replace(good, height=Height(2)),
        replace(good, index=1),
        replace(good, index=9),
        replace(good, signature=hall.vote(1, ONE).signature),
    ):
        with pytest.raises(VoteRefused):
            hall.votes.add(bad)
    hall.votes.add(good)
    with pytest.raises(VoteRefused, match="another signature"):
        hall.votes.add(replace(good, signature=bytes(64)))


def test_s24_exactly_two_thirds_are_not_enough() -> None:
    hall = Hall(9, power=10)
    with pytest.raises(CommitRefused, match="got 60, needed more than 60"):
        hall.verify(hall.commit(block=6, nil=3))


def test_s25_nil_and_absent_slots_do_not_count() -> None:
    hall = Hall(10, power=10)
    with pytest.raises(CommitRefused, match="got 30, needed more than 66"):
        hall.verify(hall.commit(block=3, nil=2))


def test_s26_nil_votes_of_a_third_leave_a_commit_valid() -> None:
    hall = Hall(100)
    commit = hall.commit(block=67, nil=33)
    hall.verify(commit)
    assert len(commit.slots) == 100


def test_s27_the_application_sees_who_was_absent() -> None:
    world = start({f"v{i}": 10 for i in range(7)})
    members = world.engine.validators_at(2).validators
    absent = [members[i].address for i in (1, 3)]
    for address in absent:
        world.engine.make_block(world.switch(world.name(address), online=False))
    world.step()
    heard = world.app.begun[-1].last_votes
    assert len(heard) == 7
    assert {vote.address for vote in heard if not vote.signed} == set(absent)


def test_s28_the_median_is_weighted() -> None:
    assert weighted_median([(0, 33), (5, 40), (10, 27)]) == 5


@pytest.mark.parametrize(
    ("shift", "reason"),
    [(SECOND, "invalid"), (-10 * SECOND, "not greater than last block time")],
)
def test_s29_a_block_cannot_choose_its_time(shift: int, reason: str) -> None:
    world = start(EQUAL)
    world.step(2)
    before = world.engine.state
    made = world.step().block
    world.history.go_to(before.place)

    world.engine.check_block(made)
    header = replace(made.header, time=Timestamp(made.header.time + shift))
    with pytest.raises(BlockRefused, match=reason) as refused:
        world.engine.check_block(replace(made, header=header))
    assert refused.value.field == "time"


@pytest.mark.parametrize(
    "field",
    [
        "chain_id",
        "app_hash",
        "last_results_hash",
        "validators_hash",
        "next_validators_hash",
        "data_hash",
        "last_commit_hash",
        "proposer_address",
    ],
)
def test_a_block_with_a_changed_field_is_refused_by_name(field: str) -> None:
    world = start(EQUAL)
    place = world.history.tip
    made = world.step().block
    world.history.go_to(place)

    value: Any = "other" if field == "chain_id" else sha256(b"other")[:20]
    changed: Block = replace(made, header=replace(made.header, **{field: value}))
    with pytest.raises(BlockRefused) as refused:
        world.engine.check_block(changed)
    assert refused.value.field == field


def test_a_block_whose_last_commit_lost_a_signature_is_refused() -> None:
    world = start(EQUAL)
    world.step()
    place = world.history.tip
    made = world.step().block
    world.history.go_to(place)
    signatures = (bytes(64), *made.last_commit.signatures[1:])
    commit = replace(made.last_commit, signatures=signatures)
    header = replace(made.header, last_commit_hash=commit.hash)

    with pytest.raises(BlockRefused, match="wrong signature") as refused:
        world.engine.check_block(replace(made, header=header, last_commit=commit))
    assert refused.value.field == "last_commit"
