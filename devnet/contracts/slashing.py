"""Punishes what the chain reports: the contract in the Slashing office (CW9).

The chain tells it of every accepted infraction. It answers with ``slash``, as of the height
of the infraction, and ``tombstone`` to each of its targets: a group under proof of
authority, the staking contract under proof of stake. The portion is the one in force when
the report arrives.
"""

from dataclasses import dataclass

from devnet.contracts.parts.admins import Admin
from devnet.contracts.parts.slashers import check_portion
from devnet.cosmwasm.contract import Contract, execute, instantiate, query, sudo
from devnet.cosmwasm.deps import Deps, Env, MessageInfo
from devnet.cosmwasm.messages import Response
from devnet.cosmwasm.specs.cw4 import AdminAnswer
from devnet.cosmwasm.specs.cw9 import Slashable
from devnet.cosmwasm.state import Item
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import Address, Height, Power, Timestamp

FIVE_PERCENT = Decimal.parse("0.05")


@dataclass(frozen=True, slots=True)
class Config:
    """Whom to tell, how much they take, and whether it is for ever."""

    targets: list[Address]
    double_sign_portion: Decimal
    tombstone: bool


class Slashing(Contract):
    """Tells its targets to slash and tombstone whoever broke the rules of consensus."""

    admin = Admin()
    settings: Item[Config] = Item("config", Config)

    @instantiate
    def open(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        admin: Address | None,
        targets: list[Address],
        double_sign_portion: Decimal = FIVE_PERCENT,
        tombstone: bool = True,
    ) -> None:
        """Make a slashing contract; each target must take it as slasher."""
        portion = check_portion(double_sign_portion)

        self.settings.save(deps, Config(targets, portion, tombstone))
        self.admin.save(deps, admin)

    @sudo
    def byzantine(
        self,
        deps: Deps,
        env: Env,
        *,
        evidence_type: str,
        operator: Address,
        pubkey: bytes,
        hash: str,  # noqa: A002 - the name is on the wire
        height: Height,
        time: Timestamp,
        validator_power: Power,
        total_power: Power,
    ) -> Response:
        """Punish an infraction that the chain has accepted."""
        config = self.settings.load(deps)

        response = Response().add_event(
            "byzantine", operator=operator, evidence_type=evidence_type, height=height, hash=hash
        )
        for target in config.targets:
            slashable = Slashable(target)
            response.add_message(slashable.slash(operator, config.double_sign_portion, height))
            if config.tombstone:
                response.add_message(slashable.tombstone(operator))
        return response

    @execute
    def update_config(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        targets: list[Address] | None = None,
        double_sign_portion: Decimal | None = None,
        tombstone: bool | None = None,
    ) -> Response:
        """Change what is given; the rest stays. Admin only."""
        self.admin.require(deps, info.sender)

        now = self.settings.load(deps)

        config = Config(
            now.targets if targets is None else targets,
            check_portion(double_sign_portion or now.double_sign_portion),
            now.tombstone if tombstone is None else tombstone,
        )

        self.settings.save(deps, config)
        return Response().add_attributes(
            action="update_config",
            double_sign_portion=config.double_sign_portion,
            sender=info.sender,
        )

    @execute
    def update_admin(
        self, deps: Deps, env: Env, info: MessageInfo, admin: Address | None
    ) -> Response:
        """Hand over, or let go for ever with null. Admin only."""
        return self.admin.update(deps, info, admin)

    @query
    def config(self, deps: Deps, env: Env) -> Config:
        """Whom it tells, and what."""
        return self.settings.load(deps)

    @query(name="admin")
    def who_is_admin(self, deps: Deps, env: Env) -> AdminAnswer:
        """Who may change the targets and the portion."""
        return AdminAnswer(self.admin.find(deps))
