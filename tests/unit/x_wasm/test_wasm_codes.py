"""Codes and addresses: cosmwasm reference, sections 12 and 22 (12 to 16)."""

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, FakeRuntime
from fakes.state import make_ctx

from devnet.chain.context import Context
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.cosmwasm.errors import CodeRejected
from devnet.cosmwasm.runtime import Call
from devnet.crypto.addresses import to_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins
from devnet.x.wasm.errors import (
    AddressTaken,
    CodeNotFound,
    ContractError,
)
from devnet.x.wasm.keeper import MAX_CODE, WasmKeeper
from devnet.x.wasm.module import WasmModule

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld


# -- codes ----------------------------------------------------------------------------------


def test_every_upload_gets_the_next_number_even_of_the_same_bytes(world: "WasmWorld") -> None:
    assert [world.store("puppet"), world.store("puppet")] == [1, 2]
    codes = world.keeper.codes(world.ctx)
    assert [number for number, _ in codes] == [1, 2]
    assert {code.checksum for _, code in codes} == {sha256(b"fake puppet")}
    assert loads(codes[0][1].imports) == {"name": "puppet"}


def test_packed_code_is_stored_unpacked_under_the_same_checksum(world: "WasmWorld") -> None:
    plain = world.store("puppet")
    packed = world.keeper.store_code(world.ctx, world.ana, gzip.compress(b"fake puppet"))
    codes = [world.keeper.get_code(world.ctx, n) for n in (plain, packed)]
    assert codes[0] == codes[1]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"fake " + bytes(MAX_CODE), "larger"),
        (gzip.compress(bytes(MAX_CODE + 1)), "larger"),
        (gzip.compress(b"fake puppet")[:12] + b"\xff", "damaged"),
        (b"\0asm", "no runtime"),
    ],
    ids=["large", "large when unpacked", "damaged", "of no runtime"],
)
def test_code_that_cannot_run_here_is_refused(world: "WasmWorld", source: bytes, rule: str) -> None:
    with pytest.raises(CodeRejected, match=rule) as caught:
        world.keeper.store_code(world.ctx, world.ana, source)
    assert (caught.value.codespace, caught.value.code) == ("wasm", 2)
    assert world.keeper.codes(world.ctx) == []


def test_upload_is_told_by_checksum_and_number(world: "WasmWorld") -> None:
    world.store("puppet")
    event = world.ctx.events[-1]
    assert (event.type, event["code_id"]) == ("store_code", "1")
    assert event["code_checksum"] == sha256(b"fake puppet").hex()


def test_a_number_without_code_is_not_found(world: "WasmWorld") -> None:
    with pytest.raises(CodeNotFound, match="nothing was stored yet"):
        world.keeper.get_code(world.ctx, 1)
    world.store("puppet")
    with pytest.raises(CodeNotFound, match="there are 1 to 1") as caught:
        world.keeper.instantiate(world.ctx, 2, sender=world.ana, label="x", msg=b"{}")
    assert (caught.value.code_id, caught.value.code) == (2, 28)
    assert world.keeper.find_code(world.ctx, 2) is None
    assert world.keeper.schema(world.ctx, 1) is None


# -- addresses ------------------------------------------------------------------------------


class Bank:
    """Takes every payment."""

    def send(self, ctx: Context, sender: Address, recipient: Address, coins: Coins) -> None:
        """Nothing moves."""


def keeper_under(prefix: str) -> tuple[WasmKeeper, Context]:
    keeper = WasmKeeper([FakeRuntime()], bank=Bank(), prefix=prefix)
    modules = [WasmModule(keeper)]
    keeper.connect(MessageRouter(modules), QueryRouter(modules))
    return keeper, make_ctx()


def test_classic_addresses_follow_code_and_instance_as_in_wasmd() -> None:
    keeper, ctx = keeper_under("wasm")
    creator = to_bech32("wasm", bytes(range(20)))
    made = []
    for code_id in (1, 1, 2):
        while code_id > len(keeper.codes(ctx)):
            keeper.store_code(ctx, creator, b"fake puppet")
        made.append(keeper.instantiate(ctx, code_id, sender=creator, label="x", msg=b"{}")[0])
    assert made[:2] == [
        "wasm14hj2tavq8fpesdwxxcu44rty3hh90vhujrvcmstl4zr3txmfvw9s0phg4d",
        "wasm1suhgf5svhu4usrurvxzlgn54ksxmn8gljarjtxqnapv8kjnp4nrss5maay",
    ]
    assert made[2] == keeper.get_contract(ctx, made[2]).address


def test_predictable_addresses_follow_checksum_creator_and_salt_as_in_wasmd() -> None:
    keeper, ctx = keeper_under("wasm")
    keeper._runtimes = (_Anything(),)
    keeper._caller = keeper._lifecycle = None
    keeper.connect(MessageRouter([]), QueryRouter([]))
    creator = to_bech32("wasm", bytes(range(20)))
    code_id = keeper.store_code(ctx, creator, b"code")
    address, _ = keeper.instantiate(
        ctx, code_id, sender=creator, label="x", msg=b"{}", salt=b"salt"
    )
    raw = keeper.get_contract(ctx, address).raw
    assert raw.hex() == "421e02b232f07e48c1d8cd64a6eff5ad111eba30f613681979ebaed73aec1a72"
    with pytest.raises(AddressTaken, match="another salt") as caught:
        keeper.instantiate(ctx, code_id, sender=creator, label="x", msg=b"{}", salt=b"salt")
    assert caught.value.code == 15


class _Anything(FakeRuntime):
    """Takes any bytes as the puppet."""

    def accepts(self, code: bytes) -> bool:
        return True

    def run(self, code: bytes, checksum: bytes, call: Call) -> bytes:
        return super().run(b"fake puppet", checksum, call)


def test_a_failed_instantiation_gives_its_address_to_the_next(world: "WasmWorld") -> None:
    code_id = world.store("puppet")

    def make(msg: Any) -> Address:
        with world.ctx.branch() as scope:
            return world.keeper.instantiate(
                scope, code_id, sender=world.ana, label="x", msg=dumps(msg)
            )[0]

    with pytest.raises(ContractError) as caught:
        make({"refuse": "no"})
    assert (caught.value.code, caught.value.entry_point) == (4, "instantiate")
    assert make(EMPTY) == "tgrade14hj2tavq8fpesdwxxcu44rty3hh90vhujrvcmstl4zr3txmfvw9s07fvfr"
