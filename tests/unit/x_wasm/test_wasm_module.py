"""wasmd's messages, the module's queries, genesis and words."""

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, response
from fakes.state import contents, make_ctx

from devnet.chain.errors import UnknownQuery
from devnet.chain.tx import Msg, ProtoCoin
from devnet.crypto.errors import InvalidAddress
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import decode, encode
from devnet.x.wasm.errors import ContractNotFound, NotContractAdmin
from devnet.x.wasm.messages import (
    AccessConfig,
    CallResponse,
    InstantiateResponse,
    MsgClearAdmin,
    MsgExecuteContract,
    MsgInstantiateContract,
    MsgInstantiateContract2,
    MsgMigrateContract,
    MsgStoreCode,
    MsgUpdateAdmin,
    StoreCodeResponse,
)
from devnet.x.wasm.module import WasmModule

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld

ANA = "tgrade1v9hxzqqqqqqqqqqqqqqqqqqqqqqqqqqqq6s9r4"
STORE = MsgStoreCode(ANA, b"fake puppet")
MAKE = MsgInstantiateContract(ANA, "", 1, "group", dumps(response(data=b"made")))
SALTED = MsgInstantiateContract2(ANA, ANA, 1, "group", b"{}", (), b"salt")
CALL = MsgExecuteContract(ANA, ANA, dumps(response(data=b"hello")))
MOVE = MsgMigrateContract(ANA, ANA, 1, dumps(response(data=b"moved")))


def deliver(world: "WasmWorld", msg: Msg) -> bytes:
    msg.validate_basic()
    again = decode(type(msg), encode(msg))
    assert again == msg
    assert msg.signers() == (ANA,)
    with world.ctx.branch() as scope:
        return world.router.handle(scope, again).data


def ask(world: "WasmWorld", name: str, **params: Any) -> Any:
    return world.queries.query(world.ctx, "wasm", name, params)


def test_messages_carry_a_contract_from_upload_to_migration(world: "WasmWorld") -> None:
    stored = decode(StoreCodeResponse, deliver(world, STORE))
    assert (stored.code_id, stored.checksum) == (1, sha256(b"fake puppet"))
    made = decode(InstantiateResponse, deliver(world, replace(MAKE, admin=ANA)))
    assert made.data == b"made"
    called = decode(CallResponse, deliver(world, replace(CALL, contract=made.address)))
    assert called.data == b"hello"
    moved = decode(CallResponse, deliver(world, replace(MOVE, contract=made.address)))
    assert moved.data == b"moved"


def test_a_salted_instance_stands_where_its_salt_says(world: "WasmWorld") -> None:
    deliver(world, STORE)
    first = decode(InstantiateResponse, deliver(world, SALTED))
    fixed = decode(InstantiateResponse, deliver(world, replace(SALTED, fix_msg=True)))
    other = decode(InstantiateResponse, deliver(world, replace(SALTED, salt=b"pepper")))
    assert len({first.address, fixed.address, other.address}) == 3


def test_admins_change_by_message_and_only_by_the_admins(world: "WasmWorld") -> None:
    deliver(world, STORE)
    made = decode(InstantiateResponse, deliver(world, replace(MAKE, admin=ANA)))
    assert deliver(world, MsgUpdateAdmin(ANA, world.bob, made.address)) == b""
    with pytest.raises(NotContractAdmin):
        deliver(world, MsgClearAdmin(ANA, made.address))
    assert world.keeper.get_contract(world.ctx, made.address).admin == world.bob


def test_funds_of_a_message_reach_the_contract(world: "WasmWorld") -> None:
    deliver(world, STORE)
    funds = (ProtoCoin("utgd", "5"),)
    made = decode(InstantiateResponse, deliver(world, replace(MAKE, funds=funds)))
    deliver(world, replace(CALL, contract=made.address, funds=funds))
    assert world.balance(made.address) == 10


