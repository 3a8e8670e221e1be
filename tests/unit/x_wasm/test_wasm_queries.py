"""What contracts ask: cosmwasm reference, section 9."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, ask, query_answer, unwrap
from fakes.state import contents, make_ctx

from devnet.chain.errors import OutOfGas
from devnet.cosmwasm.errors import VmError
from devnet.cosmwasm.runtime import Call
from devnet.primitives.canonical_json import dumps, loads
from devnet.x.wasm.errors import ContractError, QueryTooDeep

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld


def through(world: "WasmWorld", request: Any) -> Any:
    """The doubly wrapped answer that a contract hears."""
    contract = world.deploy()
    answer = world.keeper.query_smart(world.ctx, contract, dumps({"ask": request}))
    return loads(answer)


def smart(address: str, msg: Any) -> dict[str, Any]:
    body = {"contract_addr": address, "msg": b64encode(dumps(msg)).decode()}
    return {"wasm": {"smart": body}}


def raw(address: str, key: bytes) -> dict[str, Any]:
    return {"wasm": {"raw": {"contract_addr": address, "key": b64encode(key).decode()}}}


def test_balances_and_supply_are_answered_in_the_contracts_words(world: "WasmWorld") -> None:
    asked = {"balance": {"address": world.ana, "denom": "utgd"}}
    assert unwrap(through(world, {"bank": asked})) == {
        "amount": {"denom": "utgd", "amount": "1000"}
    }
    asked = {"all_balances": {"address": world.ana}}
    assert unwrap(through(world, {"bank": asked})) == {
        "amount": [{"denom": "utgd", "amount": "1000"}]
    }
    assert unwrap(through(world, {"bank": {"supply": {"denom": "utgd"}}})) == {
        "amount": {"denom": "utgd", "amount": "1000"}
    }


def test_another_contracts_answer_comes_through_as_it_is(world: "WasmWorld") -> None:
    other = world.deploy()
    world.execute(other, EMPTY | {"set": {"k": "v"}})
    assert unwrap(through(world, smart(other, {"get": "k"}))) == "v"


def test_raw_values_are_read_and_absent_ones_are_empty(world: "WasmWorld") -> None:
    other = world.deploy()
    world.execute(other, EMPTY | {"set": {"k": "v"}})
    assert b64decode(through(world, raw(other, b"k"))["ok"]["ok"]) == b"v"
    assert through(world, raw(other, b"none")) == {"ok": {"ok": ""}}


def test_records_of_contracts_and_codes_can_be_asked_for(world: "WasmWorld") -> None:
    other = world.deploy(admin=world.bob)
    info = {"wasm": {"contract_info": {"contract_addr": other}}}
    assert unwrap(through(world, info)) == {
        "code_id": 1,
        "creator": world.ana,
        "admin": world.bob,
        "pinned": False,
        "ibc_port": None,
    }
    code = unwrap(through(world, {"wasm": {"code_info": {"code_id": 1}}}))
    assert (code["code_id"], code["creator"], len(code["checksum"])) == (1, world.ana, 64)


@pytest.mark.parametrize("query", ["smart", "raw", "contract_info"])
def test_a_missing_contract_is_a_system_error(world: "WasmWorld", query: str) -> None:
    requests: dict[str, Any] = {
        "smart": smart(world.bob, {}),
        "raw": raw(world.bob, b"k"),
        "contract_info": {"wasm": {"contract_info": {"contract_addr": world.bob}}},
    }
    answer = through(world, requests[query])
    assert answer == {"error": {"no_such_contract": {"addr": world.bob}}}


def test_a_missing_code_is_a_system_error(world: "WasmWorld") -> None:
    answer = through(world, {"wasm": {"code_info": {"code_id": 99}}})
    assert answer == {"error": {"no_such_code": {"code_id": 99}}}


@pytest.mark.parametrize(
    "request_",
    [{"staking": {"bonded_denom": {}}}, {"wasm": {"pinned": {}}}, {"custom": {"gov": {"x": {}}}}],
)
def test_a_question_nobody_answers_is_a_system_error(world: "WasmWorld", request_: Any) -> None:
    answer = through(world, request_)
    assert list(answer["error"]) == ["unsupported_request"]


@pytest.mark.parametrize(
    "request_",
    [5, {}, {"bank": {}, "wasm": {}}, {"bank": 5}, {"bank": {"balance": 5}}, {"custom": {"x": 1}},
     {"wasm": {"smart": {"contract_addr": "x", "msg": "*"}}}],
)  # fmt: skip
def test_a_request_that_cannot_be_read_is_a_system_error(world: "WasmWorld", request_: Any) -> None:
    answer = through(world, request_)
    assert set(answer) == {"error"}
    assert next(iter(answer["error"])) in ("invalid_request", "no_such_contract")


@pytest.mark.parametrize("text", ["*", "é"])
def test_a_key_that_is_no_base64_is_a_system_error(world: "WasmWorld", text: str) -> None:
    asked = {"wasm": {"raw": {"contract_addr": world.deploy(), "key": text}}}
    assert list(through(world, asked)["error"]) == ["invalid_request"]


def test_a_refusing_contract_is_quoted_to_who_asked(world: "WasmWorld") -> None:
    other = world.deploy()
    answer = through(world, smart(other, {"refuse": "not today"}))
    assert answer == {"ok": {"error": "not today: query wasm contract failed"}}


def test_what_a_module_refuses_is_told_by_code_only(world: "WasmWorld") -> None:
    answer = through(world, {"bank": {"balance": {"address": "nonsense", "denom": "utgd"}}})
    assert answer == {"ok": {"error": "codespace: sdk, code: 7"}}


def test_modules_answer_custom_questions(world: "WasmWorld") -> None:
    asked = {"custom": {"bank": {"supply": {"denom": "utgd"}}}}
    assert unwrap(through(world, asked))["amount"]["amount"] == "1000"


def test_a_question_sees_the_state_of_that_very_moment(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    seen: list[Any] = []

    def write_and_ask(call: Call) -> Any:
        me: Any = loads(call.env)
        call.storage.set(b"k", b"new")
        seen.append(unwrap(ask(call, smart(me["contract"]["address"], {}))))
        return EMPTY

    def look(call: Call) -> Any:
        return query_answer((call.storage.get(b"k") or b"").decode())

    world = make_world(
        mirror={"instantiate": lambda _: EMPTY, "execute": write_and_ask, "query": look}
    )
    world.execute(world.deploy("mirror"), {})
    assert seen == ["new"]


def test_a_query_never_writes(world: "WasmWorld") -> None:
    contract = world.deploy()
    answer = through(world, smart(contract, {"write": 1}))
    assert answer == {"ok": {"error": "codespace: wasm, code: 29"}}
    before = contents(world.ctx)
    with pytest.raises(VmError, match="tried to write"):
        world.keeper.query_smart(world.ctx, contract, dumps({"write": 1}))
    world.keeper.query_smart(world.ctx, contract, dumps({"ask": smart(contract, {"write": 1})}))
    assert contents(world.ctx) == before


def ladder() -> tuple[dict[str, Any], list[int]]:
    """A contract that asks itself as often as it is told, and the levels it reached."""
    levels: list[int] = []

    def climb(call: Call) -> Any:
        told: Any = loads(call.msg)
        levels.append(told["level"])
        if told["level"] == told["to"]:
            return query_answer("top")
        me: Any = loads(call.env)
        deeper = told | {"level": told["level"] + 1}
        again = smart(me["contract"]["address"], deeper)
        if told.get("through_module"):
            body = {
                "address": me["contract"]["address"],
                "msg": told | {"level": told["level"] + 1},
            }
            again = {"custom": {"wasm": {"smart": body}}}
        answer = ask(call, again)
        return query_answer(unwrap(answer) if "ok" in answer["ok"] else answer["ok"]["error"])

    return {"instantiate": lambda _: EMPTY, "query": climb}, levels


@pytest.mark.parametrize("through_module", [False, True])
def test_queries_nest_ten_deep_and_no_deeper(
    make_world: Callable[..., "WasmWorld"], *, through_module: bool
) -> None:
    contract, levels = ladder()
    world = make_world(ladder=contract)
    address = world.deploy("ladder")

    def climb(to: int) -> Any:
        levels.clear()
        told = {"level": 1, "to": to, "through_module": through_module}
        return loads(world.keeper.query_smart(world.ctx, address, dumps(told)))

    assert climb(10) == "top"
    assert climb(11) == "codespace: wasm, code: 27"
    assert levels == list(range(1, 11))
    assert climb(10) == "top"


def test_the_limit_itself_is_an_error_with_its_own_code() -> None:
    assert (QueryTooDeep(10).codespace, QueryTooDeep(10).code) == ("wasm", 27)


def test_running_out_of_gas_in_a_question_ends_the_asking_call_too(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    def burn(call: Call) -> Any:
        call.gas.consume(10**12, "work")

    world = make_world(greedy={"instantiate": lambda _: EMPTY, "query": burn})
    greedy, contract = world.deploy("greedy"), world.deploy()
    ctx = make_ctx(root=world.ctx.root, gas=10_000_000)
    with pytest.raises(OutOfGas):
        world.keeper.query_smart(ctx, contract, dumps({"ask": smart(greedy, {})}))


def test_questions_about_a_query_context_leave_it_alone(world: "WasmWorld") -> None:
    contract = world.deploy()
    ctx = make_ctx(root=world.ctx.root, mode="query", tx_index=None)
    with pytest.raises(ContractError):
        world.keeper.query_smart(ctx, contract, dumps({"refuse": "x"}))
    assert ctx.events == ()


def test_a_request_beyond_64_kib_is_refused(world: "WasmWorld") -> None:
    answer = through(world, smart(world.bob, "x" * 100_000))
    assert list(answer["error"]) == ["invalid_request"]
