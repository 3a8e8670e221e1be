"""Contracts for tests of the host: Python callables behind the runtime protocol.

``puppet`` does what it is told: the message it is executed with is the response it gives,
and the payload of a submessage is the response its reply gives. Every call is written down.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from devnet.cosmwasm.errors import VmError
from devnet.cosmwasm.runtime import Call
from devnet.primitives.canonical_json import dumps, loads

EntryPoints = Mapping[str, Callable[[Call], Any]]
EMPTY: dict[str, Any] = {"messages": [], "attributes": [], "events": [], "data": None}


def response(**parts: Any) -> dict[str, Any]:
    """A response of its parts; messages are submessages, data is bytes or None."""
    found = EMPTY | parts
    if isinstance(found["data"], bytes):
        found["data"] = b64encode(found["data"]).decode()
    return found


def submessage(
    msg: dict[str, Any],
    *,
    reply_on: str = "never",
    gas_limit: int | None = None,
    then: dict[str, Any] | None = None,
    id_: int = 0,
) -> dict[str, Any]:
    """A submessage; ``then`` is what the puppet's reply will answer."""
    payload = b64encode(dumps(then if then is not None else EMPTY)).decode()
    return {
        "id": id_,
        "msg": msg,
        "gas_limit": gas_limit,
        "reply_on": reply_on,
        "payload": payload,
    }


def execute(contract: str, msg: Any, funds: list[Any] | None = None) -> dict[str, Any]:
    body = {"contract_addr": contract, "msg": encode(msg), "funds": funds or []}
    return {"wasm": {"execute": body}}


def encode(msg: Any) -> str:
    return b64encode(dumps(msg)).decode()


def send(to: str, *coins: str) -> dict[str, Any]:
    amount = [
        {"denom": coin.lstrip("0123456789"), "amount": coin[: -len(coin.lstrip("0123456789"))]}
        for coin in coins
    ]
    return {"bank": {"send": {"to_address": to, "amount": amount}}}


@dataclass
class FakeRuntime:
    """Runs contracts by name; code ``fake puppet`` is the contract ``puppet``."""

    contracts: dict[str, EntryPoints] = field(default_factory=dict)
    calls: list[tuple[str, Any, Any]] = field(default_factory=list)
    """Every call that may write: entry point, info, message."""

    def __post_init__(self) -> None:
        self.contracts.setdefault("puppet", PUPPET)

    def accepts(self, code: bytes) -> bool:
        return code.startswith(b"fake ")

    def check(self, code: bytes) -> bytes:
        return dumps({"name": code.removeprefix(b"fake ").decode()})

    def run(self, code: bytes, checksum: bytes, call: Call) -> bytes:
        assert checksum, "the keeper hands over the checksum"
        contract = self.contracts[code.removeprefix(b"fake ").decode()]
        if not call.read_only:
            info = None if call.info is None else loads(call.info)
            self.calls.append((call.entry_point, info, loads(call.msg)))
        entry = contract.get(call.entry_point)
        if entry is None:
            raise VmError(f"no entry point {call.entry_point}")
        result = entry(call)
        if isinstance(result, bytes):  # a result of the test's own making
            return result
        return dumps({"ok": result})

    def schema(self, code: bytes, checksum: bytes) -> None:
        return None


def refuse(text: str) -> bytes:
    """The result of a contract that says no."""
    return dumps({"error": text})


def query_answer(value: Any) -> str:
    """The result of a query, as it stands behind ok."""
    return b64encode(dumps(value)).decode()


def ask(call: Call, request: Any) -> Any:
    """What a contract hears when it asks the chain: the doubly wrapped answer."""
    return loads(call.querier.query(dumps(request)))


def unwrap(answer: Any) -> Any:
    """JSON of an answered question."""
    return loads(b64decode(answer["ok"]["ok"]))


def _obey(call: Call) -> Any:
    return _respond(call, loads(call.msg))


def _obey_payload(call: Call) -> Any:
    reply: Any = loads(call.msg)
    seen: Any = loads(call.storage.get(b"replies") or b"[]")
    call.storage.set(b"replies", dumps([*seen, reply]))
    return _respond(call, loads(b64decode(reply["payload"])))


def _respond(call: Call, told: Any) -> Any:
    """Write what is to be written, then refuse or answer as told."""
    if "set" in told:
        for key, value in told["set"].items():
            call.storage.set(key.encode(), value.encode())
    if "refuse" in told:
        return refuse(told["refuse"])
    if "burn" in told:
        call.gas.consume(told["burn"], "work")
    known = {name: value for name, value in told.items() if name not in ("set", "burn")}
    return EMPTY | known


def _tell(call: Call) -> Any:
    """Answer a query: forward a request to the chain, or show a stored value."""
    told: Any = loads(call.msg)
    if "ask" in told:
        return query_answer(ask(call, told["ask"]))
    if "refuse" in told:
        return refuse(told["refuse"])
    if "write" in told:
        call.storage.set(b"x", b"y")
    found = call.storage.get(told.get("get", "").encode())
    return query_answer(None if found is None else found.decode())


PUPPET: EntryPoints = {
    "instantiate": _obey,
    "execute": _obey,
    "sudo": _obey,
    "migrate": _obey,
    "reply": _obey_payload,
    "query": _tell,
}
