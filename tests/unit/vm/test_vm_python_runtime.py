"""The machine: entry points, the three layers of failure, and what no contract can catch."""

from base64 import b64decode
from typing import Any

import pytest
from fakes.contract_chain import Gas, HostError, Store

from devnet.cosmwasm.deps import BlockInfo, ContractInfo, Env, MessageInfo, RawQuerier
from devnet.cosmwasm.errors import CodeRejected, VmError
from devnet.cosmwasm.runtime import Call, ContractRuntime
from devnet.cosmwasm.schema import EntryPoint
from devnet.crypto.addresses import to_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins, Height, Timestamp
from devnet.vm.python_runtime import PythonRuntime

ANN = to_bech32("tgrade", b"\1" * 20)
HERE = to_bech32("tgrade", b"\2" * 32)
ENV = Env(BlockInfo(Height(7), Timestamp(9), "test-1"), ContractInfo(HERE)).to_json()
INFO = MessageInfo(ANN, Coins.parse("5utgd")).to_json()

SOURCE = b'''
class Probe(Contract):
    """Does what a test needs."""
    count = Item("count", int)
    texts = Map("texts", str)

    @instantiate
    def open(self, deps, env, info, start: int = 3) -> None:
        self.count.save(deps, start)

    @execute
    def say(self, deps, env, info, text: str) -> Response:
        return Response().add_attribute("text", text).add_event("said", by=info.sender)

    @execute
    def plain(self, deps, env, info) -> dict[str, str]:
        return {"height": str(env.block.height), "funds": str(info.funds)}

    @execute
    def amount(self, deps, env, info) -> Uint128:
        return 5

    @execute
    def bump(self, deps, env, info, to: Address) -> int:
        return self.count.update(deps, lambda n: n + 1)

    @execute
    def refuse(self, deps, env, info) -> None:
        raise Refuse("not today", "come back tomorrow")

    @execute
    def raise_own(self, deps, env, info) -> None:
        raise ValueError("too late")

    @execute
    def stumble(self, deps, env, info) -> None:
        wrong = {}["key"]

    @execute
    def deep(self, deps, env, info, n: int) -> None:
        self.deep(deps, env, info, n + 1)

    @execute
    def swallow(self, deps, env, info) -> None:
        while True:
            try:
                self.count.load(deps)
            except Exception:
                pass

    @execute
    def spin(self, deps, env, info) -> None:
        while True:
            pass

    @execute
    def write(self, deps, env, info, key: int, value: int) -> None:
        deps.storage.set(bytes(key), bytes(value))

    @execute
    def touch(self, deps, env, info, verb: str) -> None:
        match verb:
            case "get":
                deps.storage.get("key")
            case "set key":
                deps.storage.set("key", b"value")
            case "set value":
                deps.storage.set(b"key", "value")
            case "set array":
                deps.storage.set(b"key", bytearray(b"value"))
            case "delete":
                deps.storage.delete(5)
            case "iterate":
                for _ in deps.storage.iterate("a", None):
                    pass

    @execute
    def ask(self, deps, env, info) -> Json:
        return deps.querier.custom({"x": {}})

    @execute
    def save_wrong(self, deps, env, info) -> None:
        self.count.save(deps, -1)

    @execute
    def unanswerable(self, deps, env, info) -> None:
        return deps

    @query(name="count")
    def how_many(self, deps, env) -> Uint128:
        return self.count.load(deps)

    @query
    def undeclared(self, deps, env):
        return {"coin": Coin("utgd", 5), "half": Decimal.parse("0.5"), "raw": b"a"}

    @query
    def writes(self, deps, env) -> int:
        self.count.save(deps, 1)
        return 1

    @sudo
    def tick(self, deps, env) -> None:
        self.count.save(deps, 100)

    @reply
    def hear(self, deps, env, reply: Reply) -> Response:
        return Response().set_data(f"{reply.id} {reply.is_ok} {reply.error}".encode())
'''
SMALL = b'''
class Small(Contract):
    """Has nothing but a beginning."""
    @instantiate
    def open(self, deps, env, info) -> None: ...
'''
CHECKSUMS = {source: sha256(source) for source in (SOURCE, SMALL)}


class NoQuerier:
    def query(self, request: bytes) -> bytes:
        return dumps({"error": {"unsupported_request": {"kind": loads(request)}}})


