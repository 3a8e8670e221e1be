"""Tokens on their way out: promised now, paid when their time has come."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from devnet.cosmwasm.deps import BlockInfo, Deps
from devnet.cosmwasm.state import Map
from devnet.cosmwasm.wire import Uint128
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import Address, Height, Timestamp


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount that is paid from ``release_at`` on; ``height`` is that of its making."""

    amount: Uint128
    release_at: Timestamp
    height: Height


class Cut(NamedTuple):
    """What a slash takes: from the stake, and what is left of the claims."""

    from_stake: int
    from_claims: int
    claims: list[Claim]


class Claims:
    """Claims by owner, oldest first."""

    def __init__(self, name: str = "claims") -> None:
        self._map: Map[list[Claim]] = Map(name, list[Claim], key=Address)

    def all(self, deps: Deps, owner: Address) -> list[Claim]:
        """Claims of an owner, due and not due."""
        return self._map.find(deps, owner) or []

    def save(self, deps: Deps, owner: Address, claims: list[Claim]) -> None:
        """Put the claims of an owner; empty ones disappear."""
        kept = [claim for claim in claims if claim.amount]
        if kept:
            self._map.save(deps, owner, kept)
        else:
            self._map.remove(deps, owner)

    def create(
        self, deps: Deps, owner: Address, amount: int, release_at: Timestamp, block: BlockInfo
    ) -> None:
        """Promise an amount from a time on."""
        claim = Claim(Uint128(amount), release_at, block.height)
        self.save(deps, owner, [*self.all(deps, owner), claim])

    def release(self, deps: Deps, owner: Address, block: BlockInfo) -> int:
        """Take out everything that is due; the sum."""
        claims = self.all(deps, owner)
        due = [claim for claim in claims if claim.release_at <= block.time]
        if due:
            self.save(deps, owner, [claim for claim in claims if claim.release_at > block.time])
        return sum(claim.amount for claim in due)


def cut_now(portion: Decimal, stake: int, claims: list[Claim]) -> Cut:
    """A portion of what is there now, of the stake and of every claim, each rounded down."""
    left = [replace(c, amount=Uint128(c.amount - portion.times(c.amount))) for c in claims]
    taken = sum(c.amount for c in claims) - sum(c.amount for c in left)
    return Cut(portion.times(stake), taken, left)


def cut_past(portion: Decimal, past: int, since: Height, stake: int, claims: list[Claim]) -> Cut:
    """A portion of what stood behind a power, rounded down, never more than is there.

    Claims made in block ``since`` or later pay first, the oldest of them first; the stake
    pays the rest. Claims made before were no stake any more and pay nothing.
    """
    owed = portion.times(past)
    left: list[Claim] = []
    for claim in claims:
        paid = min(owed, claim.amount) if claim.height >= since else 0
        owed -= paid
        left.append(replace(claim, amount=Uint128(claim.amount - paid)))
    taken = sum(c.amount for c in claims) - sum(c.amount for c in left)
    return Cut(min(owed, stake), taken, left)