@pytest.mark.parametrize(
    ("msg", "field"),
    [
        (replace(STORE, sender="ana"), "sender"),
        (replace(STORE, wasm_byte_code=b""), "wasm_byte_code"),
        (replace(STORE, instantiate_permission=AccessConfig(2)), "instantiate_permission"),
        (replace(STORE, instantiate_permission=AccessConfig(4)), "addresses"),
        (replace(STORE, instantiate_permission=AccessConfig(3, (ANA,))), "addresses"),
        (replace(STORE, instantiate_permission=AccessConfig(4, ("ana",))), "addresses"),
        (replace(MAKE, admin="ana"), "admin"),
        (replace(MAKE, code_id=0), "code_id"),
        (replace(MAKE, label=""), "label"),
        (replace(MAKE, label="x" * 129), "label"),
        (replace(MAKE, label="x "), "label"),
        (replace(MAKE, label="a\nb"), "label"),
        (replace(MAKE, msg=b""), "msg"),
        (replace(MAKE, msg=b"{"), "msg"),
        (replace(MAKE, funds=(ProtoCoin("utgd", "0"),)), "funds"),
        (replace(SALTED, salt=b""), "salt"),
        (replace(SALTED, salt=b"x" * 65), "salt"),
        (replace(CALL, contract="group"), "contract"),
        (replace(CALL, funds=(ProtoCoin("utgd", "1"), ProtoCoin("uatom", "1"))), "funds"),
        (replace(CALL, funds=(ProtoCoin("utgd", "1"), ProtoCoin("utgd", "1"))), "funds"),
        (replace(MOVE, code_id=0), "code_id"),
        (MsgUpdateAdmin(ANA, "", ANA), "new_admin"),
        (MsgClearAdmin(ANA, "x"), "contract"),
    ],
)
def test_what_is_wrong_without_any_state_is_refused_by_field(msg: Msg, field: str) -> None:
    with pytest.raises((InvalidMessage, InvalidAddress), match=field):
        msg.validate_basic()


@pytest.mark.parametrize(
    ("msg", "wire"),
    [
        (
            MsgExecuteContract("a", "b", b"c", (ProtoCoin("d", "1"),)),
            "0a0161 120162 1a0163 2a060a0164120131",
        ),
        (
            MsgInstantiateContract2("a", "b", 1, "l", b"m", (), b"s", fix_msg=True),
            "0a0161 120162 1801 22016c 2a016d 3a0173 4001",
        ),
        (MsgMigrateContract("a", "b", 1, b"m"), "0a0161 120162 1801 22016d"),
        (MsgUpdateAdmin("a", "n", "c"), "0a0161 12016e 1a0163"),
        (MsgClearAdmin("a", "c"), "0a0161 1a0163"),
        (MsgStoreCode("a", b"c", AccessConfig(4, ("x",))), "0a0161 120163 2a0508041a0178"),
    ],
)
def test_messages_have_wasmds_names_and_field_numbers(msg: Msg, wire: str) -> None:
    assert encode(msg).hex(" ") == bytes.fromhex(wire).hex(" ")
    assert msg.type_url == f"/cosmwasm.wasm.v1.{type(msg).__name__}"


def test_the_queries_show_codes_and_contracts(world: "WasmWorld") -> None:
    deliver(world, STORE)
    made = decode(InstantiateResponse, deliver(world, replace(MAKE, admin=ANA)))
    code = {
        "code_id": 1,
        "creator": ANA,
        "checksum": sha256(b"fake puppet").hex(),
        "size": len(b"fake puppet"),
    }
    assert ask(world, "codes") == {"codes": [code]}
    source = b64encode(b"fake puppet").decode()
    assert ask(world, "code", code_id=1) == code | {"source": source}
    info = {
        "address": made.address,
        "code_id": 1,
        "creator": ANA,
        "admin": ANA,
        "label": "group",
        "height": 10,
    }
    assert ask(world, "contract_info", address=made.address) == info
    assert ask(world, "contracts") == ask(world, "contracts", code_id=1) == {"contracts": [info]}
    assert ask(world, "contracts", code_id=2) == {"contracts": []}
    (entry,) = ask(world, "history", address=made.address)["entries"]
    assert (entry["operation"], entry["code_id"], entry["height"]) == ("init", 1, 10)


