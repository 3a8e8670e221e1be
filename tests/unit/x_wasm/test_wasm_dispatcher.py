"""Submessages, replies and rollback: cosmwasm reference, sections 10 and 22 (19 to 28)."""

import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, execute, refuse, response, send, submessage
from fakes.state import contents, make_ctx

from devnet.chain.errors import InsufficientFunds, OutOfGas, Unauthorized
from devnet.cosmwasm.errors import VmError
from devnet.cosmwasm.runtime import Call
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.x.wasm.errors import (
    CallTooDeep,
    ContractError,
    InvalidContractEvent,
    UnknownContractMessage,
)

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld

HUGE = f"{10**18}utgd"


def instantiate(code_id: int, msg: Any, **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "admin": None,
        "code_id": code_id,
        "funds": [],
        "label": "made by a contract",
    }
    encoded = b64encode(dumps(msg)).decode()
    return {"wasm": {"instantiate": body | {"msg": encoded} | fields}}


# -- scenario 19 and 20: every reply_on -----------------------------------------------------


@pytest.mark.parametrize(
    ("reply_on", "coins", "replied"),
    [
        ("always", "5utgd", "ok"),
        ("always", HUGE, "error"),
        ("error", "5utgd", None),
        ("error", HUGE, "error"),
        ("success", "5utgd", "ok"),
        ("never", "5utgd", None),
    ],
)
def test_a_message_that_may_end_like_this_is_replied_to_as_asked(
    world: "WasmWorld", reply_on: str, coins: str, replied: str | None
) -> None:
    contract = world.deploy(funds="100utgd")
    world.execute(
        contract, response(messages=[submessage(send(world.bob, coins), reply_on=reply_on)])
    )
    moved = 5 if coins == "5utgd" else 0
    assert (world.balance(contract), world.balance(world.bob)) == (100 - moved, moved)
    replies = world.replies(contract)
    assert [next(iter(reply["result"])) for reply in replies] == ([replied] if replied else [])
    if replied == "error":
        assert replies[0]["result"] == {"error": "codespace: sdk, code: 5"}
    if replied == "ok":
        assert replies[0]["result"] == {
            "ok": {
                "events": [],
                "data": None,
                "msg_responses": [
                    {"type_url": "/cosmos.bank.v1beta1.MsgSendResponse", "value": ""}
                ],
            }
        }


@pytest.mark.parametrize("reply_on", ["success", "never"])
def test_a_failure_nobody_wants_to_hear_of_fails_the_whole_call(
    world: "WasmWorld", reply_on: str
) -> None:
    contract = world.deploy(funds="100utgd")
    before = contents(world.ctx)
    with pytest.raises(InsufficientFunds):
        world.execute(
            contract, response(messages=[submessage(send(world.bob, HUGE), reply_on=reply_on)])
        )
    assert contents(world.ctx) == before


# -- scenario 21: several messages ----------------------------------------------------------


def test_one_failing_message_takes_the_others_with_it(world: "WasmWorld") -> None:
    contract = world.deploy(funds="100utgd")
    messages = [submessage(send(world.bob, "5utgd")), submessage(send(world.bob, HUGE))]
    with pytest.raises(InsufficientFunds):
        world.execute(contract, response(messages=messages))
    assert (world.balance(contract), world.balance(world.bob)) == (100, 0)


def test_a_caught_failure_leaves_the_others_alone(world: "WasmWorld") -> None:
    contract = world.deploy(funds="100utgd")
    messages = [
        submessage(send(world.bob, "5utgd")),
        submessage(send(world.bob, HUGE), reply_on="error"),
    ]
    world.execute(contract, response(messages=messages))
    assert (world.balance(contract), world.balance(world.bob)) == (95, 5)
    assert len(world.replies(contract)) == 1


# -- scenario 22: data ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "replies", "final"),
    [
        (b"X", [b"Y", None], b"Y"),
        (b"X", [None, None], b"X"),
        (b"X", [b"Y", b"Z"], b"Z"),
        (b"X", [b""], b""),
        (None, [b"Y"], b"Y"),
        (None, [None], None),
        (b"X", [], b"X"),
    ],
)
def test_the_last_reply_with_data_decides_the_data(
    world: "WasmWorld", own: bytes | None, replies: list[bytes | None], final: bytes | None
) -> None:
    contract = world.deploy(funds="100utgd")
    messages = [
        submessage(send(world.bob, "1utgd"), reply_on="always", then=response(data=data))
        for data in replies
    ]
    assert world.execute(contract, response(data=own, messages=messages)) == final


