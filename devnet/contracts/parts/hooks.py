"""Contracts that hear of every change, in the order in which they were added.

A hook is called in the same transaction; if it fails, the change it was told of fails too
(cosmwasm reference, section 17).
"""

from collections.abc import Callable

from devnet.cosmwasm.deps import Deps
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import CosmosMsg
from devnet.cosmwasm.state import Item
from devnet.primitives.types import Address


class Hooks:
    """The listeners of a contract."""

    def __init__(self, name: str = "cw4-hooks") -> None:
        self._item: Item[list[Address]] = Item(name, list[Address])

    def all(self, deps: Deps) -> list[Address]:
        """The listeners."""
        return self._item.find(deps) or []

    def add(self, deps: Deps, addr: Address) -> None:
        """Add a listener; any address is accepted, contract or not."""
        hooks = self.all(deps)
        if addr in hooks:
            raise Refuse("Given address already registered as a hook")
        self._item.save(deps, [*hooks, addr])

    def remove(self, deps: Deps, addr: Address) -> None:
        """Take a listener out."""
        hooks = self.all(deps)
        if addr not in hooks:
            known = f"the hooks are {', '.join(hooks)}" if hooks else "there is no hook"
            raise Refuse("Given address not registered as a hook", known)
        self._item.save(deps, [hook for hook in hooks if hook != addr])

    def messages(self, deps: Deps, build: Callable[[Address], CosmosMsg]) -> list[CosmosMsg]:
        """One message for each listener."""
        return [build(hook) for hook in self.all(deps)]
