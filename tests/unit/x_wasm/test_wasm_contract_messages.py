"""What contracts send: cosmwasm reference, sections 8 and 22 (28)."""

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, execute, response, send, submessage

from devnet.chain.errors import Unauthorized
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.canonical_json import dumps
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.x.wasm.errors import (
    UnknownContractMessage,
)

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld


def instantiate(code_id: int, msg: Any, **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "admin": None,
        "code_id": code_id,
        "funds": [],
        "label": "made by a contract",
    }
    encoded = b64encode(dumps(msg)).decode()
    return {"wasm": {"instantiate": body | {"msg": encoded} | fields}}


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
        {"execute": {"contract_addr": "x", "msg": "é", "funds": []}},
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
