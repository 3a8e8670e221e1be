"""Worlds that tests begin with: four validators, their council, their stakes."""

from dataclasses import dataclass

from devnet import contracts
from devnet.live.accounts import Account
from devnet.live.contracts import Contract
from devnet.live.devnet import Devnet
from devnet.recipes import governance, poa

FOUR = {"ana": 25, "ben": 25, "cho": 25, "dia": 25}
STAKES = {"ana": 400, "ben": 300, "cho": 200, "dia": 100}


@dataclass
class Stakers:
    """A chain under proof of stake, with the parts that rule it."""

    net: Devnet
    accounts: dict[str, Account]
    council: Contract
    poa_group: Contract
    group: Contract
    staking: Contract

    @property
    def voters(self) -> list[Account]:
        return list(self.accounts.values())


def make_stakers(net: Devnet) -> Stakers:
    """Proof of authority by recipe, then the swap of the design, cell by cell."""
    world = poa.recipe(net, FOUR).run()
    ana, *_ = voters = list(world.accounts.values())
    group = net.instantiate(contracts.group, label="pos group", sender=ana, admin=ana, members=[])
    staking = net.instantiate(
        contracts.staking,
        label="staking",
        sender=ana,
        group=group,
        admin=world.council,
        denom="utgd",
        tokens_per_weight=1,
        min_bond=100,
        unbonding_seconds=21 * 24 * 3600,
    )
    group.execute.update_admin(admin=staking, sender=ana)
    for account in voters:
        group.execute.register_pubkey(pubkey=account.validator.pubkey, sender=account)
        staking.execute.self_stake(sender=account, funds=f"{STAKES[account.name]}utgd")
    governance.pass_proposal(
        world.council,
        "proof of stake",
        voters=voters,
        msgs=[net.x.validator.message.set_authority(contract=group)],
    )
    return Stakers(net, world.accounts, world.council, world.group, group, staking)


def put_slashing_in_office(stakers: Stakers) -> Contract:
    """The slashing contract of the design, voted in."""
    punish = stakers.net.instantiate(
        contracts.slashing,
        label="slashing",
        sender="ana",
        admin=stakers.council,
        targets=[stakers.staking],
        double_sign_portion="0.05",
        tombstone=True,
    )
    governance.pass_proposal(
        stakers.council,
        "slash double signs",
        voters=stakers.voters,
        msgs=[
            stakers.staking.message.add_slasher(addr=punish),
            stakers.net.x.validator.message.set_slashing(contract=punish),
        ],
    )
    return punish