class Machine:
    def __init__(self) -> None:
        self.runtime = PythonRuntime("tgrade")
        self.storage: Any = Store()
        self.querier: RawQuerier = NoQuerier()
        self.gas = Gas()

    def raw(self, entry: EntryPoint, msg: bytes, source: bytes = SOURCE, **options: Any) -> bytes:
        info = INFO if entry in {"execute", "instantiate"} else None
        call = Call(entry, ENV, info, msg, self.storage, self.querier, self.gas, **options)
        return self.runtime.run(source, CHECKSUMS[source], call)

    def call(self, entry: EntryPoint, msg: Any, source: bytes = SOURCE) -> Any:
        return loads(self.raw(entry, dumps(msg), source))

    def ok(self, entry: EntryPoint, msg: Any) -> Any:
        return self.call(entry, msg)["ok"]

    def error(self, entry: EntryPoint, msg: Any) -> str:
        text: str = self.call(entry, msg)["error"]
        return text


@pytest.fixture
def machine() -> Machine:
    made = Machine()
    made.ok("instantiate", {})
    return made


def test_it_is_a_contract_runtime(machine: Machine) -> None:
    runtime: ContractRuntime = machine.runtime

    assert runtime.accepts(SOURCE)
    assert not runtime.accepts(b"\0asm\1\0\0\0")


def test_a_response_is_the_object_of_the_protocol(machine: Machine) -> None:
    assert machine.ok("execute", {"say": {"text": "hi"}}) == {
        "messages": [],
        "attributes": [{"key": "text", "value": "hi"}],
        "events": [{"type": "said", "attributes": [{"key": "by", "value": ANN}]}],
        "data": None,
    }


@pytest.mark.parametrize("verb", ["get", "set key", "set value", "set array", "delete", "iterate"])
def test_what_is_no_bytes_never_reaches_the_hosts_store(machine: Machine, verb: str) -> None:
    before = dict(machine.storage)
    error = machine.error("execute", {"touch": {"verb": verb}})
    assert "is bytes, not" in error
    assert "store values with Item and Map" in error
    assert dict(machine.storage) == before


def test_a_plain_value_becomes_the_data(machine: Machine) -> None:
    data = machine.ok("execute", {"plain": {}})["data"]

    assert loads(b64decode(data)) == {"height": "7", "funds": "5utgd"}
    assert b64decode(machine.ok("execute", {"amount": {}})["data"]) == b'"5"'


def test_a_query_answers_in_base64_by_its_annotation(machine: Machine) -> None:
    assert b64decode(machine.ok("query", {"count": {}})) == b'"3"'
    undeclared = loads(b64decode(machine.ok("query", {"undeclared": {}})))
    assert undeclared == {"coin": {"amount": "5", "denom": "utgd"}, "half": "0.5", "raw": "YQ=="}


def test_sudo_has_no_sender(machine: Machine) -> None:
    machine.ok("sudo", {"tick": {}})

    assert machine.storage[b"count"] == b"100"


def test_a_reply_is_heard(machine: Machine) -> None:
    ok = {"ok": {"events": [], "data": "YQ==", "msg_responses": []}}
    heard = machine.ok("reply", {"id": 7, "payload": "", "gas_used": 0, "result": ok})
    assert b64decode(heard["data"]) == b"7 True None"

    failed = machine.ok("reply", {"id": 8, "result": {"error": "broke"}})
    assert b64decode(failed["data"]) == b"8 False broke"


def test_a_contract_without_migrate_has_an_empty_one(machine: Machine) -> None:
    assert machine.ok("migrate", {})["messages"] == []
    assert "surplus: is no field of it" in machine.error("migrate", {"surplus": 1})


@pytest.mark.parametrize("entry", ["execute", "query", "sudo", "reply"])
def test_a_missing_entry_point_is_a_vm_error(machine: Machine, entry: EntryPoint) -> None:
    with pytest.raises(VmError, match=f"Small has no {entry} entry point: wasmvm error"):
        machine.call(entry, {"x": {}}, SMALL)


@pytest.mark.parametrize(
    ("msg", "words"),
    [
        ({"sai": {}}, "sai: Probe has no such execute message; did you mean say?"),
        ({"say": {}}, "say.text: is missing; expected: text"),
        ({"say": {"text": 5}}, "say.text: 5 is no text"),
        ({"say": {"text": "a", "tone": "b"}}, "say.tone: is no field of it; there is text"),
        ({"say": []}, "say: holds no object"),
        ({"bump": {"to": "nobody"}}, "Generic error: addr_validate errored: 'nobody'"),
        ({"say": {}, "bump": {}}, 'an object with one key, {"name": {...}}'),
        ([], "an object with one key"),
        ({"refuse": {}}, "not today; come back tomorrow"),
        ({"raise_own": {}}, "too late"),
        ({"stumble": {}}, 'KeyError in line 37 of Probe: wrong = {}["key"]'),
        ({"deep": {"n": 0}}, "functions stand inside one another more than 128 times"),
        ({"save_wrong": {}}, "Overflow: -1; a whole number here is 0 .. 2**64 - 1"),
        ({"unanswerable": {}}, "has no spelling in JSON"),
        ({"ask": {}}, "Querier system error: Unsupported query type"),
    ],
)
def test_what_a_contract_refuses_is_an_error_text(machine: Machine, msg: Any, words: str) -> None:
    assert words in machine.error("execute", msg)
    assert isinstance(machine.runtime.take_cause(), Exception)
    assert machine.runtime.take_cause() is None


