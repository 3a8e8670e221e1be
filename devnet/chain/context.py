"""One call's view of the chain: state on a branch, block, gas, and events.

A context is handed down the call tree and never kept: keepers hold no state, they read
and write through it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal, NoReturn

from devnet.abci import Event
from devnet.chain.errors import WriteRefused
from devnet.chain.gas import GasMeter, MeteredStore
from devnet.primitives.types import ConsAddress, Height, Timestamp
from devnet.store.branch import Branch
from devnet.store.kv import KVStore

Mode = Literal["genesis", "check", "deliver", "begin_block", "end_block", "query"]


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """The block a call stands in; a query stands in the last committed one."""

    chain_id: str
    height: Height
    time: Timestamp
    proposer: ConsAddress


class Context:
    """What one call may see and change.

    Attributes
    ----------
    block
        The block in progress, or the last one for a query.
    mode
        Who calls: a transaction (``check``, ``deliver``), the chain itself (``genesis``,
        ``begin_block``, ``end_block``), or a reader (``query``).
    gas
        The meter every access to state is charged to.
    root
        The whole key space, not metered; modules use :meth:`store`.
    tx_index
        Place of the transaction in its block, from 0; ``None`` outside of one.
    """

    __slots__ = ("_events", "_stores", "block", "gas", "mode", "root", "tx_index")

    def __init__(
        self,
        root: KVStore,
        block: BlockInfo,
        *,
        mode: Mode,
        gas: GasMeter | None = None,
        tx_index: int | None = None,
    ) -> None:
        self.root, self.block, self.mode = root, block, mode
        self.gas = GasMeter() if gas is None else gas
        self.tx_index = tx_index
        self._events: list[Event] = []
        self._stores: dict[str, MeteredStore] = {}

    def store(self, name: str) -> MeteredStore:
        """State of one module, each access charged to :attr:`gas`."""
        found = self._stores.get(name)
        if found is None:
            found = self._stores[name] = MeteredStore(self.root, self.gas, prefix=_place_of(name))
        return found

    def peek(self, name: str, key: bytes) -> bytes | None:
        """Value of a module's key, charged to nobody: for what has a flat price instead."""
        return self.root.get(_place_of(name) + key)

    def may_be_touched(self, name: str, key: bytes) -> bool:
        """Whether a key of a module may have been written since the last block.

        Reads no state, so it costs no gas. Only a root that is no branch cannot tell.
        """
        root = self.root
        return not isinstance(root, Branch) or root.has_change(_place_of(name) + key)

    def emit(self, event: Event) -> None:
        """Say that something happened; forgotten if the branch is dropped."""
        self._events.append(event)

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened so far on this branch, in order."""
        return tuple(self._events)

    @contextmanager
    def branch(self, *, gas_limit: int | None = None) -> "Iterator[Context]":
        """Work that is kept on a normal exit and forgotten when an error passes.

        State and events are written or dropped together; gas counts in both cases. A
        ``gas_limit`` below what is left gives the branch a meter of its own: passing it
        raises ``OutOfGas`` and costs the whole limit, while :attr:`gas` of the caller is
        not exhausted - that is how to tell the two apart.
        """
        own = None
        if gas_limit is not None and gas_limit < self.gas.remaining:
            own = GasMeter(gas_limit)
        state = Branch(self.root)
        inner = Context(
            state, self.block, mode=self.mode, gas=own or self.gas, tx_index=self.tx_index
        )
        try:
            yield inner
        except BaseException:
            state.drop()
            raise
        else:
            state.write()
            self._events += inner._events
        finally:
            if own is not None:
                self.gas.consume(own.used - own.excess, "branch with a gas limit")

    def read_only(self) -> "Context":
        """The same state and gas for a query: writing is refused, events are forgotten."""
        root = self.root if isinstance(self.root, ReadOnlyStore) else ReadOnlyStore(self.root)
        return Context(root, self.block, mode="query", gas=self.gas, tx_index=self.tx_index)


class ReadOnlyStore:
    """A store that may be read but not written."""

    __slots__ = ("get", "iterate")

    def __init__(self, parent: KVStore) -> None:
        self.get = parent.get
        self.iterate = parent.iterate

    def set(self, key: bytes, value: bytes) -> NoReturn:  # noqa: ARG002 - names as in KVStore
        """Refuse (``WriteRefused``)."""
        raise WriteRefused

    def delete(self, key: bytes) -> NoReturn:  # noqa: ARG002
        """Refuse (``WriteRefused``)."""
        raise WriteRefused


@cache
def _place_of(name: str) -> bytes:
    """Where a module's state stands in the key space (design, section 7)."""
    return b"s/" + name.encode() + b"/"
