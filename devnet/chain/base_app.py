"""The application consensus drives: order of work in a block, and what rolls back when.

Rules are those of the Cosmos SDK's baseapp (reference: consensus, sections 7.4 and 7.5).
A ``TxError`` fails one transaction; anything else that travels out of a module is a bug
or a halt, and leaves this room untouched: whoever drives calls :meth:`BaseApp.abandon`.
No module is known here by name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Protocol

from devnet.abci import (
    BeginBlock,
    EndBlock,
    Event,
    InitChain,
    TxResult,
    ValidatorUpdate,
    attribute,
)
from devnet.chain.context import BlockInfo, Context, ReadOnlyStore
from devnet.chain.errors import OutOfGas, nearest
from devnet.chain.gas import GasMeter
from devnet.chain.module import Module
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.chain.tx import Msg, ProtoAny, Tx, TxMsgData, decode_tx
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.protobuf import encode
from devnet.primitives.types import ConsAddress, Height
from devnet.store.branch import Branch
from devnet.store.kv import KVStore

QUERY_GAS = 200_000_000
"""Gas a query may use, so that an endless one ends."""

BlockLookup = Callable[[Height | None], BlockInfo]
"""Who knows what a block said: at a height, or (``None``) the last committed one."""


class StateStore(Protocol):
    """What the application needs of the store of all modules."""

    def begin(self) -> Branch:
        """Overlay over the committed state, the whole key space."""

    def commit(self, working: Branch) -> bytes:
        """Stage the changes of an overlay into the block's batch; the app hash after it."""

    def at(self, height: int) -> KVStore:
        """State as it was after a block; ``HeightNotFound``."""


class AnteHandler(Protocol):
    """What stands before a transaction's messages."""

    def __call__(self, ctx: Context, tx: Tx) -> None:
        """Take fee and sequence, or refuse with a ``TxError``; runs on a branch."""


