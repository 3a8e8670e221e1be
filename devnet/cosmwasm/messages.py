"""What a contract answers: messages to dispatch, submessages, events, data; and replies.

The builders give the JSON of cosmwasm reference, sections 7 and 8. A host reads a result
back with :func:`read_result`, whatever machine ran the contract.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NewType, Self, cast

from devnet.cosmwasm.amounts import COINS
from devnet.cosmwasm.deps import NO_COINS
from devnet.cosmwasm.errors import Refuse, VmError
from devnet.cosmwasm.kinds import SIMPLE, plain
from devnet.cosmwasm.wire import BINARY, Check, Kind, Resolve
from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Coin, Coins

CosmosMsg = NewType("CosmosMsg", dict[str, Json])
"""A message as a contract sends it: one key that names the module, and what is in it."""
ReplyOn = Literal["always", "error", "success", "never"]

MODULES = ("bank", "custom", "staking", "distribution", "stargate", "any", "ibc", "wasm", "gov")
"""Kinds of messages the protocol knows; which of them a chain offers is the chain's matter."""
_REPLY_ON = ("always", "error", "success", "never")


def bank_send(to_address: str, amount: Coins | Coin) -> CosmosMsg:
    """Pay from the contract's account."""
    return CosmosMsg({"bank": {"send": {"to_address": to_address, "amount": _coins(amount)}}})


def bank_burn(amount: Coins | Coin) -> CosmosMsg:
    """Destroy coins of the contract; the supply falls."""
    return CosmosMsg({"bank": {"burn": {"amount": _coins(amount)}}})


def wasm_execute(
    contract_addr: str, msg: Mapping[str, object], funds: Coins = NO_COINS
) -> CosmosMsg:
    """Call another contract; the sender is this one."""
    call: Json = {"contract_addr": contract_addr, "msg": encode(msg), "funds": _coins(funds)}
    return CosmosMsg({"wasm": {"execute": call}})


def wasm_instantiate(
    code_id: int,
    msg: Mapping[str, object],
    *,
    label: str,
    admin: str | None = None,
    funds: Coins = NO_COINS,
) -> CosmosMsg:
    """Make an instance of stored code; ``admin`` may migrate it."""
    call: Json = {
        "admin": admin,
        "code_id": code_id,
        "msg": encode(msg),
        "funds": _coins(funds),
        "label": label,
    }
    return CosmosMsg({"wasm": {"instantiate": call}})


def custom(payload: Mapping[str, Json]) -> CosmosMsg:
    """A message to a module of this chain, like ``{"validator": {...}}``."""
    return CosmosMsg({"custom": dict(payload)})


def encode(msg: Mapping[str, object]) -> str:
    """Base64 of the canonical JSON of a contract message."""
    return b64encode(dumps(plain(msg))).decode()


@dataclass(frozen=True, slots=True)
class SubMsg:
    """A message whose outcome the contract may want to hear of.

    Attributes
    ----------
    gas_limit
        Chain gas the message may use; ``None`` leaves what there is.
    payload
        Bytes that come back in the reply.
    """

    msg: CosmosMsg
    id: int = 0
    reply_on: ReplyOn = "never"
    gas_limit: int | None = None
    payload: bytes = b""

    def to_json(self) -> Json:
        """The object of the protocol."""
        return {
            "id": self.id,
            "msg": self.msg,
            "gas_limit": self.gas_limit,
            "reply_on": self.reply_on,
            "payload": BINARY.write(self.payload),
        }


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, under a type of the contract's own."""

    type: str
    attributes: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> Json:
        """The object of the protocol."""
        return {"type": self.type, "attributes": _pairs(self.attributes)}


