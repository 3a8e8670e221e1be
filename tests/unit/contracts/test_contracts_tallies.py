"""CW3 on a running group: the tallies of the reference's scenarios 29 to 33."""

from typing import Any

import pytest
from fakes.contract_worlds import Poa

from devnet import contracts
from devnet.cosmwasm.errors import Refuse
from devnet.primitives.types import Address

QUORUM = {"threshold_quorum": {"threshold": "0.5", "quorum": "0.4"}}


class Vote:
    """One proposal of a multisig with blocks as its period, and what becomes of it."""

    def __init__(self, poa: Poa, threshold: Any, by: Address) -> None:
        self.chain = poa.chain
        self.multisig = self.chain.instantiate(
            contracts.multisig,
            sender=poa.ann,
            group_addr=poa.group,
            threshold=threshold,
            max_voting_period={"height": 10},
        )
        self.status = self.chain.execute(
            self.multisig, "propose", sender=by, title="t", msgs=[]
        ).attributes()["status"]

    def cast(self, by: Address, word: str) -> str:
        done = self.chain.execute(self.multisig, "vote", sender=by, proposal_id=1, vote=word)
        return done.attributes()["status"]

    def call(self, name: str) -> None:
        self.chain.execute(self.multisig, name, sender=self.chain.account("x"), proposal_id=1)

    def shown(self) -> str:
        shown: str = self.chain.query(self.multisig, "proposal", proposal_id=1).status
        return shown


def test_29_a_count_is_met_executed_once_and_takes_no_more_votes(poa: Poa) -> None:
    vote = Vote(poa, {"absolute_count": {"weight": 5}}, by=poa.ann)

    assert vote.status == "Open"
    assert vote.cast(poa.dan, "yes") == "Passed"
    vote.call("execute")
    with pytest.raises(Refuse, match="must have passed and not yet been executed"):
        vote.call("execute")
    with pytest.raises(Refuse, match="Proposal is not open"):
        vote.cast(poa.ben, "yes")


def test_30_a_count_out_of_reach_is_rejected_at_once_and_for_good(poa: Poa) -> None:
    vote = Vote(poa, {"absolute_count": {"weight": 8}}, by=poa.ann)

    assert vote.cast(poa.ben, "no") == "Rejected"
    assert vote.cast(poa.cat, "yes") == "Rejected"
    assert vote.cast(poa.dan, "yes") == "Rejected"
    poa.chain.step(20)
    with pytest.raises(Refuse, match="Cannot close completed or passed proposals"):
        vote.call("close")


def test_31_abstention_makes_the_base_smaller(poa: Poa) -> None:
    vote = Vote(poa, {"absolute_percentage": {"percentage": "0.5"}}, by=poa.cat)

    assert vote.cast(poa.ann, "abstain") == "Open"
    assert vote.cast(poa.dan, "yes") == "Passed"


def test_32_a_quorum_that_is_missed_rejects_at_expiry(poa: Poa) -> None:
    vote = Vote(poa, QUORUM, by=poa.ben)
    assert vote.shown() == "open"

    poa.chain.step(10)

    assert vote.shown() == "rejected"
    vote.call("close")


def test_32_a_quorum_that_is_met_passes_by_expiry_alone(poa: Poa) -> None:
    vote = Vote(poa, QUORUM, by=poa.ben)
    assert vote.cast(poa.dan, "abstain") == "Open"

    poa.chain.step(10)

    assert vote.shown() == "passed"
    with pytest.raises(Refuse, match="Cannot close"):
        vote.call("close")
    vote.call("execute")
    assert vote.shown() == "executed"


def test_33_when_all_abstain_a_proposer_without_weight_passes(poa: Poa) -> None:
    member = [{"addr": poa.eve, "weight": 0}]
    poa.chain.execute(poa.group, "update_members", add=member, remove=[], sender=poa.membership)
    poa.chain.step()
    vote = Vote(poa, QUORUM, by=poa.eve)

    statuses = [vote.cast(v, "abstain") for v in (poa.ann, poa.ben, poa.cat, poa.dan)]

    assert statuses[-1] == "Passed"


def test_one_hundred_percent_asks_everybody(poa: Poa) -> None:
    vote = Vote(poa, {"absolute_percentage": {"percentage": "1"}}, by=poa.ann)

    assert [vote.cast(v, "yes") for v in (poa.ben, poa.cat, poa.dan)] == ["Open", "Open", "Passed"]


def test_a_group_of_one_decides_alone_and_may_remove_itself(poa: Poa) -> None:
    poa.chain.execute(
        poa.group,
        "update_members",
        add=[],
        remove=[poa.ben, poa.cat, poa.dan],
        sender=poa.membership,
    )
    poa.chain.step()
    vote = Vote(poa, {"absolute_percentage": {"percentage": "0.6"}}, by=poa.ann)
    assert vote.status == "Passed"

    poa.chain.execute(poa.group, "update_members", add=[], remove=[poa.ann], sender=poa.membership)

    assert poa.chain.query(poa.group, "list_members").members == []
    with pytest.raises(Refuse, match="Unauthorized"):
        Vote(poa, QUORUM, by=poa.ann)
