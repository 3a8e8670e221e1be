"""How votes are counted: the parts of CW3 that are arithmetic."""

import pytest

from devnet.contracts.parts.ballots import (
    Ballot,
    Proposal,
    Votes,
    check_threshold,
    votes_needed,
    with_total,
)
from devnet.cosmwasm.deps import BlockInfo
from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.cosmwasm.expiration import AtHeight
from devnet.cosmwasm.specs.cw3 import (
    AbsoluteCount,
    AbsolutePercentage,
    CountOfTotal,
    Threshold,
    ThresholdQuorum,
    Vote,
)
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import MAX_UINT64, Address, Height, Timestamp, Weight

OPEN, EXPIRED = 99, 100


def decimal(text: str) -> Decimal:
    return Decimal.parse(text)


def count(weight: int) -> Threshold:
    return AbsoluteCount(Weight(weight))


def percentage(text: str) -> Threshold:
    return AbsolutePercentage(decimal(text))


def quorum(threshold: str, part: str) -> Threshold:
    return ThresholdQuorum(decimal(threshold), decimal(part))


def votes(*, yes: int = 0, no: int = 0, abstain: int = 0, veto: int = 0) -> Votes:
    return Votes(Weight(yes), Weight(no), Weight(abstain), Weight(veto))


def status(threshold: Threshold, cast: Votes, *, at: int = OPEN, total: int = 10) -> str:
    proposal = Proposal(
        title="",
        description="",
        start_height=Height(1),
        expires=AtHeight(Height(EXPIRED)),
        msgs=[],
        status="open",
        threshold=threshold,
        total_weight=Weight(total),
        votes=cast,
        proposer=Address("ann"),
    )
    return proposal.now(BlockInfo(Height(at), Timestamp(0), "test")).status


@pytest.mark.parametrize(
    ("weight", "part", "needed"),
    [
        (15, "0.5", 8),
        (14, "0.5", 7),
        (3, "0.333", 1),
        (3, "0.334", 2),
        (30, "0.334", 11),
        (34, "0.5", 17),
        (48, "0.25", 12),
        (10, "0.666666666666666667", 7),
        (100, "0.51", 51),
        (1, "0.01", 1),
        (0, "0.5", 0),
        (3, "0.333333333333333333", 1),
        (3, "0.666666666666666667", 2),
        (10, "0.6", 6),
        (10, "0.8", 8),
    ],
)
def test_votes_needed_are_rounded_up_after_nine_digits(weight: int, part: str, needed: int) -> None:
    assert votes_needed(weight, decimal(part)) == needed


@pytest.mark.parametrize(
    ("threshold", "cast", "expected"),
    [
        (count(5), votes(yes=4), "open"),
        (count(5), votes(yes=5), "passed"),
        (count(8), votes(yes=4, no=2), "open"),
        (count(8), votes(yes=4, no=3), "rejected"),
        (percentage("0.6"), votes(yes=6), "passed"),
        (percentage("0.6"), votes(yes=5), "open"),
        (percentage("0.8"), votes(yes=7), "open"),
        (percentage("0.8"), votes(yes=8), "passed"),
        (percentage("0.5"), votes(yes=3, abstain=4), "passed"),
        (percentage("0.5"), votes(yes=2, abstain=4), "open"),
        (percentage("0.65"), votes(no=4), "open"),
        (percentage("0.65"), votes(no=5), "rejected"),
        (percentage("0.6"), votes(veto=9), "open"),
        (percentage("1"), votes(yes=9), "open"),
        (percentage("1"), votes(no=1), "rejected"),
        (percentage("0.5"), votes(abstain=10), "passed"),
        (quorum("0.5", "0.4"), votes(yes=3), "open"),
        (quorum("0.5", "0.4"), votes(yes=3, abstain=1), "open"),
        (quorum("0.5", "0.4"), votes(yes=5), "passed"),
        (quorum("0.5", "0.4"), votes(no=6), "rejected"),
        (quorum("0.5", "0.4"), votes(abstain=10), "passed"),
    ],
)
def test_an_open_proposal_is_decided_as_soon_as_it_is_certain(
    threshold: Threshold, cast: Votes, expected: str
) -> None:
    assert status(threshold, cast) == expected


@pytest.mark.parametrize(
    ("threshold", "cast", "expected"),
    [
        (quorum("0.5", "0.4"), votes(yes=3), "rejected"),
        (quorum("0.5", "0.4"), votes(yes=3, abstain=1), "passed"),
        (quorum("0.5", "0.4"), votes(yes=1, veto=3), "rejected"),
        (percentage("0.6"), votes(yes=5), "rejected"),
        (count(5), votes(yes=4), "rejected"),
    ],
)
def test_expiry_alone_may_decide(threshold: Threshold, cast: Votes, expected: str) -> None:
    assert status(threshold, cast, at=EXPIRED) == expected


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (count(0), "Required weight cannot be zero"),
        (count(11), "Not possible to reach required \\(passing\\) weight"),
        (percentage("0.49"), "must be in the 0.5-1.0 range"),
        (percentage("1.01"), "must be in the 0.5-1.0 range"),
        (quorum("0.4", "0.5"), "must be in the 0.5-1.0 range"),
        (quorum("0.5", "0"), "Required quorum threshold cannot be zero"),
        (quorum("0.5", "1.1"), "Not possible to reach required quorum threshold"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(threshold: Threshold, words: str) -> None:
    with pytest.raises(Refuse, match=words):
        check_threshold(threshold, 10)


@pytest.mark.parametrize("threshold", [count(10), percentage("0.5"), quorum("1", "1")])
def test_the_edges_of_a_threshold_are_allowed(threshold: Threshold) -> None:
    check_threshold(threshold, 10)


@pytest.mark.parametrize("vote", ["yes", "no", "abstain", "veto"])
def test_a_ballot_counts_for_its_vote(vote: Vote) -> None:
    cast = Votes().add(Ballot(Weight(3), vote)).add(Ballot(Weight(4), vote))

    assert getattr(cast, vote) == 7
    assert cast.total == 7


def test_sums_of_votes_never_wrap() -> None:
    with pytest.raises(Overflow, match="votes weigh more"):
        votes(yes=MAX_UINT64).add(Ballot(Weight(1), "yes"))


def test_a_group_that_shrank_below_its_votes_is_an_error_not_a_wrap() -> None:
    with pytest.raises(Overflow, match="cannot subtract 11 from a total weight of 10"):
        status(percentage("0.5"), votes(abstain=11))
    with pytest.raises(Overflow, match="cannot subtract 11"):
        status(count(11), votes(yes=1))


def test_a_threshold_is_shown_beside_the_total() -> None:
    assert with_total(count(3), Weight(10)) == CountOfTotal(Weight(3), Weight(10))
