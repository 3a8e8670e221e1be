"""Passing a proposal of a multisig in one call: propose, vote, execute.

Only public verbs: what is here can be typed in cells one by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from devnet.live.accounts import Account
from devnet.live.contracts import Contract
from devnet.live.results import Receipt
from devnet.primitives.errors import InvalidMessage


def pass_proposal(
    council: Contract,
    title: str,
    *,
    voters: Sequence[Account],
    msgs: Sequence[Mapping[str, Any]] | Mapping[str, Any],
    description: str = "",
) -> Receipt:
    """Propose, vote with as many voters as are needed, execute.

    The first voter proposes, which counts as a yes, and executes at the end. Voting
    stops as soon as the proposal has passed.

    Returns
    -------
    Receipt of the execution.

    Raises
    ------
    InvalidMessage
        If there is no voter, or all of them together do not pass it; the proposal then
        stays open and says so.
    """
    if not voters:
        raise InvalidMessage("voters", "give at least the proposer")
    wanted = [msgs] if isinstance(msgs, Mapping) else list(msgs)
    proposed = council.execute.propose(
        sender=voters[0], title=title, description=description, msgs=wanted
    )
    number = proposed["proposal_id"]
    for voter in voters[1:]:
        if council.query.proposal(proposal_id=number).status == "passed":
            break
        council.execute.vote(proposal_id=number, vote="yes", sender=voter)
    status = council.query.proposal(proposal_id=number).status
    if status != "passed":
        raise InvalidMessage("voters", f"proposal {number} is {status}: these votes are not enough")
    executed: Receipt = council.execute.execute(proposal_id=number, sender=voters[0])
    return executed
