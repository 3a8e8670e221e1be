"""CW7: keys, waiting members, and the diffs a group sends as Authority; its slashers."""

from base64 import b64encode
from typing import Any

import pytest
from fakes.contract_chain import ContractChain
from fakes.contract_worlds import Poa, key_of

from devnet.cosmwasm.errors import Refuse
from devnet.primitives.types import Address


def update(poa: Poa, add: dict[Address, int], remove: tuple[Address, ...] = ()) -> None:
    members = [{"addr": addr, "weight": weight} for addr, weight in add.items()]
    poa.chain.execute(
        poa.group, "update_members", sender=poa.membership, add=members, remove=list(remove)
    )


def b64(name: str) -> str:
    return b64encode(key_of(name)).decode()


def test_the_set_holds_members_with_weight_and_key(poa: Poa) -> None:
    update(poa, {poa.eve: 5, poa.dan: 0})

    listed = poa.chain.query(poa.group, "list_validators").validators

    expected = sorted([(poa.ann, 4, "ann"), (poa.ben, 3, "ben"), (poa.cat, 2, "cat")])
    assert [(v.operator, v.weight, v.pubkey) for v in listed] == [
        (addr, weight, key_of(name)) for addr, weight, name in expected
    ]


def test_a_page_of_the_set_goes_on_after_an_operator(poa: Poa) -> None:
    operators = sorted([poa.ann, poa.ben, poa.cat, poa.dan])

    page = poa.chain.query(poa.group, "list_validators", start_after=operators[0], limit=2)

    assert [v.operator for v in page.validators] == operators[1:3]


def test_one_validator_is_shown_with_and_without_key_and_weight(poa: Poa) -> None:
    def ask(addr: Address) -> Any:
        return poa.chain.query(poa.group, "validator", operator=addr).validator

    assert ask(poa.eve) is None

    update(poa, {poa.eve: 5})
    waiting = ask(poa.eve)
    assert (waiting.pubkey, waiting.weight) == (None, 5)

    update(poa, {}, remove=(poa.ann,))
    gone = ask(poa.ann)
    assert (gone.pubkey, gone.weight) == (key_of("ann"), 0)


def test_a_change_of_weight_is_a_diff_of_exactly_one_entry(poa: Poa) -> None:
    poa.chain.execute(poa.group, "register_pubkey", pubkey=key_of("eve"), sender=poa.eve)
    assert poa.chain.state.diffs == []

    update(poa, {poa.eve: 5, poa.ann: 4})

    ((_, diffs),) = poa.chain.state.diffs
    assert diffs == [{"operator": poa.eve, "pubkey": b64("eve"), "weight": 5}]
    assert poa.chain.query(poa.group, "total_weight").weight == 15


def test_weight_without_a_key_waits_and_counts_when_the_key_comes(poa: Poa) -> None:
    update(poa, {poa.eve: 5})
    assert poa.chain.state.diffs == []

    poa.chain.execute(poa.group, "register_pubkey", pubkey=key_of("eve"), sender=poa.eve)

    assert poa.chain.validators() == {poa.eve: 5}


def test_the_last_entry_of_a_key_is_the_one_that_is_sent(poa: Poa) -> None:
    members = [{"addr": poa.ann, "weight": weight} for weight in (7, 9)]
    poa.chain.execute(
        poa.group, "update_members", sender=poa.membership, add=members, remove=[poa.ben]
    )

    ((_, diffs),) = poa.chain.state.diffs
    assert {d["operator"]: d["weight"] for d in diffs} == {poa.ann: 9, poa.ben: 0}


def test_a_key_is_for_good_and_for_one_operator(poa: Poa) -> None:
    register = poa.chain.execute
    with pytest.raises(Refuse, match="has registered a key already"):
        register(poa.group, "register_pubkey", pubkey=key_of("new"), sender=poa.ann)
    with pytest.raises(Refuse, match=f"this key belongs to {poa.ann}"):
        register(poa.group, "register_pubkey", pubkey=key_of("ann"), sender=poa.eve)
    with pytest.raises(Refuse, match="pubkey has 31 bytes; an ed25519 public key has 32"):
        register(poa.group, "register_pubkey", pubkey=bytes(31), sender=poa.eve)