def test_data_of_a_message_without_reply_is_never_seen(world: "WasmWorld") -> None:
    first, second = world.deploy(), world.deploy()
    messages = [submessage(execute(second, response(data=b"inner")))]
    assert world.execute(first, response(messages=messages)) is None


# -- scenario 23: order ---------------------------------------------------------------------


def test_messages_run_depth_first(world: "WasmWorld") -> None:
    a, b, c, d = (world.deploy() for _ in range(4))
    told = response(
        messages=[
            submessage(execute(b, response(messages=[submessage(execute(d, EMPTY))]))),
            submessage(execute(c, EMPTY)),
        ]
    )
    world.execute(a, told)
    called = [e["_contract_address"] for e in world.ctx.events if e.type == "execute"]
    assert called == [a, b, d, c]


def test_a_reply_and_its_messages_come_before_the_next_message(world: "WasmWorld") -> None:
    a, b, c, d = (world.deploy() for _ in range(4))
    after = response(messages=[submessage(execute(d, EMPTY))])
    told = response(
        messages=[
            submessage(execute(b, EMPTY), reply_on="success", then=after),
            submessage(execute(c, EMPTY)),
        ]
    )
    world.execute(a, told)
    called = [
        (e.type, e["_contract_address"]) for e in world.ctx.events if e.type in ("execute", "reply")
    ]
    assert called == [
        ("execute", a), ("execute", b), ("reply", a), ("execute", d), ("execute", c),
    ]  # fmt: skip


def test_events_stand_in_the_order_of_the_reference(world: "WasmWorld") -> None:
    contract = world.deploy()
    del world.ctx._events[:]
    told = response(
        attributes=[{"key": "action", "value": "pay"}],
        events=[{"type": "halflife", "attributes": [{"key": "n", "value": "1"}]}],
        messages=[submessage(send(world.bob, "5utgd"), reply_on="always")],
    )
    world.execute(contract, told, funds="7utgd")
    assert world.events() == [
        "coin_spent", "coin_received", "transfer", "execute", "wasm", "wasm-halflife",
        "coin_spent", "coin_received", "transfer", "reply",
    ]  # fmt: skip
    wasm = world.ctx.events[4]
    assert [(a.key, a.value) for a in wasm.attributes] == [
        ("_contract_address", contract),
        ("action", "pay"),
    ]


# -- scenario 24: what a reply sees ---------------------------------------------------------


def test_a_reply_sees_the_protobuf_response_of_an_execute(world: "WasmWorld") -> None:
    first, second = world.deploy(), world.deploy()
    call = execute(second, response(data=b"hello", attributes=[{"key": "b", "value": "2"}]))
    world.execute(first, response(messages=[submessage(call, reply_on="success", id_=7)]))
    (reply,) = world.replies(first)
    done = reply["result"]["ok"]
    assert reply["id"] == 7
    assert b64decode(done["data"]).hex() == "0a0568656c6c6f"
    assert done["msg_responses"] == [
        {"type_url": "/cosmwasm.wasm.v1.MsgExecuteContractResponse", "value": done["data"]}
    ]
    assert done["events"] == [
        {"type": "execute", "attributes": [{"key": "_contract_address", "value": second}]},
        {
            "type": "wasm",
            "attributes": [
                {"key": "_contract_address", "value": second},
                {"key": "b", "value": "2"},
            ],
        },
    ]


def test_a_reply_sees_the_address_of_an_instance_even_without_data(world: "WasmWorld") -> None:
    contract = world.deploy()
    code_id = world.store("puppet")
    told = submessage(instantiate(code_id, EMPTY), reply_on="success")
    world.execute(contract, response(messages=[told]))
    (reply,) = world.replies(contract)
    data = b64decode(reply["result"]["ok"]["data"])
    made = world.keeper.contracts(world.ctx)[-1]
    assert data == bytes((0x0A, len(made.address))) + made.address.encode()
    assert reply["result"]["ok"]["msg_responses"][0]["type_url"] == (
        "/cosmwasm.wasm.v1.MsgInstantiateContractResponse"
    )
    assert (made.creator, made.admin) == (contract, None)


def test_event_attributes_in_a_reply_are_sorted_by_key(world: "WasmWorld") -> None:
    first, second = world.deploy(), world.deploy()
    attributes = [{"key": k, "value": v} for k, v in (("z", "1"), ("a", "2"), ("a", "1"))]
    call = execute(second, response(attributes=attributes))
    world.execute(first, response(messages=[submessage(call, reply_on="always")]))
    (reply,) = world.replies(first)
    wasm = reply["result"]["ok"]["events"][1]
    assert [(a["key"], a["value"]) for a in wasm["attributes"]][1:] == [
        ("a", "2"), ("a", "1"), ("z", "1"),
    ]  # fmt: skip


