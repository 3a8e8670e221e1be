from dataclasses import dataclass
from typing import Any

import pytest
from fakes.cw7 import PREFIX, FakeWasm, address_of, entry, validator
from fakes.state import make_ctx

from devnet.abci import ValidatorUpdate
from devnet.chain.context import Context
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.primitives.types import Address
from devnet.x.validator.keeper import ValidatorKeeper
from devnet.x.validator.module import ValidatorModule
from devnet.x.validator.types import Validator

ADMIN, GROUP, OTHER, PUNISH = (address_of(name) for name in ("john", "group", "other", "punish"))


@dataclass
class ValidatorWorld:
    """x/validator alone, over fake contracts; john is admin and genesis validates."""

    ctx: Context
    wasm: FakeWasm
    keeper: ValidatorKeeper
    module: ValidatorModule
    router: MessageRouter
    queries: QueryRouter

    def contract_sends(self, contract: Address, body: Any) -> None:
        """A custom message of a contract, on a branch that failure drops."""
        encoder = self.router.find_encoder("custom:validator")
        assert encoder is not None
        msg = encoder(contract, body)
        with self.ctx.branch() as scope:
            self.router.handle(scope, msg)

    def diff(self, *wishes: Validator, sender: Address = GROUP) -> None:
        body = {"validator_diff": {"diffs": [entry(wish) for wish in wishes]}}
        self.contract_sends(sender, body)

    def set(self, *, sender: Address = ADMIN, **changes: Address | None) -> None:
        with self.ctx.branch() as scope:
            self.keeper.set_permissions(scope, sender, changes)

    def end_block(self) -> list[ValidatorUpdate]:
        ctx = make_ctx(root=self.ctx.root, mode="end_block", tx_index=None)
        return list(self.module.end_blocker(ctx))

    def powers(self) -> dict[Address, int]:
        return {v.operator: v.power for v in self.keeper.decided.active(self.ctx)}

    def ask(self, name: str, **params: Any) -> Any:
        return self.queries.query(self.ctx, "validator", name, params)

    def install(self, *wishes: Validator, authority: Address = GROUP) -> None:
        """Put an Authority with this set in office and close the block."""
        self.wasm.sets[authority] = list(wishes)
        self.set(authority=authority)
        self.end_block()


@pytest.fixture
def world() -> ValidatorWorld:
    wasm = FakeWasm(sets={GROUP: [], OTHER: []}, sudos={PUNISH: lambda *_: None})
    keeper = ValidatorKeeper(wasm, prefix=PREFIX)
    module = ValidatorModule(keeper)
    ctx = make_ctx()
    genesis = entry(validator("genesis", 1))
    genesis["power"] = genesis.pop("weight")
    module.init_genesis(make_ctx(root=ctx.root), {"admin": ADMIN, "validators": [genesis]})
    return ValidatorWorld(ctx, wasm, keeper, module, MessageRouter([module]), QueryRouter([module]))
