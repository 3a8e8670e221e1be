"""What follows a contract's answer: its events, its messages, their replies, rollback.

Rules: cosmwasm reference, sections 10 and 11. Messages run depth first, each to its very
end. A call that waits for another is a *task*, a generator that yields the tasks it waits
for; :func:`run` keeps the waiting ones in a list. So a hundred calls deep stand no deeper
on Python's stack than one, and the limits of the chain decide alone.
"""

from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from devnet.abci import Attribute, Event
from devnet.chain.context import Context
from devnet.chain.errors import Unauthorized
from devnet.chain.module import Encoder
from devnet.chain.tx import Msg, MsgResult
from devnet.cosmwasm.errors import VmError
from devnet.cosmwasm.messages import CosmosMsg, Response, SubMsg
from devnet.primitives.canonical_json import Json, dumps
from devnet.primitives.errors import TxError
from devnet.x.wasm.calls import Caller
from devnet.x.wasm.contract_events import contract_events
from devnet.x.wasm.contract_queries import redacted
from devnet.x.wasm.errors import CallTooDeep, UnknownContractMessage
from devnet.x.wasm.registry import ContractInfo

MAX_CALL_DEPTH = 100
MAX_PAYLOAD = 128 * 1024
"""Bytes a submessage may carry to its own reply."""

T = TypeVar("T")
Task: TypeAlias = Generator[Any, Any, T]
"""Work that yields the tasks it waits for and is sent their results."""
Handle: TypeAlias = Callable[[Context, Any, int], Task[bytes]]
"""Carries out one kind of message as a task, at a depth; answers its protobuf response."""

# How deep contract calls stand right now, for modules that call contracts on their way.
# It is no state: it is zero whenever no contract runs.
_call_depth: ContextVar[int] = ContextVar("call depth", default=0)


class Messages(Protocol):
    """What contracts' messages need of the message router."""

    def find_encoder(self, key: str) -> Encoder | None:
        """Who turns this kind of contract message into a chain message."""

    def handle(self, ctx: Context, msg: Msg) -> MsgResult:
        """Carry out a message in this context."""


def run(task: Task[T]) -> T:
    """Result of a task, everything it waits for done on the way.

    Raises
    ------
    BaseException
        Whatever no task on the way took care of.
    """
    waiting: list[Task[Any]] = [task]
    value: Any = None
    error: BaseException | None = None
    while waiting:
        current = waiting[-1]
        try:
            following = current.send(value) if error is None else current.throw(error)
        except StopIteration as done:
            waiting.pop()
            value, error = done.value, None
        except BaseException as err:  # noqa: BLE001 - goes on to whoever waits, or out of here
            waiting.pop()
            value, error = None, err
        else:
            waiting.append(following)
            value, error = None, None
    if error is not None:
        raise error
    result: T = value
    return result


def next_depth() -> int:
    """Depth of a call that begins now.

    Raises
    ------
    CallTooDeep
        If contracts have called one another too often in a row.
    """
    return check_depth(_call_depth.get() + 1)


def check_depth(depth: int) -> int:
    """The depth itself, if calls may stand that deep; ``CallTooDeep``."""
    if depth > MAX_CALL_DEPTH:
        raise CallTooDeep(MAX_CALL_DEPTH)
    return depth


