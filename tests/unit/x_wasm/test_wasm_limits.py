"""Depth, names of events, gas: cosmwasm reference, sections 10, 11 and 22 (26, 27)."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, execute, refuse, response, send, submessage
from fakes.state import contents, make_ctx

from devnet.chain.errors import OutOfGas
from devnet.cosmwasm.errors import VmError
from devnet.cosmwasm.runtime import Call
from devnet.primitives.canonical_json import loads
from devnet.x.wasm.errors import (
    CallTooDeep,
    InvalidContractEvent,
)

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld


# -- scenario 26: depth ---------------------------------------------------------------------


def endless(call: Call) -> Any:
    me: Any = loads(call.msg)
    return response(messages=[submessage(execute(me, me))])


def test_calls_may_stand_a_hundred_deep_and_no_deeper(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    levels = []

    def descend(call: Call) -> Any:
        told: Any = loads(call.msg)
        levels.append(told["level"])
        deeper = execute(told["me"], told | {"level": told["level"] + 1})
        return response(messages=[submessage(deeper)] if told["level"] < told["to"] else [])

    world = make_world(diver={"instantiate": lambda _: EMPTY, "execute": descend})
    contract = world.deploy("diver")
    world.execute(contract, {"me": contract, "level": 1, "to": 100})
    assert levels == list(range(1, 101))
    before = contents(world.ctx)
    with pytest.raises(CallTooDeep) as caught:
        world.execute(contract, {"me": contract, "level": 1, "to": 101})
    assert caught.value.code == 30
    assert contents(world.ctx) == before


def test_a_contract_that_calls_itself_for_ever_is_stopped_and_undone(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    world = make_world(endless={"instantiate": lambda _: EMPTY, "execute": endless})
    contract = world.deploy("endless")
    before = contents(world.ctx)
    with pytest.raises(CallTooDeep):
        world.execute(contract, contract)
    assert contents(world.ctx) == before


def test_replies_that_send_messages_for_ever_are_stopped_too(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    def again(_: Call) -> Any:
        return response(messages=[submessage(send(bob), reply_on="always")])

    world = make_world(echo={"instantiate": lambda _: EMPTY, "execute": again, "reply": again})
    bob = world.bob
    contract = world.deploy("echo")
    with pytest.raises(CallTooDeep):
        world.execute(contract, {})


def test_a_hundred_calls_stand_no_deeper_on_pythons_stack_than_one(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    depths = []

    def descend(call: Call) -> Any:
        depth, frame = 0, sys._getframe()
        while frame.f_back is not None:
            depth, frame = depth + 1, frame.f_back
        depths.append(depth)
        told: Any = loads(call.msg)
        deeper = execute(told["me"], told | {"left": told["left"] - 1})
        return response(messages=[submessage(deeper)] if told["left"] else [])

    world = make_world(diver={"instantiate": lambda _: EMPTY, "execute": descend})
    contract = world.deploy("diver")
    world.execute(contract, {"me": contract, "left": 99})
    assert len(depths) == 100
    assert max(depths) - min(depths) < 10


# -- scenario 27: events --------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        {"attributes": [{"key": "_x", "value": "1"}]},
        {"attributes": [{"key": " _x", "value": "1"}]},
        {"attributes": [{"key": "", "value": "1"}]},
        {"attributes": [{"key": "  ", "value": "1"}]},
        {"events": [{"type": "ab", "attributes": []}]},
        {"events": [{"type": " ab ", "attributes": []}]},
        {"events": [{"type": "abc", "attributes": [{"key": "_contract_address", "value": ""}]}]},
    ],
)
def test_events_and_keys_that_are_kept_for_the_chain_are_refused(
    world: "WasmWorld", parts: dict[str, Any]
) -> None:
    contract = world.deploy()
    with pytest.raises(InvalidContractEvent) as caught:
        world.execute(contract, response(**parts) | {"set": {"k": "v"}})
    assert caught.value.code == 21
    assert world.keeper.query_raw(world.ctx, contract, b"k") is None


def test_events_are_trimmed_and_may_have_no_attributes(world: "WasmWorld") -> None:
    contract = world.deploy()
    told = response(
        attributes=[{"key": " key ", "value": ""}],
        events=[{"type": " abc ", "attributes": []}],
    )
    world.execute(contract, told)
    wasm, custom = world.ctx.events[-2:]
    assert (wasm.type, wasm["key"]) == ("wasm", "")
    assert (custom.type, len(custom.attributes)) == ("wasm-abc", 1)


def test_no_attributes_make_no_event(world: "WasmWorld") -> None:
    contract = world.deploy()
    world.execute(contract, EMPTY)
    assert world.events("wasm") == []


@pytest.mark.parametrize(
    "parts",
    [
        {"attributes": [{"key": 1, "value": "x"}]},
        {"attributes": [{"key": "x", "value": 1}]},
        {"attributes": [{"key": "x"}]},
        {"events": [{"type": 5, "attributes": []}]},
        {"messages": [{"id": 0, "msg": {"bank": {}}, "reply_on": "sometimes"}]},
        {"messages": [submessage({"bank": {}}) | {"gas_limit": "many"}]},
        {"messages": [submessage({"bank": {}}) | {"gas_limit": -1}]},
        {"messages": [submessage({"bank": {}}) | {"payload": "A" * 4 * 65536}]},
        {"data": "no base64!"},
    ],
)
def test_a_response_of_a_wrong_form_is_a_failure_of_the_machine(
    world: "WasmWorld", parts: dict[str, Any]
) -> None:
    contract = world.deploy()
    with pytest.raises(VmError) as caught:
        world.execute(contract, EMPTY | parts)
    assert (caught.value.codespace, caught.value.code) == ("wasm", 29)


# -- gas ------------------------------------------------------------------------------------


def test_a_message_that_passes_its_own_limit_is_caught_and_costs_all_of_it(
    world: "WasmWorld",
) -> None:
    first, second = world.deploy(), world.deploy()
    call = submessage(execute(second, {"burn": 10**9}), reply_on="error", gas_limit=500_000)
    before = world.ctx.gas.used
    world.execute(first, response(messages=[call]))
    assert world.replies(first)[0]["result"] == {"error": "codespace: sdk, code: 11"}
    assert world.ctx.gas.used - before > 500_000


@pytest.mark.parametrize("limit", [None, 10**12])
def test_running_out_of_the_transactions_gas_cannot_be_caught(
    world: "WasmWorld", limit: int | None
) -> None:
    first, second = world.deploy(), world.deploy()
    poor = make_ctx(root=world.ctx.root, gas=2_000_000)
    call = submessage(execute(second, {"burn": 10**9}), reply_on="error", gas_limit=limit)
    before = contents(world.ctx)
    with pytest.raises(OutOfGas):
        world.execute(first, response(messages=[call]), ctx=poor)
    assert contents(world.ctx) == before


def test_events_cost_gas_by_number_and_size(world: "WasmWorld") -> None:
    contract = world.deploy()

    def cost(**parts: Any) -> int:
        before = world.ctx.gas.used
        world.execute(contract, response(**parts))
        return world.ctx.gas.used - before

    plain = cost()
    assert cost(attributes=[{"key": "k", "value": "v"}]) - plain == 10
    assert cost(attributes=[{"key": "k", "value": "v" * 100}]) - plain == 11
    assert cost(events=[{"type": "abc", "attributes": []}]) - plain == 20


def test_a_contract_that_catches_running_out_does_not_get_away(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    def stubborn(call: Call) -> Any:
        try:
            call.gas.consume(10**12, "work")
        except OutOfGas:
            return EMPTY
        return refuse("there was enough")

    world = make_world(stubborn={"instantiate": lambda _: EMPTY, "execute": stubborn})
    contract = world.deploy("stubborn")
    with pytest.raises(OutOfGas):
        world.execute(contract, {}, ctx=make_ctx(root=world.ctx.root, gas=5_000_000))
