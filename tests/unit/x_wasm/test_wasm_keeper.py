"""The life of a contract: cosmwasm reference, sections 4, 6 and 12."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fakes.contracts import EMPTY, FakeRuntime, execute, refuse, response, submessage
from fakes.state import contents, make_ctx

from devnet.chain.errors import InsufficientFunds, Unauthorized
from devnet.cosmwasm.errors import Refuse, VmError
from devnet.cosmwasm.runtime import Call
from devnet.primitives.canonical_json import dumps, loads
from devnet.x.wasm.errors import (
    ContractError,
    ContractNotFound,
    NotContractAdmin,
)
from devnet.x.wasm.messages import LISTED, NOBODY, AccessConfig

if TYPE_CHECKING:
    from unit.x_wasm.conftest import WasmWorld


# -- making ---------------------------------------------------------------------------------


def test_a_new_contract_is_on_record_with_all_that_was_said(world: "WasmWorld") -> None:
    address = world.deploy(label="group", admin=world.bob, funds="5utgd")
    found = world.keeper.get_contract(world.ctx, address)
    assert (found.code_id, found.label, found.number) == (1, "group", 1)
    assert (found.creator, found.admin, found.height) == (world.ana, world.bob, 10)
    assert str(found) == f"group ({address})"
    assert world.balance(address) == 5
    assert world.keeper.instances_of(world.ctx, 1) == [found]
    assert world.keeper.instances_of(world.ctx, 2) == []
    (entry,) = world.keeper.history(world.ctx, address)
    assert (entry.operation, entry.code_id, entry.height, entry.msg) == ("init", 1, 10, b"{}")
    assert world.events("instantiate", "transfer") == ["transfer", "instantiate"]


def test_a_contract_can_be_called_back_by_what_it_sends_while_it_is_made(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    def call_me(call: Call) -> Any:
        me = loads(call.env)["contract"]["address"]  # type: ignore[index, call-overload]
        return response(messages=[submessage(execute(str(me), {}))])

    world = make_world(
        selfish={"instantiate": call_me, "execute": lambda _: response(data=b"hello")}
    )
    world.deploy("selfish")
    assert world.events("instantiate", "execute") == ["instantiate", "execute"]


def test_instances_are_listed_in_the_order_in_which_they_were_made(world: "WasmWorld") -> None:
    made = [world.deploy() for _ in range(5)]
    assert [c.address for c in world.keeper.contracts(world.ctx)] == made


def test_funds_nobody_has_make_no_contract(world: "WasmWorld") -> None:
    with pytest.raises(InsufficientFunds):
        world.deploy(funds="5000utgd")


@pytest.mark.parametrize(
    ("permission", "listed", "may"),
    [(0, (), True), (3, (), True), (NOBODY, (), False), (LISTED, ("ana",), True),
     (LISTED, ("bob",), False)],
)  # fmt: skip
def test_a_code_may_say_who_makes_instances(
    world: "WasmWorld", permission: int, listed: tuple[str, ...], *, may: bool
) -> None:
    access = AccessConfig(permission, tuple(getattr(world, name) for name in listed))
    code_id = world.keeper.store_code(world.ctx, world.ana, b"fake puppet", access=access)
    if may:
        assert world.deploy()
    else:
        with pytest.raises(Unauthorized, match=f"instances of code {code_id}"):
            world.deploy()


# -- calls ----------------------------------------------------------------------------------


def test_a_call_is_told_where_it_runs_and_who_sends_what(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    seen: list[Any] = []

    def look(call: Call) -> Any:
        assert call.info is not None
        assert call.env == dumps(loads(call.env))
        seen.append((loads(call.env), loads(call.info), loads(call.msg)))
        return EMPTY

    world = make_world(seer={"instantiate": lambda _: EMPTY, "execute": look})
    contract = world.deploy("seer")
    world.execute(contract, {"n": 2**63}, funds="7utgd")
    env, info, msg = seen[0]
    assert env == {
        "block": {"height": 10, "time": "1704067245000000000", "chain_id": "poe-devnet-1"},
        "transaction": {"index": 0},
        "contract": {"address": contract},
    }
    assert info == {"sender": world.ana, "funds": [{"denom": "utgd", "amount": "7"}]}
    assert msg == {"n": 2**63}


def test_funds_are_moved_before_the_contract_runs(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    seen: list[Any] = []

    def look(call: Call) -> Any:
        me: Any = loads(call.env)
        request = {"balance": {"address": me["contract"]["address"], "denom": "utgd"}}
        seen.append(call.querier.query(dumps({"bank": request})))
        return EMPTY

    world = make_world(rich={"instantiate": lambda _: EMPTY, "execute": look})
    contract = world.deploy("rich", funds="1utgd")
    world.execute(contract, {}, funds="7utgd")
    assert b"ok" in seen[0]
    assert world.balance(contract) == 8


def test_outside_of_a_transaction_there_is_no_place_in_one(world: "WasmWorld") -> None:
    contract = world.deploy()
    ctx = make_ctx(root=world.ctx.root, mode="end_block", tx_index=None)
    world.keeper.sudo(ctx, contract, dumps(response(data=b"x")))
    assert [event.type for event in ctx.events] == ["sudo"]
    assert world.runtime.calls[-1][:2] == ("sudo", None)


def test_an_env_outside_of_a_transaction_says_so(make_world: Callable[..., "WasmWorld"]) -> None:
    seen: list[bytes] = []

    def look(call: Call) -> Any:
        seen.append(call.env)
        return EMPTY

    world = make_world(seer={"instantiate": lambda _: EMPTY, "sudo": look})
    contract = world.deploy("seer")
    ctx = make_ctx(root=world.ctx.root, mode="end_block", tx_index=None)
    world.keeper.sudo(ctx, contract, b"{}")
    env: Any = loads(seen[0])
    assert env["transaction"] is None
    assert env["contract"] == {"address": contract}
    assert dumps(env) == seen[0]


def test_a_refusal_is_told_as_wasmd_tells_it_with_the_facts_beside(world: "WasmWorld") -> None:
    contract = world.deploy(label="membership vote")
    with pytest.raises(ContractError) as caught:
        world.execute(contract, {"refuse": "Unauthorized"})
    error = caught.value
    assert str(error) == "Unauthorized: execute wasm contract failed"
    assert (error.codespace, error.code) == ("wasm", 5)
    assert (error.label, error.entry_point, error.contract) == (
        "membership vote", "execute", contract,
    )  # fmt: skip
    assert error.reason == "Unauthorized"
    assert isinstance(error.__cause__, Refuse)


def test_what_the_code_raised_is_the_cause_if_its_runtime_tells(world: "WasmWorld") -> None:
    class Telling(FakeRuntime):
        def take_cause(self) -> BaseException:
            return ZeroDivisionError("in the contract's own line")

    contract = world.deploy()
    world.keeper.calls._runtimes = (Telling(),)
    with pytest.raises(ContractError) as caught:
        world.execute(contract, {"refuse": "division by zero"})
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("entry_point", "code", "what"),
    [("sudo", 5, "execute"), ("query", 9, "query"), ("migrate", 11, "migrate")],
)
def test_each_entry_point_refuses_with_its_own_code(
    world: "WasmWorld", entry_point: str, code: int, what: str
) -> None:
    contract, msg = world.deploy(admin=world.ana), dumps({"refuse": "no"})
    calls: dict[str, Callable[[], object]] = {
        "sudo": lambda: world.keeper.sudo(world.ctx, contract, msg),
        "query": lambda: world.keeper.query_smart(world.ctx, contract, msg),
        "migrate": lambda: world.keeper.migrate(
            world.ctx, contract, sender=world.ana, code_id=1, msg=msg
        ),
    }
    with pytest.raises(ContractError, match=f"no: {what} wasm contract failed") as caught:
        calls[entry_point]()
    assert caught.value.code == code


def test_there_is_nobody_to_call_at_an_address_without_contract(world: "WasmWorld") -> None:
    for address in (world.bob, "nonsense"):
        with pytest.raises(ContractNotFound) as caught:
            world.execute(address, {})
        assert caught.value.code == 22
        assert world.keeper.find_contract(world.ctx, address) is None


def test_an_entry_point_the_code_does_not_have_is_a_failure_of_the_machine(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    world = make_world(bare={"instantiate": lambda _: EMPTY})
    with pytest.raises(VmError, match="no entry point execute"):
        world.execute(world.deploy("bare"), {})


# -- admins and migration -------------------------------------------------------------------


def test_only_the_admin_moves_a_contract_to_other_code(world: "WasmWorld") -> None:
    contract = world.deploy(admin=world.bob)
    other = world.store("puppet")
    move = {"code_id": other, "msg": dumps(EMPTY | {"set": {"moved": "yes"}})}
    with pytest.raises(NotContractAdmin, match=world.bob) as caught:
        world.keeper.migrate(world.ctx, contract, sender=world.ana, **move)  # type: ignore[arg-type]
    assert (caught.value.codespace, caught.value.code) == ("sdk", 4)
    world.keeper.migrate(world.ctx, contract, sender=world.bob, **move)  # type: ignore[arg-type]
    assert world.keeper.get_contract(world.ctx, contract).code_id == other
    assert world.keeper.query_raw(world.ctx, contract, b"moved") == b"yes"
    assert [e.operation for e in world.keeper.history(world.ctx, contract)] == ["init", "migrate"]
    assert world.ctx.events[-1]["code_id"] == str(other)


def test_a_refused_migration_leaves_the_old_code_in_place(world: "WasmWorld") -> None:
    contract, other = world.deploy(admin=world.ana), world.store("puppet")
    before = contents(world.ctx)
    with pytest.raises(ContractError), world.ctx.branch() as scope:
        world.keeper.migrate(
            scope, contract, sender=world.ana, code_id=other, msg=dumps({"refuse": "no"})
        )
    assert contents(world.ctx) == before


def test_admins_are_handed_on_and_cleared_for_good(world: "WasmWorld") -> None:
    contract = world.deploy(admin=world.ana)
    keeper, ctx = world.keeper, world.ctx
    keeper.update_admin(ctx, contract, sender=world.ana, admin=world.bob)
    assert ctx.events[-1]["new_admin_address"] == world.bob
    with pytest.raises(NotContractAdmin):
        keeper.update_admin(ctx, contract, sender=world.ana, admin=world.ana)
    keeper.update_admin(ctx, contract, sender=world.bob, admin=None)
    assert (ctx.events[-1].type, ctx.events[-1]["new_admin_address"]) == (
        "update_contract_admin", "",
    )  # fmt: skip
    for anybody in (world.ana, world.bob):
        with pytest.raises(NotContractAdmin, match="no admin"):
            keeper.migrate(ctx, contract, sender=anybody, code_id=1, msg=b"{}")


def test_the_creator_has_no_right_of_their_own(world: "WasmWorld") -> None:
    contract = world.deploy()
    with pytest.raises(NotContractAdmin):
        world.keeper.migrate(world.ctx, contract, sender=world.ana, code_id=1, msg=b"{}")


# -- storage and gas ------------------------------------------------------------------------


def test_a_contracts_keys_stand_behind_its_address_and_nobody_elses(world: "WasmWorld") -> None:
    first, second = world.deploy(), world.deploy()
    world.execute(first, EMPTY | {"set": {"k": "1"}})
    raw = world.keeper.get_contract(world.ctx, first).raw
    assert world.ctx.root.get(b"s/wasm/\x03" + raw + b"k") == b"1"
    assert world.keeper.query_raw(world.ctx, second, b"k") is None


def test_iterating_a_contracts_storage_stays_within_it(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    def keys(call: Call) -> Any:
        told: Any = loads(call.msg)
        bounds = [None if b is None else b.encode() for b in told["bounds"]]
        found = call.storage.iterate(*bounds, reverse=told["reverse"])
        return response(data=b"".join(key for key, _ in found))

    world = make_world(lister={"instantiate": _write_abcd, "execute": keys})
    for _ in range(3):
        contract = world.deploy("lister")

    def listed(start: str | None, end: str | None, *, reverse: bool = False) -> bytes | None:
        return world.execute(contract, {"bounds": [start, end], "reverse": reverse})

    assert listed("b", "d") == b"bc"
    assert listed("b", "d", reverse=True) == b"cb"
    assert listed(None, None, reverse=True) == b"dcba"
    assert listed("d", "b") == b""


def _write_abcd(call: Call) -> Any:
    for key in b"abcd":
        call.storage.set(bytes((key,)), b"1")
    call.storage.set(b"e", b"1")
    call.storage.delete(b"e")
    return EMPTY


def test_the_size_of_code_does_not_matter_to_the_gas_of_a_call(
    make_world: Callable[..., "WasmWorld"],
) -> None:
    blob: Any = {"instantiate": lambda _: EMPTY, "execute": lambda _: EMPTY}
    long = "x" * 10_000
    world = make_world(**{"x": blob, long: blob})
    costs = []
    for name in ("x", long):
        contract = world.deploy(name, label="same")
        before = world.ctx.gas.used
        world.execute(contract, {})
        costs.append(world.ctx.gas.used - before)
    assert costs[0] == costs[1] > 60_000


def test_a_refusing_contract_costs_what_it_used(world: "WasmWorld") -> None:
    contract, before = world.deploy(), world.ctx.gas.used
    with pytest.raises(ContractError):
        world.execute(contract, {"refuse": "no"})
    assert world.ctx.gas.used > before
    assert refuse("x") == b'{"error":"x"}'
