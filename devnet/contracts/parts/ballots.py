"""Proposals and how their votes are counted (cosmwasm reference, section 18).

A proposal fixes the total weight when it is made. Its status is computed: what is stored
is what the last writing call found, and a proposal may pass or fail by its expiry alone.
"""

from dataclasses import dataclass, replace

from devnet.cosmwasm.deps import BlockInfo
from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.cosmwasm.expiration import Expiration, is_expired
from devnet.cosmwasm.messages import CosmosMsg
from devnet.cosmwasm.specs.cw3 import (
    AbsoluteCount,
    AbsolutePercentage,
    CountOfTotal,
    PercentageOfTotal,
    ProposalAnswer,
    QuorumOfTotal,
    Status,
    Threshold,
    ThresholdAnswer,
    ThresholdQuorum,
    Vote,
)
from devnet.primitives.decimals import ONE, Decimal
from devnet.primitives.types import MAX_UINT64, Address, Height, Weight

_NINE_DIGITS = 10**9
_NONE = Weight(0)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote, and the weight it was given with."""

    weight: Weight
    vote: Vote


@dataclass(frozen=True, slots=True)
class Votes:
    """Sums of weight by kind of vote."""

    yes: Weight = _NONE
    no: Weight = _NONE
    abstain: Weight = _NONE
    veto: Weight = _NONE

    @property
    def total(self) -> int:
        """All weight that has voted."""
        return self.yes + self.no + self.abstain + self.veto

    def add(self, ballot: Ballot) -> "Votes":
        """The sums with one more ballot."""
        match ballot.vote:
            case "yes":
                return replace(self, yes=_sum(self.yes, ballot.weight))
            case "no":
                return replace(self, no=_sum(self.no, ballot.weight))
            case "abstain":
                return replace(self, abstain=_sum(self.abstain, ballot.weight))
            case "veto":
                return replace(self, veto=_sum(self.veto, ballot.weight))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it is stored."""

    title: str
    description: str
    start_height: Height
    expires: Expiration
    msgs: list[CosmosMsg]
    status: Status
    threshold: Threshold
    total_weight: Weight
    votes: Votes
    proposer: Address
    deposit: None = None

    def now(self, block: BlockInfo) -> "Proposal":
        """The proposal with its status as of this block."""
        status = self.status
        if status == "open" and self._is_passed(block):
            status = "passed"
        if status == "open" and (self._is_rejected(block) or is_expired(self.expires, block)):
            status = "rejected"
        return replace(self, status=status)

    def voted(self, ballot: Ballot) -> "Proposal":
        """The proposal with one more ballot; its status is as it was."""
        return replace(self, votes=self.votes.add(ballot))

    def ended(self, status: Status) -> "Proposal":
        """The proposal with a status that is final."""
        return replace(self, status=status)

    def answer(self, proposal_id: int, block: BlockInfo) -> ProposalAnswer:
        """The proposal as the standard shows it."""
        return ProposalAnswer(
            proposal_id,
            self.title,
            self.description,
            self.msgs,
            self.now(block).status,
            self.expires,
            with_total(self.threshold, self.total_weight),
            self.proposer,
        )

    def _is_passed(self, block: BlockInfo) -> bool:
        match self.threshold:
            case AbsoluteCount(weight):
                return self.votes.yes >= weight
            case AbsolutePercentage(percentage):
                return self.votes.yes >= votes_needed(self._not_abstaining(), percentage)
            case ThresholdQuorum(threshold, quorum):
                if self.votes.total < votes_needed(self.total_weight, quorum):
                    return False
                return self.votes.yes >= votes_needed(self._base(block), threshold)

    def _is_rejected(self, block: BlockInfo) -> bool:
        match self.threshold:
            case AbsoluteCount(weight):
                return self.votes.no > _difference(self.total_weight, weight)
            case AbsolutePercentage(percentage):
                return self.votes.no > votes_needed(self._not_abstaining(), _rest(percentage))
            case ThresholdQuorum(threshold, _):
                return self.votes.no > votes_needed(self._base(block), _rest(threshold))

    def _not_abstaining(self) -> int:
        return _difference(self.total_weight, self.votes.abstain)

    def _base(self, block: BlockInfo) -> int:
        """While it is open, all who have not voted may still do so; then only votes count."""
        if is_expired(self.expires, block):
            return self.votes.total - self.votes.abstain
        return self._not_abstaining()


def votes_needed(weight: int, percentage: Decimal) -> int:
    """The part of a weight that must agree: cut after nine more digits, then rounded up."""
    applied = weight * _NINE_DIGITS * percentage.atomics // ONE
    return -(-applied // _NINE_DIGITS)


def check_threshold(threshold: Threshold, total: int) -> None:
    """Refuse a threshold that nobody could meet, or anybody."""
    match threshold:
        case AbsoluteCount(weight):
            if weight == 0:
                raise Refuse("Required weight cannot be zero")
            if weight > total:
                raise Refuse(
                    "Not possible to reach required (passing) weight",
                    f"all weight together is {total}",
                )
        case AbsolutePercentage(percentage):
            _check_percentage(percentage)
        case ThresholdQuorum(percentage, quorum):
            _check_percentage(percentage)
            if quorum.atomics == 0:
                raise Refuse("Required quorum threshold cannot be zero")
            if quorum.atomics > ONE:
                raise Refuse("Not possible to reach required quorum threshold")


def with_total(threshold: Threshold, total: Weight) -> ThresholdAnswer:
    """A threshold as the standard shows it, beside the total weight."""
    match threshold:
        case AbsoluteCount(weight):
            return CountOfTotal(weight, total)
        case AbsolutePercentage(percentage):
            return PercentageOfTotal(percentage, total)
        case ThresholdQuorum(percentage, quorum):
            return QuorumOfTotal(percentage, quorum, total)


def _check_percentage(percentage: Decimal) -> None:
    if not ONE // 2 <= percentage.atomics <= ONE:
        raise Refuse(
            "Invalid voting threshold percentage, must be in the 0.5-1.0 range",
            f"{percentage} is outside",
        )


def _rest(percentage: Decimal) -> Decimal:
    return Decimal(ONE - percentage.atomics)


def _sum(weight: int, more: int) -> Weight:
    if weight + more > MAX_UINT64:
        raise Overflow("the votes weigh more than 2**64 - 1", "make the weights smaller")
    return Weight(weight + more)


def _difference(weight: int, less: int) -> int:
    """Below zero when the group shrank in the proposal's block, or below the count."""
    if less > weight:
        raise Overflow(
            f"cannot subtract {less} from a total weight of {weight}",
            "the group has shrunk below what counts here; make a new proposal when it has grown",
        )
    return weight - less
