"""Who runs from a punishment: through the whole chain, from two votes to burned tokens."""

from worlds import Stakers, put_slashing_in_office

from devnet.recipes import governance


def test_who_unstakes_everything_and_signs_twice_with_the_power_left_is_slashed(
    stakers: Stakers,
) -> None:
    put_slashing_in_office(stakers)
    net = stakers.net
    left = stakers.staking.execute.unstake(amount=200, sender="cho").height
    assert net.validators.at(left + 1)["cho"].power == 200
    net.validators["cho"].double_sign()
    net.step(2)

    (slash,) = net.block.events("slash")
    assert slash["amount"] == "10utgd"
    (claim,) = stakers.staking.query.claims(addr="cho").claims
    assert str(claim.amount) == "190utgd"
    assert net.x.bank.query.supply(denom="utgd").amount.amount == str(10**18 - 10)


def test_a_tombstone_ends_weight_under_this_rule_and_under_no_other(stakers: Stakers) -> None:
    """What the tour lets a reader find: the old group never heard of the offence."""
    put_slashing_in_office(stakers)
    net = stakers.net
    net.validators["cho"].double_sign()
    net.step(4)
    assert "cho" not in net.validators.at(net.height + 1)

    governance.pass_proposal(
        stakers.council,
        "back",
        voters=stakers.voters,
        msgs=net.x.validator.message.set_authority(contract=stakers.poa_group),
    )

    assert net.validators.at(net.height + 2)["cho"].power == 25
