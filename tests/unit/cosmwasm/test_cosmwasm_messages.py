"""What a contract sends and a host reads: the objects of the protocol."""

from base64 import b64decode
from typing import Any

import pytest

from devnet.cosmwasm.errors import Refuse, VmError
from devnet.cosmwasm.kinds import kind_of
from devnet.cosmwasm.messages import (
    CosmosMsg,
    Event,
    Response,
    SubMsg,
    bank_burn,
    bank_send,
    custom,
    read_answer,
    read_reply,
    read_result,
    wasm_execute,
    wasm_instantiate,
)
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.decimals import Decimal
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Coin, Coins, Denom

FIVE = Coin(Denom("utgd"), 5)
JSON_FIVE = {"denom": "utgd", "amount": "5"}


def test_messages_are_spelled_as_the_protocol_says() -> None:
    assert bank_send("ann", FIVE) == {
        "bank": {"send": {"to_address": "ann", "amount": [JSON_FIVE]}}
    }
    assert bank_burn(Coins.of([FIVE])) == {"bank": {"burn": {"amount": [JSON_FIVE]}}}
    assert custom({"validator": {"x": 1}}) == {"custom": {"validator": {"x": 1}}}

    call: Any = wasm_execute("book", {"sign": {"half": Decimal.parse("0.5")}}, Coins.of([FIVE]))
    assert call["wasm"]["execute"]["contract_addr"] == "book"
    assert call["wasm"]["execute"]["funds"] == [JSON_FIVE]
    assert loads(b64decode(call["wasm"]["execute"]["msg"])) == {"sign": {"half": "0.5"}}

    made: Any = wasm_instantiate(7, {}, label="book", admin="ann")
    assert made["wasm"]["instantiate"] == {
        "admin": "ann",
        "code_id": 7,
        "msg": "e30=",
        "funds": [],
        "label": "book",
    }


def test_a_response_is_built_by_adding() -> None:
    response = (
        Response()
        .add_message(bank_burn(FIVE))
        .add_submessage(SubMsg(bank_burn(FIVE), 7, "always", gas_limit=9, payload=b"a"))
        .add_attribute("a", 1)
        .add_attributes(b=FIVE, c="x")
        .add_event("slash", amount=5)
        .set_data({"count": 1})
    )

    assert response.to_json() == {
        "messages": [
            {
                "id": 0,
                "msg": bank_burn(FIVE),
                "gas_limit": None,
                "reply_on": "never",
                "payload": "",
            },
            {
                "id": 7,
                "msg": bank_burn(FIVE),
                "gas_limit": 9,
                "reply_on": "always",
                "payload": "YQ==",
            },
        ],
        "attributes": [
            {"key": "a", "value": "1"},
            {"key": "b", "value": "5utgd"},
            {"key": "c", "value": "x"},
        ],
        "events": [{"type": "slash", "attributes": [{"key": "amount", "value": "5"}]}],
        "data": "eyJjb3VudCI6MX0=",
    }
    assert response.to_result() == dumps({"ok": response.to_json()})
    assert read_result(response.to_result()) == response


def test_empty_data_is_not_no_data() -> None:
    assert Response().set_data(b"").to_json()["data"] == ""
    assert Response().to_json()["data"] is None
    assert Response().to_result() == dumps({"ok": Response().to_json()})
    assert read_result(Response().set_data(b"").to_result()).data == b""


def test_a_refusal_is_raised_with_its_text() -> None:
    with pytest.raises(Refuse, match=r"^not today$"):
        read_result(b'{"error":"not today"}')
    with pytest.raises(Refuse, match=r"^not today$"):
        read_answer(b'{"error":"not today"}')


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage",
        b"[]",
        b"{}",
        b'{"ok":{},"error":""}',
        b'{"error":5}',
        b'{"ok":5}',
        b'{"ok":{}}',
        b'{"ok":{"messages":[{}],"attributes":[],"events":[]}}',
        b'{"ok":{"messages":[{"id":0,"msg":{},"reply_on":"never"}],"attributes":[],"events":[]}}',
        b'{"ok":{"messages":[{"id":0,"msg":{"bank":{}},"reply_on":"maybe"}],"attributes":[],"events":[]}}',
        b'{"ok":{"messages":[],"attributes":[{"key":"a"}],"events":[]}}',
        b'{"ok":{"messages":[],"attributes":[],"events":[],"data":"!"}}',
    ],
)
def test_garbage_is_a_vm_error(raw: bytes) -> None:
    with pytest.raises(VmError):
        read_result(raw)


def test_an_answer_is_bytes_in_base64() -> None:
    assert read_answer(b'{"ok":"e30="}') == b"{}"
    with pytest.raises(VmError):
        read_answer(b'{"ok":{}}')


def test_a_reply_tells_success_or_failure() -> None:
    event = {"type": "wasm", "attributes": [{"key": "a", "value": "b"}]}
    good = read_reply(
        {"id": 1, "payload": "YQ==", "result": {"ok": {"events": [event], "data": "e30="}}}
    )
    bad = read_reply({"id": 2, "result": {"error": "broke"}})

    assert (good.is_ok, good.data, good.payload) == (True, b"{}", b"a")
    assert good.events == (Event("wasm", (("a", "b"),)),)
    assert (bad.is_ok, bad.error, bad.data) == (False, "broke", None)


@pytest.mark.parametrize(
    "value", [{}, {"nothing": {}}, {"bank": []}, {"bank": {}, "wasm": {}}, "bank", 5]
)
def test_a_message_has_one_module_and_an_object(value: Any) -> None:
    with pytest.raises(InvalidMessage):
        kind_of(CosmosMsg).read(value, None)


def test_a_message_passes_through_as_it_is() -> None:
    kind = kind_of(CosmosMsg)
    msg = bank_burn(FIVE)

    assert kind.read(msg, None) == msg
    assert kind.write(msg) == msg
    assert kind.draft(msg, str) == msg
    assert kind.show(msg) == msg
