from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fakes.contracts import FakeRuntime
from fakes.state import make_ctx

from devnet.chain.context import Context
from devnet.chain.module import Module
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.crypto.addresses import to_bech32
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins
from devnet.x.bank.keeper import BankKeeper
from devnet.x.bank.module import BankModule
from devnet.x.wasm.keeper import WasmKeeper
from devnet.x.wasm.module import WasmModule

PREFIX = "tgrade"


class NoAccounts:
    """An x/auth that opens no accounts."""

    def ensure_account(self, ctx: Context, address: Address) -> None:
        """Nothing to do."""


def address_of(name: str) -> Address:
    return to_bech32(PREFIX, name.encode().ljust(20, b"\0"))


@dataclass
class WasmWorld:
    """x/wasm over x/bank with a fake runtime: the smallest chain contracts can live on."""

    ctx: Context
    keeper: WasmKeeper
    bank: BankKeeper
    runtime: FakeRuntime
    router: MessageRouter
    queries: QueryRouter
    ana: Address
    bob: Address

    def deploy(self, name: str = "puppet", *, funds: str = "", **options: Any) -> Address:
        """An instance of a fake contract, by ana."""
        ids = [n for n, c in self.keeper.codes(self.ctx) if c.source == b"fake " + name.encode()]
        code_id = ids[0] if ids else self.store(name)
        address, _ = self.keeper.instantiate(
            self.ctx,
            code_id,
            sender=self.ana,
            label=options.pop("label", name),
            msg=dumps(options.pop("msg", {})),
            funds=Coins.parse(funds),
            **options,
        )
        return address

    def store(self, name: str) -> int:
        return self.keeper.store_code(self.ctx, self.ana, b"fake " + name.encode())

    def execute(self, contract: str, msg: Any, *, funds: str = "", ctx: Any = None) -> bytes | None:
        """Call as ana, on a branch that is dropped on failure, as a transaction would."""
        with (ctx or self.ctx).branch() as scope:
            return self.keeper.execute(
                scope, contract, sender=self.ana, msg=dumps(msg), funds=Coins.parse(funds)
            )

    def balance(self, address: str, denom: str = "utgd") -> int:
        return self.bank.get_balance(self.ctx, Address(address), denom).amount

    def replies(self, contract: str) -> Any:
        """What a puppet's reply was told, in order."""
        return loads(self.keeper.query_raw(self.ctx, contract, b"replies") or b"[]")

    def events(self, *types: str) -> list[str]:
        """Types of the events so far, of the given kinds or all."""
        return [e.type for e in self.ctx.events if not types or e.type in types]


@pytest.fixture
def make_world() -> Callable[..., WasmWorld]:
    def make(**contracts: Any) -> WasmWorld:
        runtime = FakeRuntime(dict(contracts))
        bank = BankKeeper(NoAccounts(), prefix=PREFIX)
        keeper = WasmKeeper([runtime], bank=bank, prefix=PREFIX)
        modules: list[Module] = [BankModule(bank), WasmModule(keeper)]
        router, queries = MessageRouter(modules), QueryRouter(modules)
        keeper.connect(router, queries)
        ctx, ana, bob = make_ctx(), address_of("ana"), address_of("bob")
        bank.import_balance(ctx, ana, Coins.parse("1000utgd"))
        return WasmWorld(ctx, keeper, bank, runtime, router, queries, ana, bob)

    return make


@pytest.fixture
def world(make_world: Callable[..., WasmWorld]) -> WasmWorld:
    return make_world()
