"""Worlds for tests: a bare chain, one under proof of authority, one under proof of stake."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

import devnet
from devnet import contracts
from devnet.live.accounts import Account
from devnet.live.contracts import Contract
from devnet.live.devnet import Devnet
from devnet.primitives.errors import MissingExtra
from devnet.recipes import governance, poa


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:  # noqa: ARG001
    with skipped_without_leveldb():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:  # noqa: ARG001
    with skipped_without_leveldb():
        yield


@contextmanager
def skipped_without_leveldb() -> Iterator[None]:
    """Where LevelDB's binding has no wheel, chains on disk are not tested, and it is said."""
    try:
        yield
    except MissingExtra as missing:
        if missing.what != "plyvel" or "CI" in os.environ:
            raise
        pytest.skip(str(missing))


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


@pytest.fixture
def net() -> Iterator[Devnet]:
    """Four validators of 4, 3, 2, 1 and no contract."""
    made = devnet.start(seed=7, validators={"ana": 4, "ben": 3, "cho": 2, "dia": 1})
    yield made
    made.close()


@pytest.fixture
def poa_world() -> Iterator[poa.World]:
    """Four of 25 under a council; nobody else has a say."""
    made = devnet.start(seed=7, admin="john")
    yield poa.recipe(made, FOUR).run()
    made.close()


@pytest.fixture
def stakers() -> Iterator[Stakers]:
    """The same four under proof of stake: 400, 300, 200, 100."""
    made = devnet.start(seed=7, admin="john")
    yield make_stakers(made)
    made.close()
