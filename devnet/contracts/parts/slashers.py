"""Contracts that may take weight or stake from others (acceptance, Fixed wire, Slashers).

The admin adds slashers and is none itself; a slasher may take itself out.
"""

from typing import TypeVar

from devnet.contracts.parts.admins import Admin
from devnet.cosmwasm.deps import Deps, MessageInfo
from devnet.cosmwasm.errors import Refuse, Unauthorized
from devnet.cosmwasm.messages import Response
from devnet.cosmwasm.state import Item, Map, SnapshotMap
from devnet.primitives.decimals import ONE, Decimal
from devnet.primitives.types import Address, Height

Held = TypeVar("Held", bound=int)


class Slashers:
    """Who may slash, and whom they have tombstoned."""

    def __init__(self) -> None:
        self._item: Item[list[Address]] = Item("slashers", list[Address])
        self._tombstones: Map[Height] = Map("tombstones", Height, key=Address)

    def all(self, deps: Deps) -> list[Address]:
        """The slashers, in the order in which they were added."""
        return self._item.find(deps) or []

    def require(self, deps: Deps, sender: Address) -> None:
        """Let only a slasher pass."""
        if sender not in self.all(deps):
            raise Unauthorized(f"{sender} is no slasher; the admin adds one with add_slasher")

    def add(self, deps: Deps, info: MessageInfo, admin: Admin, addr: Address) -> Response:
        """Add a slasher; admin only."""
        admin.require(deps, info.sender)

        slashers = self.all(deps)
        if addr in slashers:
            raise Refuse("Given address already registered as a slasher")

        self._item.save(deps, [*slashers, addr])
        return Response().add_attributes(action="add_slasher", slasher=addr, sender=info.sender)

    def remove(self, deps: Deps, info: MessageInfo, admin: Admin, addr: Address) -> Response:
        """Take a slasher out; the admin, or the slasher itself."""
        if info.sender != addr:
            admin.require(deps, info.sender)

        slashers = self.all(deps)
        if addr not in slashers:
            raise Refuse("Given address not registered as a slasher")

        self._item.save(deps, [slasher for slasher in slashers if slasher != addr])
        return Response().add_attributes(action="remove_slasher", slasher=addr, sender=info.sender)

    def bury(self, deps: Deps, addr: Address, height: Height) -> bool:
        """Tombstone an address; whether it was not tombstoned before."""
        if self.is_tombstoned(deps, addr):
            return False
        self._tombstones.save(deps, addr, height)
        return True

    def is_tombstoned(self, deps: Deps, addr: Address) -> bool:
        """Whether an address may never have weight again."""
        return self._tombstones.exists(deps, addr)

    def refuse_tombstoned(self, deps: Deps, addr: Address) -> None:
        """Let only addresses pass that are not tombstoned."""
        height = self._tombstones.find(deps, addr)
        if height is not None:
            raise Refuse(f"{addr} is tombstoned", f"since height {height}: no weight ever again")


def counted_since(height: Height) -> Height:
    """The first block whose changes came too late for the power of a height.

    Power is decided two heights ahead: what signs at ``height`` follows from what was
    held after block ``height - 2`` (as the Cosmos SDK's ``ValidatorUpdateDelay``).
    """
    return Height(max(height - 1, 0))


def held_at(held: SnapshotMap[Held], deps: Deps, addr: Address, height: Height) -> int:
    """What stood behind an address at a height: the most it held since its power was decided.

    So neither a withdrawal between decision and infraction nor a deposit or withdrawal in
    the block of the infraction escapes.
    """
    values = [held.find_at(deps, addr, at) or 0 for at in range(counted_since(height), height + 2)]
    return max(values)


def check_portion(portion: Decimal) -> Decimal:
    """A portion above 0 and at most 1."""
    if not 0 < portion.atomics <= ONE:
        raise Refuse("Invalid portion", f"{portion} is not above 0 and at most 1")
    return portion
