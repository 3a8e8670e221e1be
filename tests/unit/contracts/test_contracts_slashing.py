"""CW9, and the story of the tour on the level of contracts."""

from typing import Any

import pytest
from fakes.contract_worlds import Poa, Pos, key_of, make_pos

from devnet import contracts
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import wasm_execute
from devnet.primitives.types import Address


def report(chain: Any, slashing: Address, operator: Address, height: int) -> Any:
    return chain.sudo(
        slashing,
        "byzantine",
        evidence_type="duplicate_vote",
        operator=operator,
        pubkey=key_of("x"),
        hash="ab" * 32,
        height=height,
        time=chain.time,
        validator_power=2,
        total_power=10,
    )


def make_slashing(poa: Poa, target: Address, **options: Any) -> Address:
    return poa.chain.instantiate(
        contracts.slashing, sender=poa.ann, admin=poa.council, targets=[target], **options
    )


def test_proof_of_authority_a_double_sign_takes_a_member_out(poa: Poa) -> None:
    slashing = make_slashing(poa, poa.group, double_sign_portion="1")
    add = wasm_execute(poa.group, {"add_slasher": {"addr": slashing}})
    poa.decide(poa.membership, [add], (poa.ann, poa.ben))
    infraction = poa.chain.height
    poa.chain.step()

    report(poa.chain, slashing, poa.cat, infraction)

    assert poa.chain.query(poa.group, "member", addr=poa.cat).weight is None
    assert poa.chain.validators() == {}
    assert [diffs[0]["weight"] for _, diffs in poa.chain.state.diffs] == [0]
    assert poa.chain.query(poa.group, "total_weight").weight == 8


def test_without_tombstone_a_member_keeps_what_was_not_taken(poa: Poa) -> None:
    slashing = make_slashing(poa, poa.group, double_sign_portion="0.5", tombstone=False)
    add = wasm_execute(poa.group, {"add_slasher": {"addr": slashing}})
    poa.decide(poa.membership, [add], (poa.ann, poa.ben))

    report(poa.chain, slashing, poa.ann, poa.chain.height)

    assert poa.chain.query(poa.group, "member", addr=poa.ann).weight == 2
    assert poa.chain.validators() == {poa.ann: 2}


def test_from_authority_to_stake_to_a_double_sign(poa: Poa) -> None:
    chain, council = poa.chain, poa.council
    pos = make_pos(poa, tokens_per_weight=1, min_bond=100)
    for name, amount in {"ann": 400, "ben": 300, "cat": 200, "dan": 100}.items():
        addr = getattr(poa, name)
        chain.execute(pos.group, "register_pubkey", pubkey=key_of(name), sender=addr)
        pos.stake(addr, amount)
    assert chain.state.diffs == []

    office = {"custom": {"validator": {"set_permissions": {"authority": pos.group}}}}
    poa.pass_proposal([office])
    listed = chain.query(pos.group, "list_validators").validators
    assert {v.operator: v.weight for v in listed} == {
        poa.ann: 400, poa.ben: 300, poa.cat: 200, poa.dan: 100
    }  # fmt: skip
    poa.decide(
        poa.membership,
        [wasm_execute(poa.group, {"update_members": {"add": [], "remove": [poa.dan]}})],
        (poa.ann, poa.ben),
    )
    assert chain.state.diffs == []  # the old group is out of office and works on undisturbed

    slashing = make_slashing(poa, pos.staking)
    slasher = wasm_execute(pos.staking, {"add_slasher": {"addr": slashing}})
    poa.decide(council, [slasher], (poa.ann, poa.ben, poa.cat, poa.dan))
    chain.step()
    infraction = chain.height
    chain.step()

    punished = report(chain, slashing, poa.cat, infraction)

    assert punished.of("slash") == [{"addr": poa.cat, "amount": "10utgd", "portion": "0.05"}]
    assert pos.staked(poa.cat) == 200 * 95 // 100
    assert chain.state.burned == {"utgd": 10}
    assert chain.validators() == {}
    assert [d["weight"] for _, diffs in chain.state.diffs for d in diffs] == [190, 0]
    assert report(chain, slashing, poa.cat, infraction - 1).of("slash")[0]["amount"] == "0utgd"


def test_a_target_that_does_not_know_the_contract_fails_the_call(pos: Pos) -> None:
    slashing = make_slashing(pos.poa, pos.staking)

    with pytest.raises(Refuse, match="is no slasher"):
        report(pos.chain, slashing, pos.poa.ann, 1)


def test_nobody_but_the_chain_reports(pos: Pos) -> None:
    slashing = make_slashing(pos.poa, pos.staking)

    with pytest.raises(Refuse, match="no such execute message"):
        pos.chain.send(slashing, {"byzantine": {}}, sender=pos.poa.ann)


def test_the_admin_changes_the_portion_and_the_targets(poa: Poa) -> None:
    slashing = make_slashing(poa, poa.group)
    config = poa.chain.query(slashing, "config")
    assert (str(config.double_sign_portion), config.tombstone) == ("0.05", True)

    with pytest.raises(Refuse, match="Caller is not admin"):
        poa.chain.execute(slashing, "update_config", tombstone=False, sender=poa.ann)
    change = {"update_config": {"double_sign_portion": "0.2", "tombstone": False}}
    poa.pass_proposal([wasm_execute(slashing, change)])

    changed = poa.chain.query(slashing, "config")
    assert (str(changed.double_sign_portion), changed.tombstone) == ("0.2", False)
    assert changed.targets == [poa.group]

    poa.pass_proposal([wasm_execute(slashing, {"update_admin": {"admin": poa.ann}})])
    assert poa.chain.query(slashing, "admin").admin == poa.ann
    poa.chain.execute(slashing, "update_config", targets=[], sender=poa.ann)
    assert report(poa.chain, slashing, poa.ann, 1).of("slash") == []


@pytest.mark.parametrize("portion", ["0", "1.1"])
def test_a_portion_makes_sense(poa: Poa, portion: str) -> None:
    with pytest.raises(Refuse, match="Invalid portion"):
        make_slashing(poa, poa.group, double_sign_portion=portion)
