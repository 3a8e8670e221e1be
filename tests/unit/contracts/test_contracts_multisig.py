"""CW3 over a group: proposals, votes, execution, expiry."""

from base64 import b64encode
from typing import Any

import pytest
from fakes.contract_chain import ContractChain, HostError
from fakes.contract_worlds import Poa, key_of

from devnet import contracts
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import bank_send, wasm_execute
from devnet.cosmwasm.specs.cw4 import Cw4, Member
from devnet.cosmwasm.wire import UncheckedAddress
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coin, Denom, Weight


def add_eve(poa: Poa, weight: int = 5) -> Any:
    member = Member(UncheckedAddress(poa.eve), Weight(weight))
    return Cw4(poa.group).update_members(add=[member])


def propose(
    poa: Poa, by: Address, *msgs: object, multisig: Address | None = None, **rest: Any
) -> int:
    made = poa.chain.execute(
        multisig or poa.membership, "propose", sender=by, title="t", msgs=list(msgs), **rest
    )
    return int(made.attributes()["proposal_id"])


def vote(poa: Poa, by: Address, number: int, word: str = "yes", of: Address | None = None) -> str:
    done = poa.chain.execute(of or poa.membership, "vote", sender=by, proposal_id=number, vote=word)
    return done.attributes()["status"]


def status(poa: Poa, number: int, of: Address | None = None) -> str:
    shown: str = poa.chain.query(of or poa.membership, "proposal", proposal_id=number).status
    return shown


def run(poa: Poa, number: int, by: Address | None = None, of: Address | None = None) -> None:
    poa.chain.execute(of or poa.membership, "execute", sender=by or poa.eve, proposal_id=number)


def multisig(poa: Poa, threshold: Any, **rest: Any) -> Address:
    return poa.chain.instantiate(
        contracts.multisig, sender=poa.ann, group_addr=poa.group, threshold=threshold, **rest
    )


def test_six_of_ten_pass_and_five_do_not(poa: Poa) -> None:
    poa.chain.execute(poa.group, "register_pubkey", pubkey=key_of("eve"), sender=poa.eve)
    first = propose(poa, poa.ben, add_eve(poa))
    assert vote(poa, poa.cat, first) == "Open"
    with pytest.raises(Refuse, match="must have passed and not yet been executed; proposal 1 is"):
        run(poa, first)

    second = propose(poa, poa.ann, add_eve(poa))
    assert vote(poa, poa.cat, second) == "Passed"
    run(poa, second)

    ((_, diffs),) = poa.chain.state.diffs
    assert [(d["operator"], d["weight"]) for d in diffs] == [(poa.eve, 5)]
    assert poa.chain.query(poa.group, "total_weight").weight == 15


def test_eight_of_ten_pass_and_seven_do_not(poa: Poa) -> None:
    change = {"custom": {"validator": {"set_permissions": {"slashing": poa.eve}}}}
    number = propose(poa, poa.ann, change, multisig=poa.council)
    assert vote(poa, poa.ben, number, of=poa.council) == "Open"

    assert vote(poa, poa.dan, number, of=poa.council) == "Passed"
    run(poa, number, of=poa.council)

    assert poa.chain.state.offices["slashing"] == poa.eve


def test_only_the_council_changes_permissions(poa: Poa) -> None:
    change = {"custom": {"validator": {"set_permissions": {"slashing": poa.eve}}}}
    number = propose(poa, poa.ann, change)
    vote(poa, poa.cat, number)

    with pytest.raises(HostError, match="is not the admin"):
        run(poa, number)

    assert status(poa, number) == "passed"


def test_the_proposers_yes_counts_at_once(poa: Poa) -> None:
    alone = multisig(poa, {"absolute_count": {"weight": 4}})

    made = poa.chain.execute(alone, "propose", sender=poa.ann, title="t", msgs=[])

    assert made.attributes() == {
        "action": "propose",
        "sender": poa.ann,
        "proposal_id": "1",
        "status": "Passed",
    }


def test_a_stranger_neither_proposes_nor_votes(poa: Poa) -> None:
    with pytest.raises(Refuse, match=f"Unauthorized; {poa.eve} is no member of the group"):
        propose(poa, poa.eve)
    number = propose(poa, poa.ann)
    with pytest.raises(Refuse, match=f"Unauthorized; {poa.eve} had no weight in the group"):
        vote(poa, poa.eve, number)


