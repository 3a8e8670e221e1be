"""Proof of stake: tokens locked here become weight in the group this contract rules.

The three verbs of the architecture seed: ``self_stake`` locks the tokens sent along,
``unstake`` turns stake into a claim that is dated, ``release`` pays the claims that are due.
Weight is stake divided by tokens per weight, rounded down; the remainder stays staked and
counts with the next deposit. The group must have this contract as its admin.

What a slasher takes is burned. Its base is the stake at the height of the infraction:
claims made since pay first, then the stake (acceptance, Slashers).
"""

from dataclasses import dataclass

from devnet.contracts.parts.admins import Admin
from devnet.contracts.parts.claims import Claims, cut_now, cut_past
from devnet.contracts.parts.slashers import Slashers, check_portion, counted_since, held_at
from devnet.cosmwasm.contract import Contract, execute, instantiate, query
from devnet.cosmwasm.deps import Deps, Env, MessageInfo
from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.cosmwasm.messages import CosmosMsg, Response, bank_burn, bank_send
from devnet.cosmwasm.specs.cw4 import AdminAnswer, Cw4, Member
from devnet.cosmwasm.state import Item, SnapshotMap
from devnet.cosmwasm.wire import Uint128, UncheckedAddress
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import (
    MAX_UINT64,
    SECOND,
    Address,
    Coin,
    Coins,
    Denom,
    Height,
    Timestamp,
    Weight,
)

LONGEST_UNBONDING = 100 * 365 * 24 * 3600
"""Seconds; beyond it a claim's time would pass its type, and the stake could never leave."""


@dataclass(frozen=True, slots=True)
class Config:
    """How tokens become weight, and how long they take to leave."""

    group: Address
    denom: Denom
    tokens_per_weight: Uint128
    min_bond: Uint128
    unbonding_seconds: int


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """Tokens on their way out, and when they may be released."""

    amount: Coin
    release_at: Timestamp


@dataclass(frozen=True, slots=True)
class ClaimsAnswer:
    """All claims of an address, oldest first."""

    claims: list[ClaimAnswer]