class BaseApp:
    """Runs modules over a store, block by block.

    Parameters
    ----------
    modules
        In the order of their begin blockers, which is that of genesis too.
    end_order
        Names of the modules in the order of their end blockers.
    ante
        What stands before a transaction's messages.
    blocks
        Tells a query which block it stands in; the application itself keeps no history.
    block_gas_limit
        Gas all transactions of a block may use together; ``None`` is unlimited.
    """

    def __init__(
        self,
        store: StateStore,
        modules: Sequence[Module],
        *,
        end_order: Sequence[str],
        router: MessageRouter,
        queries: QueryRouter,
        ante: AnteHandler,
        blocks: BlockLookup,
        block_gas_limit: int | None = None,
    ) -> None:
        by_name = {module.name: module for module in modules}
        assert sorted(by_name) == sorted(end_order), "every module has one place in both orders"
        self.modules: Mapping[str, Module] = by_name
        self.router, self.queries = router, queries
        self._store, self._ante, self._blocks = store, ante, blocks
        self._end_order = tuple(by_name[name] for name in end_order)
        self._block_gas_limit = block_gas_limit
        # The block in progress; all of it is forgotten by commit and abandon.
        self._working: Branch | None = None
        self._block: BlockInfo | None = None
        self._gas_used = 0
        self._tx_count = 0

    # -- the life of a block ------------------------------------------------------------

    def init_chain(self, request: InitChain) -> None:
        """Write the genesis state of every module; it becomes part of the first block.

        Raises
        ------
        InvalidMessage
            If the genesis document has a part for a module that is not there.
        """
        state = _genesis_parts(request.app_state, self.modules)
        working = self._store.begin()
        block = BlockInfo(request.chain_id, Height(0), request.time, ConsAddress(b""))
        ctx = Context(working, block, mode="genesis")
        for module in self.modules.values():
            module.init_genesis(ctx, state.get(module.name))
        self._working = working

    def begin_block(self, request: BeginBlock) -> tuple[Event, ...]:
        """Open the block and run the begin blockers, without gas limit."""
        assert self._block is None, "the block before was neither committed nor abandoned"
        self._block = BlockInfo(request.chain_id, request.height, request.time, request.proposer)
        if self._working is None:
            self._working = self._store.begin()
        self._gas_used = self._tx_count = 0
        ctx = Context(self._working, self._block, mode="begin_block")
        for module in self.modules.values():
            module.begin_blocker(ctx, request)
        return ctx.events

    def deliver_tx(self, tx: bytes) -> TxResult:
        """Run one transaction; a failed one is rolled back and reported, never raised."""
        working, block = self._in_progress()
        index = self._tx_count
        self._tx_count += 1
        limit = self._block_gas_limit
        if limit is not None and self._gas_used >= limit:
            return _failed(OutOfGas("block gas meter", limit=limit, used=self._gas_used))
        try:
            decoded = decode_tx(tx, self.router)
        except TxError as err:
            return _failed(err)
        result = self._run(decoded, working, block, index=index)
        self._gas_used += min(result.gas_used, result.gas_wanted)
        return result

    def end_block(self, height: int) -> EndBlock:
        """Run the end blockers, without gas limit; at most one asks for validator updates."""
        working, block = self._in_progress()
        assert height == block.height, "this block was not begun"
        ctx = Context(working, block, mode="end_block")
        updates: tuple[ValidatorUpdate, ...] = ()
        for module in self._end_order:
            wanted = tuple(module.end_blocker(ctx))
            assert not (wanted and updates), "two modules ask for validator updates"
            updates = updates or wanted
        return EndBlock(ctx.events, updates)

    def commit(self) -> bytes:
        """Stage the block's changes for the batch of this block; the app hash."""
        working, _ = self._in_progress()
        app_hash = self._store.commit(working)
        self._working = self._block = None
        return app_hash

    def abandon(self) -> None:
        """Forget the block in progress, genesis included if it was not committed yet."""
        if self._working is not None:
            self._working.drop()
        self._working = self._block = None

    # -- outside of blocks --------------------------------------------------------------

    def check_tx(self, tx: bytes) -> TxResult:
        """Whether a transaction would pay its fee and carry good signatures; no change."""
        try:
            decoded = decode_tx(tx, self.router)
        except TxError as err:
            return _failed(err)
        meter = GasMeter(decoded.fee.gas_limit)
        ctx = Context(self._store.begin(), self._blocks(None), mode="check", gas=meter)
        try:
            self._ante(ctx, decoded)
        except TxError as err:
            return _failed(err, meter)
        return TxResult(gas_wanted=decoded.fee.gas_limit, gas_used=meter.used, events=ctx.events)

    def query_context(self, height: int | None = None) -> Context:
        """A context to read committed state in: the last block's, or that of a height.

        Raises
        ------
        HeightNotFound
            If there is no such height.
        """
        state: KVStore = self._store.begin() if height is None else self._store.at(height)
        block = self._blocks(None if height is None else Height(height))
        return Context(ReadOnlyStore(state), block, mode="query", gas=GasMeter(QUERY_GAS))

    def query(
        self,
        module: str,
        name: str,
        params: Mapping[str, Json] | None = None,
        height: int | None = None,
    ) -> Json:
        """Answer of a module on committed state, as it was after a height if one is given.

        Raises
        ------
        UnknownQuery, HeightNotFound, TxError
            If nobody answers that, there is no such height, or the module refuses.
        """
        return self.queries.query(self.query_context(height), module, name, params)

    def export_genesis(self) -> dict[str, Json]:
        """The committed state as the genesis of a new chain, by module."""
        ctx = self.query_context()
        ctx.gas = GasMeter()
        found = {name: module.export_genesis(ctx) for name, module in self.modules.items()}
        return {name: state for name, state in found.items() if state is not None}

    # -- one transaction ----------------------------------------------------------------

    def _run(self, tx: Tx, working: Branch, block: BlockInfo, *, index: int) -> TxResult:
        meter = GasMeter(tx.fee.gas_limit)
        branch = Branch(working)
        ctx = Context(branch, block, mode="deliver", gas=meter, tx_index=index)
        try:
            self._ante(ctx, tx)
        except TxError as err:
            return _failed(err, meter)
        # From here on fee and sequence are spent; the branch is empty again and the
        # messages are on it together.
        working.write_batch(branch.changes)
        branch.drop()
        paid = len(ctx.events)
        responses: list[ProtoAny] = []
        for number, msg in enumerate(tx.messages):
            ctx.emit(_announcement(msg))
            try:
                answer = self.router.handle(ctx, msg)
            except TxError as err:
                where = f"failed to execute message; message index: {number}: "
                return _failed(err, meter, events=ctx.events[:paid], where=where)
            responses.append(ProtoAny(f"{msg.type_url}Response", answer.data))
        limit = self._block_gas_limit
        if limit is not None and (used := self._gas_used + meter.used) > limit:
            error = OutOfGas("block gas meter", limit=limit, used=used)
            return _failed(error, meter, events=ctx.events[:paid])
        working.write_batch(branch.changes)
        return TxResult(
            data=_tx_data(tuple(responses)),
            gas_wanted=tx.fee.gas_limit,
            gas_used=meter.used,
            events=ctx.events,
        )

    def _in_progress(self) -> tuple[Branch, BlockInfo]:
        assert self._working is not None, "no block was begun"
        assert self._block is not None, "no block was begun"
        return self._working, self._block


def _genesis_parts(state: Json, modules: Iterable[str]) -> Mapping[str, Json]:
    parts = {} if state is None else state
    if not isinstance(parts, dict):
        raise InvalidMessage("app_state", "give an object with a part per module")
    names = tuple(modules)
    for name in parts:
        if name not in names:
            raise InvalidMessage(f"app_state.{name}", f"no such module{nearest(name, names)}")
    return parts


def _failed(
    error: TxError,
    meter: GasMeter | None = None,
    *,
    events: tuple[Event, ...] = (),
    where: str = "",
) -> TxResult:
    return TxResult(
        code=error.code,
        codespace=error.codespace,
        log=f"{where}{error}",
        gas_wanted=0 if meter is None or meter.limit is None else meter.limit,
        gas_used=0 if meter is None else meter.used,
        events=events,
        error=error,
    )


def _announcement(msg: Msg) -> Event:
    """Event before a message's own: its kind, who sent it, and the module by its type url."""
    kind = msg.type_url
    return Event(
        "message",
        (
            attribute("action", kind),
            attribute("sender", msg.signers()[0]),
            attribute("module", _module_of(kind)),
        ),
    )


@cache
def _module_of(type_url: str) -> str:
    """``bank`` of ``/cosmos.bank.v1beta1.MsgSend``."""
    parts = type_url.split(".")
    return parts[1] if len(parts) > 2 else type_url  # noqa: PLR2004 - package, module, rest


@lru_cache(maxsize=64)  # most responses are empty, so most data are the same few bytes
def _tx_data(responses: tuple[ProtoAny, ...]) -> bytes:
    return encode(TxMsgData(responses))