def test_a_member_without_weight_proposes_but_does_not_vote(poa: Poa) -> None:
    poa.decide(poa.membership, [add_eve(poa, weight=0)], (poa.ann, poa.ben))
    poa.chain.step()

    number = propose(poa, poa.eve)

    assert stored(poa, number)["votes"]["yes"] == 0
    with pytest.raises(Refuse, match="Unauthorized"):
        vote(poa, poa.eve, number, "no")


def stored(poa: Poa, number: int) -> Any:
    key = bytes.fromhex("000970726f706f73616c73") + number.to_bytes(8)
    return loads(poa.chain.storage(poa.membership)[key])


def test_a_vote_is_given_once(poa: Poa) -> None:
    number = propose(poa, poa.dan)
    with pytest.raises(Refuse, match="Already voted on this proposal"):
        vote(poa, poa.dan, number)
    vote(poa, poa.cat, number, "veto")
    with pytest.raises(Refuse, match="Already voted on this proposal"):
        vote(poa, poa.cat, number)


def test_weights_are_those_at_the_start_of_the_proposals_block(poa: Poa) -> None:
    number = propose(poa, poa.ben)
    poa.chain.step()
    add = [
        Member(UncheckedAddress(poa.eve), Weight(100)),
        Member(UncheckedAddress(poa.dan), Weight(50)),
    ]
    poa.decide(
        poa.membership,
        [Cw4(poa.group).update_members(add=add, remove=[poa.cat])],
        (poa.ann, poa.ben),
    )
    poa.chain.step()

    with pytest.raises(Refuse, match="Unauthorized"):
        vote(poa, poa.eve, number)
    vote(poa, poa.dan, number)
    vote(poa, poa.cat, number)

    assert stored(poa, number)["votes"]["yes"] == 3 + 1 + 2
    assert stored(poa, number)["total_weight"] == 10
    assert status(poa, number) == "passed"


def test_who_came_in_the_proposals_own_block_does_not_vote(poa: Poa) -> None:
    poa.decide(poa.membership, [add_eve(poa)], (poa.ann, poa.cat))
    number = propose(poa, poa.ann)

    with pytest.raises(Refuse, match="had no weight in the group"):
        vote(poa, poa.eve, number)


def test_execution_happens_once_and_voting_ends_with_it(poa: Poa) -> None:
    number = propose(poa, poa.ann)
    vote(poa, poa.ben, number)
    vote(poa, poa.cat, number)
    run(poa, number)

    with pytest.raises(Refuse, match="must have passed and not yet been executed"):
        run(poa, number)
    with pytest.raises(Refuse, match="Proposal is not open; it is executed"):
        vote(poa, poa.dan, number)


def test_a_failing_message_leaves_the_proposal_passed(poa: Poa) -> None:
    pay = bank_send(poa.eve, Coin(Denom("utgd"), 1))
    number = propose(poa, poa.ann, pay, bank_send(poa.eve, Coin(Denom("utgd"), 10)))
    vote(poa, poa.cat, number)
    poa.chain._add(poa.membership, "utgd", 5)
    before = poa.chain.balance(poa.eve)

    with pytest.raises(HostError, match="insufficient funds"):
        run(poa, number)
    assert status(poa, number) == "passed"
    assert poa.chain.balance(poa.eve) == before

    poa.chain._add(poa.membership, "utgd", 6)
    run(poa, number)
    assert poa.chain.balance(poa.eve) == before + 11
    assert status(poa, number) == "executed"


def test_an_expired_proposal_is_closed_and_takes_no_votes(poa: Poa) -> None:
    number = propose(poa, poa.dan)
    with pytest.raises(Refuse, match="Proposal must expire before you can close it"):
        poa.chain.execute(poa.membership, "close", sender=poa.eve, proposal_id=number)
    poa.chain.step(seconds=14 * 24 * 3600)

    assert status(poa, number) == "rejected"
    with pytest.raises(Refuse, match="Proposal voting period has expired"):
        vote(poa, poa.ann, number)
    poa.chain.execute(poa.membership, "close", sender=poa.eve, proposal_id=number)
    with pytest.raises(Refuse, match="Cannot close completed or passed proposals"):
        poa.chain.execute(poa.membership, "close", sender=poa.eve, proposal_id=number)


