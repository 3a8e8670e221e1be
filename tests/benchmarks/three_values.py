"""The contract of the G4a figure: one call reads three values and writes three."""

from devnet.cosmwasm.contract import Contract, execute, instantiate, query
from devnet.cosmwasm.deps import Deps, Env, MessageInfo
from devnet.cosmwasm.state import Item


class ThreeValues(Contract):
    """Adds an amount to each of three stored numbers."""

    first = Item("first", int)
    second = Item("second", int)
    third = Item("third", int)

    @instantiate
    def open(self, deps: Deps, env: Env, info: MessageInfo) -> None:
        """Begin at nothing."""
        self.first.save(deps, 0)
        self.second.save(deps, 0)
        self.third.save(deps, 0)

    @execute
    def add(self, deps: Deps, env: Env, info: MessageInfo, amount: int) -> dict[str, int]:
        """Add an amount to every value."""
        first = self.first.load(deps) + amount
        second = self.second.load(deps) + amount
        third = self.third.load(deps) + amount
        self.first.save(deps, first)
        self.second.save(deps, second)
        self.third.save(deps, third)
        return {"sum": first + second + third}

    @query
    def sum(self, deps: Deps, env: Env) -> int:
        """All three together."""
        return self.first.load(deps) + self.second.load(deps) + self.third.load(deps)
