"""A vote about the Authority, as a council's queries tell it: proposal, tally, who is left.

Counts as CW3 multisigs count (cw-plus, ``cw3``): yes against a threshold of the total
weight less abstentions, rounded up after nine digits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from devnet.live.accounts import signer
from devnet.live.errors import LabError
from devnet_widgets.readings import answers, contract_at, field, paged, permission

if TYPE_CHECKING:
    from devnet.live.contracts import Contract
    from devnet.live.devnet import Devnet

PASSED: Final = "passed"
"""State of a proposal that anyone may execute."""
_LIVE: Final = (PASSED, "open")
"""States in which something can still be done with a proposal, the nearest to its end first."""
_ONE: Final = 10**18
_DIGITS: Final = 10**9


@dataclass(frozen=True, slots=True)
class Ballot:
    """A proposal that would put a contract in office, and how it stands.

    Attributes
    ----------
    needed
        Weight of yes it takes as things stand; ``None`` if the threshold is of a kind
        not known here.
    votes
        What each voter said, by name.
    """

    proposal_id: int
    title: str
    status: str
    yes: int
    needed: int | None
    total: int
    votes: Mapping[str, str]

    @property
    def standing(self) -> str:
        """``has passed`` or ``is open``, after its number."""
        return "has passed" if self.status == PASSED else f"is {self.status}"

    def sentence(self) -> str:
        """How it stands, in words."""
        needed = "" if self.needed is None else f", {self.needed} needed"
        return (
            f"proposal {self.proposal_id} is {self.status}: {self.yes} of {self.total} yes{needed}"
        )


def council_of(net: "Devnet") -> "Contract | None":
    """The multisig that is Admin of x/validator; None if an account or nobody is."""
    admin = contract_at(net, permission(net, "admin"))
    return admin if admin is not None and answers(admin, "reverse_proposals") else None


def candidates(net: "Devnet") -> "list[Contract]":
    """Contracts that could be the Authority and are not: they answer CW7."""
    present = permission(net, "authority")
    return [
        contract
        for contract in net.contracts.values()
        if contract.address != present and answers(contract, "list_validators")
    ]


def voters_of(net: "Devnet", council: "Contract") -> list[str]:
    """Names of a council's voters whose keys are here, so that they can vote."""
    if not answers(council, "list_voters"):
        return []
    voters = paged(council, "list_voters", "voters", after="addr")
    named = [net.label(field(v, "addr")) for v in voters if int(field(v, "weight"))]
    return sorted(name for name in named if _signs(net, name))


def _signs(net: "Devnet", name: str) -> bool:
    try:
        signer(net.session, name)
    except LabError:
        return False
    return True


def find_ballot(net: "Devnet", council: "Contract", target: str) -> Ballot | None:
    """The proposal that would make an address the Authority and waits for a vote or its execution.

    Of several the one that has passed, then the latest: a later one must not put it out of
    reach.
    """
    answer = council.query.reverse_proposals(limit=30)
    waiting = [
        proposal
        for proposal in field(answer, "proposals")
        if field(proposal, "status") in _LIVE
        and _proposed_authority(field(proposal, "msgs")) == target
    ]
    waiting.sort(key=lambda proposal: _LIVE.index(str(field(proposal, "status"))))
    return _ballot(net, council, waiting[0]) if waiting else None


def _ballot(net: "Devnet", council: "Contract", proposal: Any) -> Ballot:
    number = int(field(proposal, "id"))
    cast = paged(council, "list_votes", "votes", after="voter", proposal_id=number)
    weights: dict[str, int] = {}
    for vote in cast:
        said = str(field(vote, "vote"))
        weights[said] = weights.get(said, 0) + int(field(vote, "weight"))
    needed, total = _needed(field(proposal, "threshold"), weights)
    return Ballot(
        proposal_id=number,
        title=str(field(proposal, "title")),
        status=str(field(proposal, "status")),
        yes=weights.get("yes", 0),
        needed=needed,
        total=total,
        votes={net.label(field(vote, "voter")): str(field(vote, "vote")) for vote in cast},
    )


def _needed(threshold: Any, weights: Mapping[str, int]) -> tuple[int | None, int]:
    """Weight of yes that passes, and the total; of every kind of CW3 threshold."""
    for kind, share in (
        ("absolute_count", "weight"),
        ("absolute_percentage", "percentage"),
        ("threshold_quorum", "threshold"),
    ):
        found = field(threshold, kind)
        if found is None:
            continue
        total = int(field(found, "total_weight"))
        if kind == "absolute_count":
            return int(field(found, share)), total
        base = total - weights.get("abstain", 0)
        return _votes_needed(base, str(field(found, share))), total
    return None, 0


def _votes_needed(weight: int, share: str) -> int:
    whole, _, digits = share.partition(".")
    scaled = int(whole) * _ONE + int(digits.ljust(18, "0")[:18] or 0)
    applied = weight * _DIGITS * scaled // _ONE
    return -(-applied // _DIGITS)


def _proposed_authority(messages: Sequence[Any]) -> str | None:
    for message in messages:
        custom = field(message, "custom")
        module = field(custom, "validator") if custom is not None else None
        wanted = field(module, "set_permissions") if module is not None else None
        if wanted is not None and field(wanted, "authority"):
            return str(field(wanted, "authority"))
    return None