def test_a_passed_proposal_outlives_its_expiry_and_is_not_closed(poa: Poa) -> None:
    number = propose(poa, poa.ann)
    vote(poa, poa.cat, number)
    poa.chain.step(seconds=15 * 24 * 3600)

    with pytest.raises(Refuse, match="Cannot close"):
        poa.chain.execute(poa.membership, "close", sender=poa.eve, proposal_id=number)
    run(poa, number)


def test_a_voting_period_may_be_shorter_but_not_longer(poa: Poa) -> None:
    by_height = multisig(poa, {"absolute_count": {"weight": 10}}, max_voting_period={"height": 5})
    now = poa.chain.height

    def expires(latest: object) -> Any:
        number = propose(poa, poa.ann, multisig=by_height, latest=latest)
        return poa.chain.query(by_height, "proposal", proposal_id=number).expires

    assert expires(None) == {"at_height": now + 5}
    assert expires({"at_height": now + 2}) == {"at_height": now + 2}
    assert expires({"at_height": now + 10}) == {"at_height": now + 5}
    assert expires({"never": {}}) == {"at_height": now + 5}
    with pytest.raises(Refuse, match="Wrong expiration option"):
        expires({"at_time": "1"})


@pytest.mark.parametrize(
    ("executor", "allowed", "refused"),
    [(None, "eve", None), ("member", "dan", "eve"), ({"only": "cat"}, "cat", "ann")],
    ids=["anyone", "members", "only one"],
)
def test_who_may_execute(poa: Poa, executor: Any, allowed: str, refused: str | None) -> None:
    named = {"only": getattr(poa, executor["only"])} if isinstance(executor, dict) else executor
    strict = multisig(poa, {"absolute_count": {"weight": 4}}, executor=named)
    number = propose(poa, poa.ann, multisig=strict)

    if refused is not None:
        with pytest.raises(Refuse, match="Unauthorized; only"):
            run(poa, number, by=getattr(poa, refused), of=strict)
    run(poa, number, by=getattr(poa, allowed), of=strict)

    assert status(poa, number, of=strict) == "executed"


def test_a_multisig_needs_a_group(poa: Poa) -> None:
    half = {"absolute_percentage": {"percentage": "0.5"}}

    def make(group: str) -> None:
        poa.chain.instantiate(contracts.multisig, sender=poa.ann, group_addr=group, threshold=half)

    with pytest.raises(Refuse, match="Group contract invalid address 'nonsense'"):
        make("nonsense")
    with pytest.raises(Refuse, match="No such contract"):
        make(poa.eve)
    with pytest.raises(Refuse, match="has no total: it is no group"):
        make(poa.council)


def test_the_hook_is_taken_from_the_group_only(poa: Poa) -> None:
    with pytest.raises(Refuse, match="Unauthorized; only the group"):
        poa.chain.execute(poa.membership, "member_changed_hook", diffs=[], sender=poa.ann)

    hook = wasm_execute(poa.group, {"add_hook": {"addr": poa.membership}})
    poa.decide(poa.membership, [hook], (poa.ann, poa.ben))
    poa.decide(poa.membership, [add_eve(poa)], (poa.ann, poa.ben))

    assert (poa.membership, "execute") in [call[:2] for call in poa.chain.calls]


