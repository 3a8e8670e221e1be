"""Bootstrapping proof of authority: the seed's steps, each with a name.

The steps are the cells of the tutorial, so whoever takes them one by one sees the chain
being wired up; at the end the bootstrapping account has no power left (seed, chapter
"Bootstrapping").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devnet.contracts import group, multisig
from devnet.live.accounts import Account
from devnet.live.contracts import Contract
from devnet.live.devnet import Devnet
from devnet.live.errors import LabError
from devnet.primitives.errors import InvalidMessage
from devnet.recipes.recipe import Recipe, Step

MEMBERSHIP_PERCENTAGE = "0.6"
"""Share of all weight that changes the group (the seed's contract A)."""
COUNCIL_PERCENTAGE = "0.8"
"""Share of all weight that swaps the rule itself (the seed's contract B)."""


@dataclass
class World:
    """What the recipe made so far.

    Attributes
    ----------
    members
        Weight of each founding validator by name.
    accounts
        Their accounts by name.
    """

    net: Devnet
    admin: Account
    members: dict[str, int]
    accounts: dict[str, Account] = field(default_factory=dict)
    _made: dict[str, Contract] = field(default_factory=dict, repr=False)

    @property
    def group(self) -> Contract:
        """The group of the validators: CW4 and CW7."""
        return self._get("group")

    @property
    def membership(self) -> Contract:
        """The multisig that changes the group."""
        return self._get("membership")

    @property
    def council(self) -> Contract:
        """The multisig that is the chain's Admin."""
        return self._get("council")

    def put(self, name: str, contract: Contract) -> None:
        """Keep what a step made."""
        self._made[name] = contract

    def _get(self, name: str) -> Contract:
        if name not in self._made:
            raise LabError(f"{name} is not made yet; take the next step of the recipe")
        return self._made[name]


def recipe(net: Devnet, members: Mapping[str, int]) -> Recipe[World]:
    """The steps from one genesis node to a council of validators.

    Parameters
    ----------
    net
        A chain whose Admin is an account with a key here: ``devnet.start(admin="john")``.
    members
        Weight of each founding validator by name.

    Raises
    ------
    InvalidMessage
        If there are no members, or nobody here is the chain's Admin.
    """
    if not members:
        raise InvalidMessage("members", 'give names and weights, like {"ana": 25}')
    admin = net.x.validator.query.permissions().admin
    name = net.label(admin) if admin else None
    if name is None or name == admin or name in net.contracts:
        raise InvalidMessage(
            "net", 'its Admin must be an account here; begin with devnet.start(admin="john")'
        )
    world = World(net, net.account(name), dict(members))
    steps = (
        Step("fund the founding validators and start their nodes", _validators),
        Step("make the group with all keys and weights", _group),
        Step("make the membership vote (60 %)", _membership),
        Step("make the council (80 %)", _council),
        Step("hand the group to the membership vote", _hand_over_group),
        Step("put the group in office as Authority", _authority),
        Step("hand the chain to the council", _hand_over_chain),
    )
    return Recipe("bootstrap proof of authority", world, steps)


def _validators(world: World) -> None:
    accounts = world.net.accounts(*world.members)
    world.accounts = {account.name: account for account in accounts}
    for account in accounts:
        account.run_validator()


def _group(world: World) -> None:
    members = [
        {"addr": account, "weight": world.members[name], "pubkey": account.validator.pubkey}
        for name, account in world.accounts.items()
    ]
    made = world.net.instantiate(
        group, label="group", sender=world.admin, admin=world.admin, members=members
    )
    world.put("group", made)


def _membership(world: World) -> None:
    world.put("membership", _vote(world, "membership vote", MEMBERSHIP_PERCENTAGE))


def _council(world: World) -> None:
    world.put("council", _vote(world, "council", COUNCIL_PERCENTAGE))


def _vote(world: World, label: str, percentage: str) -> Contract:
    return world.net.instantiate(
        multisig,
        label=label,
        sender=world.admin,
        group_addr=world.group,
        threshold={"absolute_percentage": {"percentage": percentage}},
    )


def _hand_over_group(world: World) -> None:
    world.group.execute.update_admin(admin=world.membership, sender=world.admin)


def _authority(world: World) -> None:
    world.net.x.validator.execute.set_authority(contract=world.group, sender=world.admin)


def _hand_over_chain(world: World) -> None:
    world.net.x.validator.execute.set_admin(admin=world.council, sender=world.admin)
