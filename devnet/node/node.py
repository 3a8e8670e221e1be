"""Chain and consensus as one thing: make a block, ask, go back, open, close.

The node holds what is no state: the keyring, what waits for the next block, and who
listens. Everything else is read from the store when it is asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from devnet.abci import ValidatorUpdate
from devnet.chain.context import BlockInfo
from devnet.chain.tx import Msg, build_tx
from devnet.consensus.commits import quorum
from devnet.consensus.engine import Engine
from devnet.consensus.errors import CannotSign, ChainHalted
from devnet.consensus.forge import forge_double_sign
from devnet.consensus.options import EngineOptions
from devnet.consensus.state import Committed
from devnet.consensus.votes import VoteKind
from devnet.crypto.keys import Keyring
from devnet.node.app import STORES, App, build_app
from devnet.node.books import Books
from devnet.node.code import Codes
from devnet.node.directory import Directory
from devnet.node.feed import Asked, BlockCommitted, Closed, Feed, Halted, Moved
from devnet.node.genesis import StartOptions, genesis_state
from devnet.node.pending import Pending
from devnet.node.txs import Proof
from devnet.primitives.canonical_json import Json
from devnet.primitives.types import SECOND, Address, Coins, ConsAddress, Height, Power, Timestamp
from devnet.store.errors import HeightNotFound
from devnet.store.history import History
from devnet.store.kv import Database, MemoryStore
from devnet.store.leveldb import LevelStore
from devnet.store.multistore import MultiStore
from devnet.x.auth.keeper import Account as AccountRecord

_OPTIONS = "options"


@dataclass(frozen=True, slots=True)
class Quorum:
    """Power for the next block: online, needed for a quorum, and in all."""

    online: int
    needed: int
    total: int


class Node:
    """One chain over one store."""

    def __init__(self, db: Database, options: StartOptions, *, where: str) -> None:
        self.options, self.where = options, where
        self.keyring = Keyring(options.seed)
        self.feed, self.pending = Feed(), Pending()
        self.history = History(db)
        self._db = db
        self.is_closed = False
        self._halt: ChainHalted | None = None
        self._operators: tuple[bytes, dict[bytes, Address]] = (b"", {})  # kept under a place
        store = MultiStore(self.history, STORES)
        self.app: App = build_app(
            store, prefix=options.prefix, verifier=_Asks(self), blocks=self._block_info
        )
        self.engine = Engine(
            self.app.base,
            self.history,
            EngineOptions(
                chain_id=options.chain_id,
                genesis_time=options.genesis_nanoseconds,
                block_time_ns=options.block_seconds * SECOND,
                votes=options.votes,
            ),
            self.keyring,
        )
        self.directory = Directory(
            self.app,
            self.engine,
            keyring=self.keyring,
            prefix=options.prefix,
            pending=self.pending,
        )
        self.codes = Codes(self.app)
        self.books = Books(self.app, self.history, self.directory)

    # -- begin and end -------------------------------------------------------------------

    @classmethod
    def start(cls, options: StartOptions, path: Path | None = None) -> Self:
        """A new chain with its first block; in memory without a path."""
        db: Database = MemoryStore() if path is None else LevelStore(path, create=True)
        try:
            node = cls(db, options, where="memory" if path is None else str(path))
            node.history.record(b"m/" + _OPTIONS.encode(), options.to_json())
            admin = [] if options.admin is None else [options.admin]
            node.directory.remember([*options.validators, *admin])
            members = [
                (name, ValidatorUpdate(node.keyring.consensus(name).public_key, Power(power)))
                for name, power in options.validators.items()
            ]
            node.engine.init(members, genesis_state(options, node.keyring))
        except BaseException:
            db.close()
            raise
        return node

    @classmethod
    def open(cls, path: Path) -> Self:
        """A chain again, at the place of its last block."""
        db = LevelStore(path, create=False)
        try:
            found = History(db).meta(_OPTIONS)
            assert found is not None, "options are sealed with the first block"
            return cls(db, StartOptions.from_json(found), where=str(path))
        except BaseException:
            db.close()
            raise

    def close(self) -> None:
        """Close the store; may be called again."""
        if self.is_closed:
            return
        self.is_closed = True
        self._db.close()
        self.feed.publish(Closed(Height(0)))

    # -- where we are --------------------------------------------------------------------

    @property
    def height(self) -> Height:
        """Height of the last block."""
        return self.engine.state.height

    @property
    def time(self) -> Timestamp:
        """Time of the last block, in nanoseconds."""
        return self.engine.state.time

    @property
    def next_time(self) -> Timestamp:
        """Time the next block will have: what the votes of the last one said."""
        return self.engine.state.last_commit.median_time()

    @property
    def halted(self) -> str | None:
        """Why no block can be made, or None; going elsewhere lifts it."""
        return None if self._halt is None else str(self._halt)

    def block_at(self, height: int) -> Committed:
        """Block of a height; ``HeightNotFound``."""
        return self.engine.block_at(height)

    # -- blocks --------------------------------------------------------------------------

    def make_block(
        self, txs: tuple[bytes, ...] = (), *, clock: Timestamp | None = None
    ) -> Committed:
        """Make the next block of transactions and of what waits.

        If no block can be made, nothing changed: what waited waits on, the transactions
        are the caller's again.

        Raises
        ------
        NoQuorum, ChainHalted
        """
        with self.feed.verb():
            try:
                made = self.engine.make_block(self.pending.inputs(txs, clock))
            except ChainHalted as halt:
                self._halt = halt
                self.feed.publish(Halted(self.height, str(halt)))
                raise
            self.pending.clear()
            self.feed.publish(BlockCommitted(made.height))
        return made

    def revert(self, height: int) -> None:
        """Make the block of ``height`` the last one again; ``HeightNotFound``."""
        if height < 1:
            raise HeightNotFound(height, lowest=1, highest=self.height)
        self._go_to(self.history.place_at(height))

    @contextmanager
    def look_ahead(self) -> Iterator[None]:
        """Whatever happens inside is forgotten at the end."""
        came_from = self.history.tip
        self.pending.clear()
        try:
            yield
        finally:
            if not self.is_closed:  # else the next opening stands where it was left
                left = self.history.tip
                self._go_to(came_from)
                self.history.forget(left, down_to=self._common(left))

    def _common(self, place: bytes) -> bytes:
        """The last place on the way to another that the present branch passes too."""
        history = self.history
        height = history.height_of(place)
        while height > history.height or history.place_at(height) != place:
            place, height = history.parent(place), height - 1
        return place

    def _go_to(self, place: bytes) -> None:
        self.pending.clear()
        self._halt = None
        self.history.go_to(place)
        self.feed.publish(Moved(self.height))

    # -- questions and transactions ------------------------------------------------------

    def query(
        self, module: str, name: str, params: Mapping[str, Json], *, height: int | None = None
    ) -> Any:
        """Answer of a module, on the state after the last block or that of a height."""
        return self.app.base.query(module, name, params, height=height)

    def smart(self, contract: Address, msg: bytes, *, height: int | None = None) -> bytes:
        """Answer of a contract, in bytes."""
        return self.app.wasm.query_smart(self.app.base.query_context(height), contract, msg)

    def balances(self, address: Address) -> Coins:
        """All an address holds after the last block."""
        return self.app.bank.balances(self.app.base.query_context(), address)

    def account(self, name: str) -> AccountRecord:
        """Number and next sequence of the account of a name; ``UnknownAccount``."""
        ctx = self.app.base.query_context()
        return self.app.accounts.get_account(ctx, self.directory.address_of(name))

    def sign(
        self, messages: Sequence[Msg], name: str, *, fee: Coins, gas: int, waiting: int = 0
    ) -> bytes:
        """Transaction signed by a name; ``waiting`` of its transactions come before it."""
        account = self.account(name)
        signer = (self.keyring.account(name), account.number, account.sequence + waiting)
        return build_tx(messages, signer=signer, fee=fee, gas=gas, chain_id=self.options.chain_id)

    # -- validators ----------------------------------------------------------------------

    def start_validator(self, name: str) -> None:
        """Run a node with the consensus key of a name from the next block on."""
        self.directory.remember([name])
        key = self.keyring.consensus(name).public_key
        if name not in [node.name for node in self.directory.nodes()]:
            self.pending.started.append((name, key))
            self.feed.publish(Asked(self.height))

    def switch(self, address: ConsAddress, *, online: bool) -> None:
        """Switch a node on or off from the next block on."""
        self.pending.switched.append((address, online))
        self.feed.publish(Asked(self.height))

    def double_sign(self, address: ConsAddress, *, round_: int, kind: VoteKind) -> None:
        """Let a validator sign two blocks at the next height; ``CannotSign``."""
        if self.engine.validators_at(self.height + 1).find(address) is None:
            name = self.directory.validator_name(address)
            reason = "it has no power at the next height, so there is nothing to sign"
            raise CannotSign(address, reason, name=name)
        self.pending.double_signs.append((address, round_, kind))
        self.feed.publish(Asked(self.height))

    def forge_double_sign(
        self, address: ConsAddress, *, height: int, round_: int, kind: VoteKind
    ) -> Proof:
        """Two truly signed conflicting votes of a past height; they go nowhere."""
        return forge_double_sign(self.engine, address, height=height, round=round_, kind=kind)

    def operators(self) -> dict[bytes, Address]:
        """Who runs which consensus key, by the book of x/validator."""
        if self._operators[0] != self.history.tip:
            ctx = self.app.base.query_context()
            found = {v.pub_key: v.operator for v in self.app.validator.decided.everyone(ctx)}
            self._operators = (self.history.tip, found)
        return self._operators[1]

    def quorum(self) -> Quorum:
        """Power for the next block, with the switches that wait for it."""
        members = self.engine.validators_at(self.height + 1)
        online = sum(v.power for v in members.validators if self.directory.is_online(v.address))
        return Quorum(online, quorum(members.total), members.total)

    def _block_info(self, height: Height | None) -> BlockInfo:
        at = self.height if height is None else height
        header = self.engine.block_at(at).block.header
        return BlockInfo(self.options.chain_id, at, header.time, header.proposer_address)


@dataclass(frozen=True, slots=True)
class _Asks:
    """The application's line to the engine, which is built after it."""

    node: Node

    def verify(self, proof: bytes) -> Any:
        """See ``abci.Verifier``."""
        return self.node.engine.verifier.verify(proof)