class Dispatcher:
    """Turns what contracts answer into what happens."""

    def __init__(
        self, caller: Caller, messages: Messages, *, tasks: Mapping[type[Msg], Handle]
    ) -> None:
        """Take the router for all messages but those in ``tasks``, which call contracts."""
        self._caller, self._messages, self._tasks = caller, messages, tasks

    def finish(
        self, ctx: Context, contract: ContractInfo, response: Response, *, depth: int
    ) -> Task[bytes | None]:
        """Emit a response's events, run its messages; the data that counts in the end.

        Data of the last reply that gave some stands in for the contract's own.
        """
        for event in contract_events(ctx, contract, response):
            ctx.emit(event)
        data = response.data
        for sub in response.messages:
            replied: bytes | None = yield self._submessage(ctx, contract, sub, depth)
            if replied is not None:
                data = replied
        return data

    def _submessage(
        self, ctx: Context, sender: ContractInfo, sub: SubMsg, depth: int
    ) -> Task[bytes | None]:
        """Run one message and, if asked for, the reply; data of the reply."""
        _check(sub)
        try:
            with ctx.branch(gas_limit=sub.gas_limit) as scope:
                msg = self._decode(sender, sub.msg)
                response = yield self._handle(scope, msg, depth + 1)
                outcome = _Done(msg, response, scope.events if "wasm" in sub.msg else ())
        except TxError as err:
            # Only a limit of the message's own can be caught; when the gas of the caller
            # is gone there is none left to reply with.
            if sub.reply_on in ("never", "success") or ctx.gas.is_exhausted:
                raise
            result: Json = {"error": redacted(err)}
        else:
            if sub.reply_on in ("never", "error"):
                return None
            result = {"ok": outcome.to_json()}
        data: bytes | None = yield self._reply(ctx, sender, sub, result, depth)
        return data

    def _handle(self, ctx: Context, msg: Msg, depth: int) -> Task[bytes]:
        task = self._tasks.get(type(msg))
        if task is not None:
            msg.validate_basic()  # of a transaction's own messages this was done before
            answer: bytes = yield task(ctx, msg, check_depth(depth))
            return answer
        token = _call_depth.set(depth)
        try:
            return self._messages.handle(ctx, msg).data
        finally:
            _call_depth.reset(token)

    def _reply(
        self, ctx: Context, sender: ContractInfo, sub: SubMsg, result: Json, depth: int
    ) -> Task[bytes | None]:
        """Tell the sender how its message went; in its own scope, as part of its call."""
        document: dict[str, Json] = {
            "id": sub.id,
            "payload": _base64(sub.payload),
            "gas_used": 0,
            "result": result,
        }
        response = self._caller.call(ctx, sender, entry_point="reply", msg=dumps(document))
        ctx.emit(Event.of("reply", _contract_address=sender.address))
        # A reply that sends messages, which are replied to, goes one deeper each time.
        deeper = check_depth(depth + 1)
        data: bytes | None = yield self.finish(ctx, sender, response, depth=deeper)
        return data

    def _decode(self, sender: ContractInfo, msg: CosmosMsg) -> Msg:
        """Chain message of what a contract sends; it can sign for nobody but itself."""
        ((kind, body),) = msg.items()
        if kind == "custom":
            if not isinstance(body, dict) or len(body) != 1:
                raise UnknownContractMessage(kind)
            ((module, body),) = body.items()
            kind = f"custom:{module}"
        encoder = self._messages.find_encoder(kind)
        if encoder is None:
            raise UnknownContractMessage(kind)
        found = encoder(sender.address, body)
        if found.signers() != (sender.address,):
            raise Unauthorized(f"{sender} sent a message that {found.signers()} must sign")
        return found


@dataclass(frozen=True, slots=True)
class _Done:
    """A message that succeeded, as its sender hears of it."""

    msg: Msg
    response: bytes
    events: tuple[Event, ...]

    def to_json(self) -> Json:
        data = _base64(self.response) if self.response else None
        type_url = f"{self.msg.type_url}Response"
        events: list[Json] = [_event(event) for event in self.events if event.type != "message"]
        responses: list[Json] = [{"type_url": type_url, "value": _base64(self.response)}]
        return {"events": events, "data": data, "msg_responses": responses}


def _check(sub: SubMsg) -> None:
    limit: object = sub.gas_limit  # a contract's JSON may hold anything here
    if limit is not None and (not isinstance(limit, int) or limit < 0):
        raise VmError(f"the contract's gas_limit {limit!r} is no amount of gas")
    if len(sub.payload) > MAX_PAYLOAD:
        raise VmError(f"the contract's payload has {len(sub.payload)} bytes, above {MAX_PAYLOAD}")


def _event(event: Event) -> Json:
    attributes: list[Attribute] = sorted(event.attributes, key=lambda a: a.key)
    return {
        "type": event.type,
        "attributes": [{"key": a.key, "value": a.value} for a in attributes],
    }


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