def test_a_slasher_takes_a_portion_and_the_set_follows(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)
    assert chain.query(poa.group, "is_slasher", addr=poa.eve) is True
    assert chain.query(poa.group, "list_slashers") == [poa.eve]

    done = chain.execute(poa.group, "slash", addr=poa.ann, portion="0.5", sender=poa.eve)

    assert done.of("slash") == [{"addr": poa.ann, "amount": "2", "portion": "0.5"}]
    assert chain.validators() == {poa.ann: 2}
    assert chain.query(poa.group, "total_weight").weight == 8


def test_portion_one_leaves_a_member_that_may_be_voted_back(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)

    chain.execute(poa.group, "slash", addr=poa.ann, portion="1", sender=poa.eve)

    assert chain.query(poa.group, "member", addr=poa.ann).weight == 0
    update(poa, {poa.ann: 4})
    assert chain.query(poa.group, "member", addr=poa.ann).weight == 4


def test_the_base_is_the_weight_at_the_height(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)
    infraction = chain.height
    chain.step()
    update(poa, {poa.ann: 400})
    chain.step()

    done = chain.execute(
        poa.group, "slash", addr=poa.ann, portion="0.5", at_height=infraction, sender=poa.eve
    )

    assert done.of("slash")[0]["amount"] == "2"
    assert chain.query(poa.group, "member", addr=poa.ann).weight == 398


def test_more_than_there_is_is_never_taken(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)
    infraction = chain.height
    chain.step()
    update(poa, {poa.ann: 1})

    done = chain.execute(
        poa.group, "slash", addr=poa.ann, portion="0.5", at_height=infraction, sender=poa.eve
    )

    assert done.of("slash")[0]["amount"] == "1"


def test_a_stranger_has_nothing_to_take(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)

    done = chain.execute(poa.group, "slash", addr=poa.eve, portion="0.5", sender=poa.eve)

    assert done.of("slash")[0]["amount"] == "0"
    assert chain.state.diffs == []


@pytest.mark.parametrize("portion", ["0", "1.000000000000000001", "2"])
def test_a_portion_is_above_zero_and_at_most_one(
    poa: Poa, chain: ContractChain, portion: str
) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)

    with pytest.raises(Refuse, match="Invalid portion"):
        chain.execute(poa.group, "slash", addr=poa.ann, portion=portion, sender=poa.eve)


def test_only_slashers_slash_and_the_admin_is_none(poa: Poa, chain: ContractChain) -> None:
    for sender in (poa.membership, poa.ann):
        with pytest.raises(Refuse, match=f"Unauthorized; {sender} is no slasher"):
            chain.execute(poa.group, "slash", addr=poa.ann, portion="1", sender=sender)
        with pytest.raises(Refuse, match="Unauthorized"):
            chain.execute(poa.group, "tombstone", addr=poa.ann, sender=sender)


def test_a_slasher_may_take_itself_out(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)
    with pytest.raises(Refuse, match="already registered as a slasher"):
        chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)
    with pytest.raises(Refuse, match="Caller is not admin"):
        chain.execute(poa.group, "remove_slasher", addr=poa.eve, sender=poa.ann)

    chain.execute(poa.group, "remove_slasher", addr=poa.eve, sender=poa.eve)

    assert chain.query(poa.group, "list_slashers") == []
    with pytest.raises(Refuse, match="not registered as a slasher"):
        chain.execute(poa.group, "remove_slasher", addr=poa.eve, sender=poa.eve)


def test_who_is_tombstoned_never_has_weight_again(poa: Poa, chain: ContractChain) -> None:
    chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)

    chain.execute(poa.group, "tombstone", addr=poa.ann, sender=poa.eve)

    assert chain.state.diffs[-1][1][0]["weight"] == 0
    assert chain.query(poa.group, "member", addr=poa.ann).weight is None
    with pytest.raises(Refuse, match="is tombstoned; since height"):
        update(poa, {poa.ann: 1})
    again = chain.execute(poa.group, "tombstone", addr=poa.ann, sender=poa.eve)
    assert again.events == []