def test_a_contracts_own_refusal_is_quoted_in_full(world: "WasmWorld") -> None:
    first, second = world.deploy(), world.deploy()
    call = execute(second, {"refuse": "no thanks"})
    world.execute(first, response(messages=[submessage(call, reply_on="error")]))
    (reply,) = world.replies(first)
    assert reply["result"] == {"error": "no thanks: execute wasm contract failed"}


def test_a_missing_contract_is_named_to_who_called_it(world: "WasmWorld") -> None:
    contract = world.deploy()
    call = execute(world.bob, EMPTY)
    world.execute(contract, response(messages=[submessage(call, reply_on="error")]))
    assert world.replies(contract)[0]["result"] == {"error": f"No such contract: {world.bob}"}


@pytest.mark.parametrize(
    ("failing", "text"),
    [
        (lambda _: b"garbage", "codespace: wasm, code: 29"),
        (lambda _: dumps({"ok": EMPTY, "error": "both"}), "codespace: wasm, code: 29"),
        (lambda call: call.gas.consume(10**12, "work"), "codespace: sdk, code: 11"),
    ],
    ids=["garbage", "ok and error", "endless"],
)
def test_all_else_is_told_by_code_only(
    make_world: Callable[..., "WasmWorld"], failing: Callable[[Call], Any], text: str
) -> None:
    world = make_world(failing={"instantiate": lambda _: EMPTY, "execute": failing})
    contract, bad = world.deploy(), world.deploy("failing")
    call = submessage(execute(bad, {}), reply_on="error", gas_limit=1_000_000)
    world.execute(contract, response(messages=[call]))
    assert world.replies(contract)[0]["result"] == {"error": text}


# -- scenario 25 and rollback ---------------------------------------------------------------


def test_a_failing_reply_undoes_the_message_it_replies_to(world: "WasmWorld") -> None:
    contract = world.deploy(funds="100utgd")
    told = submessage(send(world.bob, "5utgd"), reply_on="success", then={"refuse": "regret"})
    before = contents(world.ctx)
    with pytest.raises(ContractError, match="regret: execute wasm contract failed") as caught:
        world.execute(contract, response(messages=[told]))
    assert caught.value.entry_point == "reply"
    assert contents(world.ctx) == before


def test_a_caught_message_is_undone_with_its_events_and_nothing_else(world: "WasmWorld") -> None:
    first, second = world.deploy(), world.deploy()
    inner = {"set": {"k": "inner"}, "refuse": "no"}
    told = response(messages=[submessage(execute(second, inner), reply_on="error")])
    world.execute(first, told | {"set": {"k": "outer"}})
    assert world.keeper.query_raw(world.ctx, first, b"k") == b"outer"
    assert world.keeper.query_raw(world.ctx, second, b"k") is None
    called = [e["_contract_address"] for e in world.ctx.events if e.type == "execute"]
    assert called == [first]


def test_a_failing_call_deep_down_undoes_everything_above_it(world: "WasmWorld") -> None:
    a, b, c = (world.deploy() for _ in range(3))
    last = {"refuse": "stop"}
    told: Any = response(messages=[submessage(execute(c, last))]) | {"set": {"k": "b"}}
    told = response(messages=[submessage(execute(b, told))]) | {"set": {"k": "a"}}
    before = contents(world.ctx)
    with pytest.raises(ContractError, match="stop"):
        world.execute(a, told)
    assert contents(world.ctx) == before


