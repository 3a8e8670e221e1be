"""CW3: contracts in which several decide.

Shapes of the standard (cosmwasm reference, section 18). How votes are counted is in
``contracts/parts/ballots``.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from devnet.cosmwasm.expiration import Duration, Expiration
from devnet.cosmwasm.messages import CosmosMsg
from devnet.cosmwasm.wire import UncheckedAddress
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import Address, Weight

Vote: TypeAlias = Literal["yes", "no", "abstain", "veto"]
Status: TypeAlias = Literal["pending", "open", "rejected", "passed", "executed"]
"""``pending`` belongs to the standard and is never used here."""
_DEFAULT_LIMIT, _MAX_LIMIT = 10, 30


def proposal_page(limit: int | None) -> int:
    """How many proposals, votes or voters a page holds: 10 unless asked, never more than 30."""
    return _DEFAULT_LIMIT if limit is None else min(limit, _MAX_LIMIT)


@dataclass(frozen=True, slots=True)
class AbsoluteCount:
    """Passes with this much weight for it."""

    weight: Weight


@dataclass(frozen=True, slots=True)
class AbsolutePercentage:
    """Passes with this part of all weight that does not abstain."""

    percentage: Decimal


@dataclass(frozen=True, slots=True)
class ThresholdQuorum:
    """Passes with a part of the votes cast, if enough of all weight takes part."""

    threshold: Decimal
    quorum: Decimal


Threshold: TypeAlias = AbsoluteCount | AbsolutePercentage | ThresholdQuorum


@dataclass(frozen=True, slots=True)
class CountOfTotal:
    """:class:`AbsoluteCount` in an answer."""

    weight: Weight
    total_weight: Weight
    TAG: ClassVar[str] = "absolute_count"


@dataclass(frozen=True, slots=True)
class PercentageOfTotal:
    """:class:`AbsolutePercentage` in an answer."""

    percentage: Decimal
    total_weight: Weight
    TAG: ClassVar[str] = "absolute_percentage"


@dataclass(frozen=True, slots=True)
class QuorumOfTotal:
    """:class:`ThresholdQuorum` in an answer."""

    threshold: Decimal
    quorum: Decimal
    total_weight: Weight
    TAG: ClassVar[str] = "threshold_quorum"


ThresholdAnswer: TypeAlias = CountOfTotal | PercentageOfTotal | QuorumOfTotal


@dataclass(frozen=True, slots=True)
class Only:
    """Only this account may execute; the address is taken as it is typed."""

    value: UncheckedAddress


Executor: TypeAlias = Literal["member"] | Only
"""Who may execute what has passed; nobody named means anyone."""


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """Answer of ``proposal``; the status is that of this very block."""

    id: int
    title: str
    description: str
    msgs: list[CosmosMsg]
    status: Status
    expires: Expiration
    threshold: ThresholdAnswer
    proposer: Address
    deposit: None = None


@dataclass(frozen=True, slots=True)
class ProposalsAnswer:
    """Answer of ``list_proposals`` and ``reverse_proposals``."""

    proposals: list[ProposalAnswer]


@dataclass(frozen=True, slots=True)
class VoteInfo:
    """One ballot."""

    proposal_id: int
    voter: Address
    vote: Vote
    weight: Weight


@dataclass(frozen=True, slots=True)
class VoteAnswer:
    """Answer of ``vote``; ``None`` if the voter has not voted."""

    vote: VoteInfo | None


@dataclass(frozen=True, slots=True)
class VotesAnswer:
    """Answer of ``list_votes``, in order of voter."""

    votes: list[VoteInfo]


@dataclass(frozen=True, slots=True)
class VoterAnswer:
    """Answer of ``voter``: weight now, ``None`` for a stranger."""

    weight: Weight | None


@dataclass(frozen=True, slots=True)
class Voter:
    """Someone who may vote."""

    addr: UncheckedAddress
    weight: Weight


@dataclass(frozen=True, slots=True)
class VotersAnswer:
    """Answer of ``list_voters``."""

    voters: list[Voter]


@dataclass(frozen=True, slots=True)
class Config:
    """Answer of ``config`` of a multisig over a group."""

    threshold: Threshold
    max_voting_period: Duration
    group_addr: Address
    executor: Executor | None = None
    proposal_deposit: None = None
