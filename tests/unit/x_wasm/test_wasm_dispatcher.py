"""Submessages, replies, rollback: cosmwasm reference, sections 10 and 22 (19 to 25)."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, execute, response, send, submessage
from fakes.state import contents

from devnet.chain.errors import InsufficientFunds
from devnet.cosmwasm.runtime import Call
from devnet.primitives.canonical_json import dumps, loads
from devnet.x.wasm.errors import (
    ContractError,
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