def test_a_call_that_reenters_a_contract_sees_what_was_written(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    def count(call: Call) -> Any:
        told: Any = loads(call.msg)
        so_far = int(call.storage.get(b"n") or b"0")
        call.storage.set(b"n", str(so_far + 1).encode())
        more = told["more"]
        again = execute(told["me"], told | {"more": more - 1})
        return response(messages=[submessage(again)] if more else [])

    world = make_world(counter={"instantiate": lambda _: EMPTY, "execute": count})
    contract = world.deploy("counter")
    world.execute(contract, {"me": contract, "more": 4})
    assert world.keeper.query_raw(world.ctx, contract, b"n") == b"5"


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


# -- scenario 28: coins of contracts --------------------------------------------------------


def test_coins_of_contracts_are_summed_and_zeros_dropped(world: "WasmWorld") -> None:
    first, second = world.deploy(funds="100utgd"), world.deploy()
    funds = [
        {"denom": "utgd", "amount": "5"},
        {"denom": "uatom", "amount": "0"},
        {"denom": "utgd", "amount": "3"},
    ]
    world.execute(first, response(messages=[submessage(execute(second, EMPTY, funds))]))
    assert world.runtime.calls[-1][1] == {
        "sender": first,
        "funds": [{"denom": "utgd", "amount": "8"}],
    }
    assert world.balance(second) == 8


def test_sending_nothing_is_fine_and_says_nothing(world: "WasmWorld") -> None:
    contract = world.deploy()
    world.execute(contract, response(messages=[submessage(send(world.bob))]))
    assert world.events("transfer") == []


def test_sending_a_list_that_comes_to_nothing_is_an_error(world: "WasmWorld") -> None:
    contract = world.deploy()
    with pytest.raises(InvalidCoins) as caught:
        world.execute(contract, response(messages=[submessage(send(world.bob, "0utgd"))]))
    assert (caught.value.codespace, caught.value.code) == ("sdk", 10)


# -- messages of other kinds ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("msg", "kind"),
    [
        ({"staking": {"delegate": {}}}, "staking"),
        ({"custom": {"nobody": {"home": {}}}}, "custom:nobody"),
        ({"custom": {}}, "custom"),
        ({"wasm": {"pin": {}}}, "wasm:pin"),
    ],
)
def test_a_kind_of_message_nobody_takes_is_refused_by_name(
    world: "WasmWorld", msg: dict[str, Any], kind: str
) -> None:
    contract = world.deploy()
    with pytest.raises(UnknownContractMessage, match="unknown message from the contract") as caught:
        world.execute(contract, response(messages=[submessage(msg)]))
    assert (caught.value.kind, caught.value.code) == (kind, 20)


@pytest.mark.parametrize(
    "body",
    [
        {"execute": {"contract_addr": "x", "msg": "e30=", "funds": []}},
        {"execute": {"contract_addr": 5, "msg": "e30=", "funds": []}},
        {"execute": {"msg": "e30=", "funds": []}},
        {"execute": {"contract_addr": "x", "msg": "*", "funds": []}},
        {"execute": {"contract_addr": "x", "msg": "e30=", "funds": [], "more": 1}},
        {"execute": {}, "migrate": {}},
    ],
)
def test_a_malformed_message_is_refused_and_the_field_named(
    world: "WasmWorld", body: dict[str, Any]
) -> None:
    contract = world.deploy()
    with pytest.raises((InvalidMessage, InvalidAddress), match=r"contract|msg|more|exactly"):
        world.execute(contract, response(messages=[submessage({"wasm": body})]))


def test_a_contract_is_admin_of_what_it_makes_and_can_migrate_it(world: "WasmWorld") -> None:
    contract = world.deploy()
    child = world.deploy(admin=contract)
    other = world.store("puppet")
    move = {"contract_addr": child, "new_code_id": other, "msg": b64encode(dumps(EMPTY)).decode()}
    world.execute(contract, response(messages=[submessage({"wasm": {"migrate": move}})]))
    assert world.keeper.get_contract(world.ctx, child).code_id == other
    clear = {"wasm": {"clear_admin": {"contract_addr": child}}}
    hand = {"wasm": {"update_admin": {"contract_addr": child, "admin": world.bob}}}
    world.execute(contract, response(messages=[submessage(hand)]))
    assert world.keeper.get_contract(world.ctx, child).admin == world.bob
    with pytest.raises(Unauthorized):
        world.execute(contract, response(messages=[submessage(clear)]))


def test_a_contract_makes_another_at_a_predictable_address_once(world: "WasmWorld") -> None:
    contract, code_id = world.deploy(), world.store("puppet")
    body = instantiate(code_id, EMPTY)["wasm"]["instantiate"]
    salted = {"wasm": {"instantiate2": body | {"salt": b64encode(b"salt").decode()}}}
    world.execute(contract, response(messages=[submessage(salted, reply_on="success")]))
    type_url = world.replies(contract)[0]["result"]["ok"]["msg_responses"][0]["type_url"]
    assert type_url == "/cosmwasm.wasm.v1.MsgInstantiateContract2Response"
    world.execute(contract, response(messages=[submessage(salted, reply_on="error")]))
    assert world.replies(contract)[1]["result"] == {"error": "codespace: wasm, code: 15"}


def test_a_failed_instantiation_gives_its_number_back(world: "WasmWorld") -> None:
    contract, code_id = world.deploy(), world.store("puppet")
    bad = submessage(instantiate(code_id, {"refuse": "no"}), reply_on="error")
    world.execute(contract, response(messages=[bad, submessage(instantiate(code_id, EMPTY))]))
    assert [c.number for c in world.keeper.contracts(world.ctx)] == [1, 2]


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
