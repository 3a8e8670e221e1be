"""One call of one entry point: loads the code, hands over what it may see, reads the answer.

Nothing is dispatched here; that is :mod:`devnet.x.wasm.dispatcher`. Every call starts
afresh from stored bytes, so nothing of a contract survives a call but its storage.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar, runtime_checkable

from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas
from devnet.cosmwasm import deps
from devnet.cosmwasm.errors import CodeRejected, Refuse, VmError
from devnet.cosmwasm.messages import Response, read_answer, read_result
from devnet.cosmwasm.runtime import Call, ContractRuntime
from devnet.primitives.types import Address, Height, Timestamp
from devnet.x.wasm.contract_queries import ContractQueries
from devnet.x.wasm.errors import ContractError, EntryPoint, QueryTooDeep
from devnet.x.wasm.registry import ContractInfo, ContractStorage, Registry

LOAD_COST = 60_000
"""Chain gas to load a contract's code, whatever its size (wasmd, ``DefaultInstanceCost``)."""
RELOAD_COST = 2_000
"""The same for code that ran a moment ago: a reply goes to who is waiting for it."""
MAX_QUERY_DEPTH = 10
_REMEMBERED = 256
_NO_TX = b"null}"

T = TypeVar("T")

# How deep the queries stand that are being answered right now. It is no state: it is zero
# whenever nobody asks. Modules that ask contracts on the way are counted through it too.
_query_depth: ContextVar[int] = ContextVar("query depth", default=0)


@runtime_checkable
class TellsCause(Protocol):
    """A runtime that remembers what the code raised in the call it has just run."""

    def take_cause(self) -> BaseException | None:
        """The exception behind the last ``{"error": ...}``, once."""


class ReadOnlyStorage(ContractStorage):
    """A contract's storage as a query sees it."""

    __slots__ = ()

    def set(self, key: bytes, value: bytes) -> None:
        """Refuse (``VmError``)."""
        raise VmError(f"a query tried to write {len(value)} bytes under {key.hex()}")

    def delete(self, key: bytes) -> None:
        """Refuse (``VmError``)."""
        raise VmError(f"a query tried to delete {key.hex()}")


class Caller:
    """Runs entry points of contracts, whatever kind of code they are."""

    def __init__(
        self, registry: Registry, *, runtimes: Sequence[ContractRuntime], queries: ContractQueries
    ) -> None:
        self._registry, self._runtimes, self._queries = registry, tuple(runtimes), queries

    def runtime_for(self, source: bytes) -> ContractRuntime:
        """The machine that takes this code; its first bytes tell.

        Raises
        ------
        CodeRejected
            If there is none.
        """
        for runtime in self._runtimes:
            if runtime.accepts(source):
                return runtime
        raise CodeRejected(0, "no runtime of this chain takes this kind of code")

    def call(
        self,
        ctx: Context,
        contract: ContractInfo,
        *,
        entry_point: EntryPoint,
        msg: bytes,
        info: deps.MessageInfo | None = None,
    ) -> Response:
        """What a contract answers to a call that may write.

        Raises
        ------
        ContractError
            If it refuses; caused by what it raised, as far as the runtime tells.
        VmError, OutOfGas
            If its code does not reach an answer.
        """
        ctx.gas.consume(RELOAD_COST if entry_point == "reply" else LOAD_COST, "load contract")
        call = Call(
            entry_point,
            _env(ctx, contract),
            None if info is None else _info(info),
            msg,
            ContractStorage(ctx, contract.raw),
            _Querier(self, ctx),
            ctx.gas,
        )
        return self._answer(ctx, contract, call, read_result)

    def query(self, ctx: Context, contract: ContractInfo, msg: bytes) -> bytes:
        """Answer of a contract to a question; usually JSON.

        Raises
        ------
        QueryTooDeep
            If too many queries stand above this one.
        ContractError, VmError, OutOfGas
            As for a call; also if it tries to write.
        """
        depth = _query_depth.get() + 1
        if depth > MAX_QUERY_DEPTH:
            raise QueryTooDeep(MAX_QUERY_DEPTH)
        ctx.gas.consume(LOAD_COST, "load contract")
        reading = ctx if ctx.mode == "query" else ctx.read_only()
        storage = ReadOnlyStorage(reading, contract.raw)
        env, querier = _env(reading, contract), _Querier(self, reading)
        call = Call("query", env, None, msg, storage, querier, ctx.gas, read_only=True)
        token = _query_depth.set(depth)
        try:
            return self._answer(reading, contract, call, read_answer)
        finally:
            _query_depth.reset(token)

    def ask(self, ctx: Context, request: bytes) -> bytes:
        """Answer of the chain to what a contract asks, in the query protocol."""
        return self._queries.answer(ctx, request, smart=self.query)

    def _answer(
        self, ctx: Context, contract: ContractInfo, call: Call, read: Callable[[bytes], T]
    ) -> T:
        code = self._registry.get_code(ctx, contract.code_id)
        runtime = self.runtime_for(code.source)
        raw = runtime.run(code.source, code.checksum, call)
        if ctx.gas.is_exhausted:  # the code may have caught it and gone on
            raise OutOfGas(str(contract), limit=ctx.gas.limit or 0, used=ctx.gas.used)
        try:
            return read(raw)
        except Refuse as refusal:
            cause = runtime.take_cause() if isinstance(runtime, TellsCause) else None
            raise ContractError.of(
                contract.label, call.entry_point, str(refusal), contract=contract.address
            ) from (cause or refusal)


@dataclass(frozen=True, slots=True)
class _Querier:
    """The chain's side of ``query_chain``, at the very moment of one call."""

    caller: Caller
    ctx: Context

    def query(self, request: bytes) -> bytes:
        """Doubly wrapped JSON answer of a JSON request."""
        return self.caller.ask(self.ctx, request)


def _env(ctx: Context, contract: ContractInfo) -> bytes:
    """Where the contract runs; outside of a transaction and in a query no place in one."""
    block = ctx.block
    before = _env_before_tx(block.height, block.time, block.chain_id, contract.address)
    if ctx.tx_index is None or ctx.mode != "deliver":
        return before + _NO_TX
    return b'%b{"index":%d}}' % (before, ctx.tx_index)


@lru_cache(maxsize=_REMEMBERED)
def _env_before_tx(height: Height, time: Timestamp, chain_id: str, address: Address) -> bytes:
    """The part of an env that all calls of a contract in a block share; its place comes last."""
    env = deps.Env(deps.BlockInfo(height, time, chain_id), deps.ContractInfo(address))
    return env.to_json().removesuffix(_NO_TX)


_info = lru_cache(maxsize=_REMEMBERED)(deps.MessageInfo.to_json)