@dataclass(slots=True)
class Response:
    """What a call answers; each ``add`` returns the response, so that they can be chained."""

    messages: list[SubMsg] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    data: bytes | None = None

    def add_message(self, msg: CosmosMsg) -> Self:
        """Send a message; if it fails, this call fails."""
        self.messages.append(SubMsg(msg))
        return self

    def add_submessage(self, msg: SubMsg) -> Self:
        """Send a message and hear of its outcome in ``reply``."""
        self.messages.append(msg)
        return self

    def add_attribute(self, key: str, value: object) -> Self:
        """A fact for the ``wasm`` event of this call."""
        self.attributes.append((key, str(value)))
        return self

    def add_attributes(self, **facts: object) -> Self:
        """Several facts, in the order written."""
        self.attributes += [(key, str(value)) for key, value in facts.items()]
        return self

    def add_event(self, type_: str, /, **facts: object) -> Self:
        """An event of its own; it appears as ``wasm-<type>``."""
        self.events.append(Event(type_, tuple((key, str(value)) for key, value in facts.items())))
        return self

    def set_data(self, data: object) -> Self:
        """The call's data: bytes as they are, any other value as canonical JSON."""
        self.data = data if isinstance(data, bytes) else dumps(plain(data))
        return self

    def to_json(self) -> dict[str, Json]:
        """The object of the protocol."""
        return {
            "messages": [msg.to_json() for msg in self.messages],
            "attributes": _pairs(self.attributes),
            "events": [event.to_json() for event in self.events],
            "data": None if self.data is None else BINARY.write(self.data),
        }

    def to_result(self) -> bytes:
        """The contract result: canonical bytes of ``{"ok": response}``.

        Most responses have neither messages nor events, so the parts are joined as bytes.
        """
        return b'{"ok":{"attributes":%b,"data":%b,"events":%b,"messages":%b}}' % (
            dumps(_pairs(self.attributes)) if self.attributes else b"[]",
            b"null" if self.data is None else b'"%b"' % b64encode(self.data),
            dumps([event.to_json() for event in self.events]) if self.events else b"[]",
            dumps([msg.to_json() for msg in self.messages]) if self.messages else b"[]",
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of a submessage.

    Attributes
    ----------
    error
        Why it failed; ``None`` if it succeeded.
    events, data
        What it emitted and answered; ``data`` is the protobuf response of the message.
    """

    id: int
    error: str | None = None
    events: tuple[Event, ...] = ()
    data: bytes | None = None
    payload: bytes = b""
    gas_used: int = 0

    @property
    def is_ok(self) -> bool:
        """Whether the submessage succeeded."""
        return self.error is None


def read_reply(msg: Any) -> Reply:
    """Reply of the host's JSON."""
    result, payload = msg["result"], BINARY.read(msg.get("payload", ""), None)
    if "error" in result:
        return Reply(msg["id"], result["error"], payload=payload, gas_used=msg.get("gas_used", 0))
    ok = result["ok"]
    events = tuple(_event(event) for event in ok["events"])
    data = None if ok.get("data") is None else BINARY.read(ok["data"], None)
    return Reply(msg["id"], None, events, data, payload, msg.get("gas_used", 0))


def read_result(raw: bytes) -> Response:
    """Response of a contract result ``{"ok": {...}}``, from whatever machine.

    Raises
    ------
    Refuse
        With the contract's own text, if the result is ``{"error": text}``.
    VmError
        If it is no contract result.
    """
    ok = _unwrap(raw)
    try:
        return Response(
            [_submsg(item) for item in ok["messages"]],
            [(item["key"], item["value"]) for item in ok["attributes"]],
            [_event(item) for item in ok["events"]],
            None if ok.get("data") is None else BINARY.read(ok["data"], None),
        )
    except (KeyError, TypeError, InvalidMessage) as err:
        raise VmError(f"the contract's response has a wrong form ({err!r})") from err


def read_answer(raw: bytes) -> bytes:
    """Bytes of a query result ``{"ok": "<base64>"}``; raises as :func:`read_result`."""
    try:
        return BINARY.read(_unwrap(raw), None)
    except InvalidMessage as err:
        raise VmError(f"the contract's answer has a wrong form ({err})") from err


def _unwrap(raw: bytes) -> Any:
    try:
        result: Any = loads(raw)  # its form is what we look at here
    except InvalidMessage as err:
        raise VmError(f"the contract's result is no JSON ({err})") from err
    match result:
        case {"ok": ok} if len(result) == 1:
            return ok
        case {"error": str(text)} if len(result) == 1:
            raise Refuse(text)
        case _:
            raise VmError("the contract's result is neither ok nor error")


def _submsg(item: Any) -> SubMsg:
    if item["reply_on"] not in _REPLY_ON:
        raise InvalidMessage("reply_on", f"{item['reply_on']!r} is none of {', '.join(_REPLY_ON)}")
    payload = BINARY.read(item.get("payload", ""), None)
    msg = COSMOS_MSG.read(item["msg"], None)
    return SubMsg(msg, item["id"], item["reply_on"], item.get("gas_limit"), payload)


def _event(item: Any) -> Event:
    return Event(item["type"], tuple((pair["key"], pair["value"]) for pair in item["attributes"]))


def _pairs(pairs: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> list[Json]:
    return [{"key": key, "value": value} for key, value in pairs]


def _coins(amount: Coins | Coin) -> Json:
    return COINS.write(Coins.of([amount]) if isinstance(amount, Coin) else amount)


class _CosmosMsgKind(Kind):
    """A message to be sent later, checked for its outer form only."""

    name = "message, like {'bank': {'send': {...}}}"

    def read(self, value: Json, check: Check) -> CosmosMsg:  # noqa: ARG002
        if type(value) is not dict or len(value) != 1:
            raise self.refuse(value)
        (module,) = value
        if module not in MODULES:
            raise InvalidMessage(module, f"is unknown; it is one of {', '.join(MODULES)}")
        if type(value[module]) is not dict:
            raise InvalidMessage(module, "holds no object; write the message in {...}")
        return CosmosMsg(value)

    def write(self, value: Any) -> Json:
        return cast("Json", self.read(value, None))  # a message is JSON already

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002
        return self.write(plain(value))

    def show(self, value: Json) -> Any:
        return value


COSMOS_MSG = _CosmosMsgKind()
SIMPLE[CosmosMsg] = COSMOS_MSG