def test_queries_answer_as_the_standard_says(poa: Poa) -> None:
    ask = poa.chain.ask
    number = propose(poa, poa.ann, add_eve(poa), description="why")
    vote(poa, poa.dan, number, "no")
    shown = ask(poa.membership, {"proposal": {"proposal_id": number}})

    assert shown == {
        "id": 1,
        "title": "t",
        "description": "why",
        "msgs": [add_eve(poa)],
        "status": "open",
        "expires": {"at_time": str(poa.chain.time + 14 * 24 * 3600 * 10**9)},
        "threshold": {"absolute_percentage": {"percentage": "0.6", "total_weight": 10}},
        "proposer": poa.ann,
        "deposit": None,
    }
    assert ask(poa.membership, {"threshold": {}}) == shown["threshold"]
    ballot = {"proposal_id": 1, "voter": poa.dan, "vote": "no", "weight": 1}
    assert ask(poa.membership, {"vote": {"proposal_id": 1, "voter": poa.dan}}) == {"vote": ballot}
    assert ask(poa.membership, {"vote": {"proposal_id": 1, "voter": poa.eve}}) == {"vote": None}
    votes = ask(poa.membership, {"list_votes": {"proposal_id": 1}})["votes"]
    assert [v["voter"] for v in votes] == sorted([poa.ann, poa.dan])
    assert ask(poa.membership, {"voter": {"address": poa.ann}}) == {"weight": 4}
    assert ask(poa.membership, {"voter": {"address": poa.eve}}) == {"weight": None}
    voters = ask(poa.membership, {"list_voters": {"limit": 2}})["voters"]
    assert [v["addr"] for v in voters] == sorted([poa.ann, poa.ben, poa.cat, poa.dan])[:2]
    assert ask(poa.membership, {"config": {}}) == {
        "threshold": {"absolute_percentage": {"percentage": "0.6"}},
        "max_voting_period": {"time": 14 * 24 * 3600},
        "group_addr": poa.group,
        "executor": None,
        "proposal_deposit": None,
    }


def test_proposals_are_paged_in_both_directions(poa: Poa) -> None:
    for _ in range(12):
        propose(poa, poa.ann)

    def ids(name: str, **bounds: int) -> list[int]:
        page = poa.chain.query(poa.membership, name, **bounds)
        return [proposal.id for proposal in page.proposals]

    assert ids("list_proposals") == list(range(1, 11))
    assert ids("list_proposals", start_after=10) == [11, 12]
    assert ids("reverse_proposals", limit=3) == [12, 11, 10]
    assert ids("reverse_proposals", start_before=3) == [2, 1]
    assert ids("reverse_proposals", start_before=1) == []


def test_an_unknown_proposal_is_named(poa: Poa) -> None:
    with pytest.raises(Refuse, match=r"proposals\[7\] not found"):
        poa.chain.query(poa.membership, "proposal", proposal_id=7)
    assert poa.chain.query(poa.membership, "list_votes", proposal_id=7).votes == []


def test_a_message_that_is_none_is_refused_when_proposed(poa: Poa) -> None:
    strange: list[Any] = [{"nothing": {}}, {"bank": {}, "wasm": {}}, {"wasm": []}, "send"]
    for msg in strange:
        raw = {"propose": {"title": "t", "description": "", "msgs": [msg]}}
        with pytest.raises(Refuse, match=r"propose\.msgs\[0\]"):
            poa.chain.send(poa.membership, raw, sender=poa.ann)


def test_a_proposal_may_call_its_own_multisig(poa: Poa) -> None:
    inner = propose(poa, poa.ann)
    vote(poa, poa.ben, inner)
    again = wasm_execute(poa.membership, {"execute": {"proposal_id": inner}})
    outer = propose(poa, poa.ann, again)
    vote(poa, poa.cat, outer)

    run(poa, outer)

    assert status(poa, inner) == "executed"


def test_a_group_made_in_the_same_block_has_no_voters_but_the_proposer(
    chain: ContractChain,
) -> None:
    ann, ben = chain.account("ann"), chain.account("ben")
    members = [{"addr": ann, "weight": 1}, {"addr": ben, "weight": 1}]
    group = chain.instantiate(contracts.group, sender=ann, admin=ann, members=members)
    both = {"absolute_count": {"weight": 2}}
    made = chain.instantiate(contracts.multisig, sender=ann, group_addr=group, threshold=both)
    chain.execute(made, "propose", sender=ann, title="t", msgs=[])

    with pytest.raises(Refuse, match="had no weight in the group"):
        chain.execute(made, "vote", sender=ben, proposal_id=1, vote="yes")


def test_messages_travel_as_they_were_proposed(poa: Poa) -> None:
    inner = b64encode(dumps({"remove_hook": {"addr": poa.eve}})).decode()
    msg = {"wasm": {"execute": {"contract_addr": poa.group, "msg": inner, "funds": []}}}

    number = propose(poa, poa.ann, msg)

    assert stored(poa, number)["msgs"] == [msg]