def test_a_message_that_is_no_json_is_refused(machine: Machine) -> None:
    assert b"no JSON" in machine.raw("execute", b"{")
    assert b"no whole number" in machine.raw("execute", b'{"deep":{"n":0.5}}')


def test_the_cause_carries_the_contracts_own_line(machine: Machine) -> None:
    machine.error("execute", {"stumble": {}})

    cause = machine.runtime.take_cause()

    assert isinstance(cause, KeyError)
    frame = cause.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    assert frame is not None
    assert frame.tb_lineno == 37


def test_a_query_may_not_write(machine: Machine) -> None:
    with pytest.raises(VmError, match="a query may not write"):
        machine.call("query", {"writes": {}})
    with pytest.raises(VmError, match="a query may not write"):
        machine.raw("execute", dumps({"bump": {"to": ANN}}), read_only=True)
    assert machine.storage[b"count"] == b"3"


def test_keys_and_values_have_their_limits(machine: Machine) -> None:
    machine.ok("execute", {"write": {"key": 65_536, "value": 131_072}})
    with pytest.raises(VmError, match="a key of 65537 bytes"):
        machine.call("execute", {"write": {"key": 65_537, "value": 1}})


def test_gas_is_counted_alike_every_time(machine: Machine) -> None:
    used = []
    for _ in range(3):
        machine.gas = Gas()
        machine.ok("execute", {"say": {"text": "hi"}})
        used.append(machine.gas.used)

    # One tick for the function, one for each of Response, add_attribute and add_event.
    assert used == [40, 40, 40]


def test_an_endless_loop_passes_out_of_gas_untouched(machine: Machine) -> None:
    with pytest.raises(HostError, match="out of gas in contract code"):
        machine.call("execute", {"spin": {}})


class Failing:
    """A host that has run out of something, whatever it is asked."""

    def get(self, *_: object) -> Any:
        raise HostError("out of gas in read")

    set = delete = iterate = query = get


def test_no_contract_can_swallow_what_its_host_raises(machine: Machine) -> None:
    machine.storage = Failing()

    with pytest.raises(HostError, match="out of gas in read"):
        machine.call("execute", {"swallow": {}})


def test_what_a_querier_raises_passes_untouched(machine: Machine) -> None:
    machine.querier = Failing()

    with pytest.raises(HostError, match="out of gas in read"):
        machine.call("execute", {"ask": {}})


def test_a_contract_may_call_itself_through_a_query(machine: Machine) -> None:
    class Inner:
        def query(self, _: bytes) -> bytes:
            machine.querier = NoQuerier()
            answer = machine.ok("query", {"count": {}})
            return dumps({"ok": {"ok": answer}})

    machine.querier = Inner()

    assert b64decode(machine.ok("execute", {"ask": {}})["data"]) == b'"3"'


def test_nothing_survives_a_call_but_storage(machine: Machine) -> None:
    other = PythonRuntime("tgrade")

    for _ in range(2):
        machine.ok("execute", {"bump": {"to": ANN}})
    machine.runtime = other

    assert b64decode(machine.ok("query", {"count": {}})) == b'"5"'


def test_code_is_checked_before_it_is_stored(machine: Machine) -> None:
    with pytest.raises(CodeRejected):
        machine.runtime.check(b"x = 0.5")
    assert isinstance(loads(machine.runtime.check(SOURCE)), dict)


def test_the_schema_tells_what_can_be_asked(machine: Machine) -> None:
    schema = machine.runtime.schema(SOURCE, CHECKSUMS[SOURCE])

    assert schema is not None
    assert schema.name == "Probe"
    assert schema.doc == "Does what a test needs."
    assert schema.names("query") == ("count", "undeclared", "writes")
    assert schema.decode_answer("count", "200") == 200


def test_a_sender_is_an_address(machine: Machine) -> None:
    said = machine.ok("execute", {"say": {"text": ""}})["events"][0]["attributes"][0]["value"]

    assert said == Address(ANN)