class Staking(Contract):
    """Locks tokens, gives weight for them in a group, and lets them go after a time."""

    admin = Admin()
    slashers = Slashers()
    claims = Claims()
    settings: Item[Config] = Item("config", Config)
    stakes: SnapshotMap[Uint128] = SnapshotMap("stake", Uint128, key=Address)
    staked_total: Item[Uint128] = Item("total", Uint128)

    @instantiate
    def open(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        group: Address,
        denom: Denom,
        tokens_per_weight: Uint128,
        min_bond: Uint128,
        unbonding_seconds: int,
        admin: Address | None = None,
    ) -> None:
        """Make a staking contract; ``group`` must later take it as admin."""
        if tokens_per_weight == 0:
            raise Refuse("tokens_per_weight: 0 would divide by zero", "give 1 or more")
        if unbonding_seconds > LONGEST_UNBONDING:
            raise Refuse(
                f"unbonding_seconds: {unbonding_seconds} is too long",
                f"give at most {LONGEST_UNBONDING}, which is a hundred years",
            )
        Cw4(group).total(deps.querier)

        bond = Uint128(max(min_bond, 1))
        self.settings.save(deps, Config(group, denom, tokens_per_weight, bond, unbonding_seconds))
        self.admin.save(deps, admin)
        self.staked_total.save(deps, Uint128(0))

    @execute
    def self_stake(self, deps: Deps, env: Env, info: MessageInfo) -> Response:
        """Lock the tokens sent along; the sender's weight follows at once."""
        self.slashers.refuse_tombstoned(deps, info.sender)

        config = self.settings.load(deps)
        amount = _only(info.funds, config.denom)

        response = self._move(deps, env, config, info.sender, amount)
        return response.add_attributes(action="self_stake", amount=amount, sender=info.sender)

    @execute
    def unstake(self, deps: Deps, env: Env, info: MessageInfo, amount: Uint128) -> Response:
        """Take stake back: weight falls at once, the tokens come with ``release`` when due."""
        config = self.settings.load(deps)
        stake = self.stakes.find(deps, info.sender) or 0
        if amount == 0:
            raise Refuse("amount: 0 changes nothing", "give 1 or more")
        if amount > stake:
            raise Overflow(
                f"cannot subtract {amount} from a stake of {stake}", "unstake no more than that"
            )

        release_at = Timestamp(env.block.time + config.unbonding_seconds * SECOND)
        self.claims.create(deps, info.sender, amount, release_at, env.block)
        response = self._move(deps, env, config, info.sender, -amount)
        return response.add_attributes(
            action="unstake", amount=amount, sender=info.sender, completion_time=release_at
        )

    @execute
    def release(self, deps: Deps, env: Env, info: MessageInfo) -> Response:
        """Pay all claims of the sender that are due; nothing due pays nothing."""
        config = self.settings.load(deps)
        amount = self.claims.release(deps, info.sender, env.block)

        response = Response()
        if amount:
            response.add_message(bank_send(info.sender, Coin(config.denom, amount)))
        return response.add_attributes(action="release", amount=amount, sender=info.sender)

    @execute
    def slash(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        addr: Address,
        portion: Decimal,
        at_height: Height | None = None,
    ) -> Response:
        """Burn a portion of what somebody has staked, now or at a height. Slashers only."""
        self.slashers.require(deps, info.sender)

        config = self.settings.load(deps)
        stake = self.stakes.find(deps, addr) or 0
        claims = self.claims.all(deps, addr)

        check_portion(portion)
        if at_height is None:
            cut = cut_now(portion, stake, claims)
        else:
            past = held_at(self.stakes, deps, addr, at_height)
            cut = cut_past(portion, past, counted_since(at_height), stake, claims)
        if self.slashers.is_tombstoned(deps, addr):  # an older infraction takes nothing more
            return Response().add_event(
                "slash", addr=addr, amount=Coin(config.denom, 0), portion=portion
            )

        burned = cut.from_stake + cut.from_claims
        response = self._move(deps, env, config, addr, -cut.from_stake)
        if cut.from_claims:
            self.claims.save(deps, addr, cut.claims)
        if burned:
            response.add_message(bank_burn(Coin(config.denom, burned)))
        amount = Coin(config.denom, burned)
        return response.add_event("slash", addr=addr, amount=amount, portion=portion)

    @execute
    def tombstone(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Take somebody's weight for ever; the stake may still leave. Slashers only."""
        self.slashers.require(deps, info.sender)

        config = self.settings.load(deps)
        had_weight = _weight(config, self.stakes.find(deps, addr) or 0) is not None

        if not self.slashers.bury(deps, addr, env.block.height):
            return Response()

        response = Response().add_event("tombstone", addr=addr)
        if had_weight:
            response.add_message(Cw4(config.group).update_members(remove=[addr]))
        return response

    @execute
    def update_admin(
        self, deps: Deps, env: Env, info: MessageInfo, admin: Address | None
    ) -> Response:
        """Hand over, or let go for ever with null. Admin only."""
        return self.admin.update(deps, info, admin)

    @execute
    def add_slasher(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Let a contract burn stake. Admin only."""
        return self.slashers.add(deps, info, self.admin, addr)

    @execute
    def remove_slasher(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Take that right back. The admin, or the slasher itself."""
        return self.slashers.remove(deps, info, self.admin, addr)

    @execute
    def add_hook(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Let a contract hear of every change in the group. Admin only."""
        self.admin.require(deps, info.sender)

        group = Cw4(self.settings.load(deps).group)
        return Response().add_message(group.add_hook(addr)).add_attribute("action", "add_hook")

    @execute
    def remove_hook(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Let a contract hear no more of the group. Admin only."""
        self.admin.require(deps, info.sender)

        group = Cw4(self.settings.load(deps).group)
        return (
            Response().add_message(group.remove_hook(addr)).add_attribute("action", "remove_hook")
        )

    @query
    def staked(self, deps: Deps, env: Env, addr: Address) -> Uint128:
        """What somebody has locked; claims are not in it."""
        return self.stakes.find(deps, addr) or Uint128(0)

    @query(name="claims")
    def list_claims(self, deps: Deps, env: Env, addr: Address) -> ClaimsAnswer:
        """What somebody has unstaked and not been paid yet."""
        denom = self.settings.load(deps).denom
        return ClaimsAnswer(
            [
                ClaimAnswer(Coin(denom, claim.amount), claim.release_at)
                for claim in self.claims.all(deps, addr)
            ]
        )

    @query
    def configuration(self, deps: Deps, env: Env) -> Config:
        """How this contract was made."""
        return self.settings.load(deps)

    @query
    def total(self, deps: Deps, env: Env) -> Uint128:
        """All that is locked; claims are not in it."""
        return self.staked_total.load(deps)

    @query(name="admin")
    def who_is_admin(self, deps: Deps, env: Env) -> AdminAnswer:
        """Who may name slashers and hooks."""
        return AdminAnswer(self.admin.find(deps))

    @query
    def is_slasher(self, deps: Deps, env: Env, addr: Address) -> bool:
        """Whether a contract may burn stake."""
        return addr in self.slashers.all(deps)

    @query
    def list_slashers(self, deps: Deps, env: Env) -> list[Address]:
        """Who may burn stake."""
        return self.slashers.all(deps)

    def _move(self, deps: Deps, env: Env, config: Config, addr: Address, change: int) -> Response:
        """Change a stake and the total, and tell the group if the weight is another."""
        if change == 0:
            return Response()
        before = self.stakes.find(deps, addr) or 0
        stake = Uint128(before + change)
        self.stakes.save(deps, addr, stake, env.block.height)
        self.staked_total.update(deps, lambda total: Uint128(total + change))

        old, new = _weight(config, before), _weight(config, stake)
        if old == new or self.slashers.is_tombstoned(deps, addr):
            return Response()
        return Response().add_message(_set_weight(config, addr, new))


def _only(funds: Coins, denom: Denom) -> int:
    """The amount of the one coin that is to be sent along."""
    if not funds:
        raise Refuse("No funds sent", f"send some {denom}")
    if not funds.amount_of(denom):
        raise Refuse(f"Must send '{denom}' to stake", f"{funds} is another token")
    if len(funds) > 1:
        raise Refuse(f"Sent unsupported denoms, must send '{denom}' to stake", f"not {funds}")
    return funds.amount_of(denom)


def _weight(config: Config, stake: int) -> Weight | None:
    """Weight for a stake, rounded down; ``None`` below the minimum: no member at all."""
    if stake < config.min_bond:
        return None
    weight = stake // config.tokens_per_weight
    if weight > MAX_UINT64:
        raise Overflow(f"a weight of {weight}", "it is at most 2**64 - 1; stake less")
    return Weight(weight)


def _set_weight(config: Config, addr: Address, weight: Weight | None) -> CosmosMsg:
    group = Cw4(config.group)
    if weight is None:
        return group.update_members(remove=[addr])
    return group.update_members(add=[Member(UncheckedAddress(addr), weight)])
