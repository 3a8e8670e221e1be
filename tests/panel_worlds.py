"""Worlds for the panels: real chains, at the points of the story where panels are used."""

from devnet.contracts import group, slashing, staking
from devnet.live.devnet import Devnet
from devnet.live.start import start
from devnet.recipes.governance import pass_proposal
from devnet.recipes.poa import recipe

CAST = ("ana", "ben", "cho", "dia")


def make_genesis() -> Devnet:
    """Four validators from genesis, no contract, nobody in office."""
    return start(seed=7, validators={"ana": 4, "ben": 3, "cho": 2, "dia": 1})


def make_poa() -> Devnet:
    """The group of four is the Authority, the council is Admin."""
    net = start(seed=7, admin="john")
    recipe(net, dict.fromkeys(CAST, 25)).run()
    net.step(2)
    return net


def make_pos() -> Devnet:
    """The same, and a group by stake that nobody has put in office yet."""
    net = make_poa()
    ana = net.account("ana")
    stakers = net.instantiate(group, label="pos group", sender=ana, admin=ana, members=[])
    stakes = net.instantiate(
        staking,
        label="staking",
        sender=ana,
        group=stakers,
        admin=net.contracts["council"],
        denom="utgd",
        tokens_per_weight=1,
        min_bond=100,
        unbonding_seconds=21 * 24 * 3600,
    )
    stakers.execute.update_admin(admin=stakes, sender=ana)
    for name, amount in zip(CAST, (400, 300, 200, 100), strict=True):
        key = net.validators[name].pubkey
        stakers.execute.register_pubkey(pubkey=key, sender=name)
        stakes.execute.self_stake(sender=name, funds=f"{amount}utgd")
    return net


def make_slashing() -> Devnet:
    """The group by stake is in office, and a Slashing contract."""
    net = make_pos()
    council, ana = net.contracts["council"], net.account("ana")
    voters = [net.account(name) for name in CAST]
    punish = net.instantiate(
        slashing,
        label="slashing",
        sender=ana,
        admin=council,
        targets=[net.contracts["staking"]],
        double_sign_portion="0.05",
        tombstone=True,
    )
    message = net.x.validator.message
    pass_proposal(
        council,
        "stake and its price",
        voters=voters,
        msgs=[
            net.contracts["staking"].message.add_slasher(addr=punish),
            message.set_authority(contract="pos group"),
            message.set_slashing(contract=punish),
        ],
    )
    net.step(2)
    return net