def test_the_queries_show_what_a_contract_says_and_holds(world: "WasmWorld") -> None:
    contract = world.deploy()
    world.execute(contract, EMPTY | {"set": {"a": "1", "b": "2", "c": "3"}})
    assert ask(world, "smart", address=contract, msg={"get": "b"}) == "2"
    assert ask(world, "raw", address=contract, key="YQ==") == {"data": "MQ=="}
    assert ask(world, "raw", address=contract, key="eA==") == {"data": None}
    page = ask(world, "state", address=contract, limit=2)["models"]
    assert [model["key"] for model in page] == ["YQ==", "Yg=="]
    rest = ask(world, "state", address=contract, start_after="Yg==")["models"]
    assert rest == [{"key": "Yw==", "value": "Mw=="}]


@pytest.mark.parametrize(
    ("name", "params", "field"),
    [
        ("contract_info", {}, "address"),
        ("contract_info", {"address": "x"}, "address"),
        ("code", {"code_id": "one"}, "code_id"),
        ("raw", {"address": ANA, "key": 5}, "No such contract|key"),
        ("codes", {"limit": 1}, "limit"),
    ],
)
def test_a_wrong_parameter_is_named(
    world: "WasmWorld", name: str, params: dict[str, Any], field: str
) -> None:
    with pytest.raises((InvalidMessage, InvalidAddress, ContractNotFound), match=field):
        ask(world, name, **params)


def test_a_key_that_is_no_base64_is_refused(world: "WasmWorld") -> None:
    contract = world.deploy()
    for text in ("*", "é"):
        with pytest.raises(InvalidMessage, match="key"):
            ask(world, "raw", address=contract, key=text)
    with pytest.raises(UnknownQuery):
        ask(world, "pinned")


def test_genesis_export_and_import_give_the_same_state(world: "WasmWorld") -> None:
    deliver(world, STORE)
    access = AccessConfig(4, (ANA,))
    deliver(world, replace(STORE, instantiate_permission=access))
    made = decode(InstantiateResponse, deliver(world, replace(MAKE, admin=ANA)))
    world.execute(made.address, EMPTY | {"set": {"k": "v"}})
    deliver(world, replace(MOVE, contract=made.address))
    world.deploy()
    module = WasmModule(world.keeper)
    exported = module.export_genesis(world.ctx)
    again = make_ctx(mode="genesis")
    module.init_genesis(again, exported)
    assert contents(again) == {
        key: value for key, value in contents(world.ctx).items() if key.startswith(b"s/wasm/")
    }
    assert module.export_genesis(again) == exported


def test_no_genesis_state_is_a_fine_beginning(world: "WasmWorld") -> None:
    ctx = make_ctx(mode="genesis")
    WasmModule(world.keeper).init_genesis(ctx, None)
    assert contents(ctx) == {}


def test_a_genesis_contract_needs_its_code(world: "WasmWorld") -> None:
    world.deploy()
    module = WasmModule(world.keeper)
    exported: Any = module.export_genesis(world.ctx)
    with pytest.raises(InvalidMessage, match="code_id"):
        module.init_genesis(make_ctx(mode="genesis"), exported | {"codes": []})
    broken = exported["codes"][0] | {"source": "*"}
    with pytest.raises(InvalidMessage, match="source"):
        module.init_genesis(make_ctx(mode="genesis"), exported | {"codes": [broken]})


def test_stored_keys_are_put_in_words(world: "WasmWorld") -> None:
    contract = world.deploy(label="group")
    world.execute(contract, EMPTY | {"set": {"k": "v", "n": "\x00"}})
    module = WasmModule(world.keeper)
    words = {
        module.describe(key.removeprefix(b"s/wasm/"), value).subject: module.describe(
            key.removeprefix(b"s/wasm/"), value
        ).value
        for key, value in contents(world.ctx).items()
        if key.startswith(b"s/wasm/")
    }
    assert words == {
        "codes stored": "1",
        "contracts made": "1",
        "code 1": "11 bytes",
        f"contract {contract}": "group of code 1",
        f"state of {contract}: k": "v",
        f"state of {contract}: n": "0x00",
        f"history of {contract}": "init with code 1",
    }
    assert module.describe(b"\x09", b"").subject == "wasm 0x09"
