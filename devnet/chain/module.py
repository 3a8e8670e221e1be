"""What a module is: a name, handlers, genesis, and work at both ends of a block."""

# ruff: noqa: ARG002 - defaults take what those who override them need

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from devnet.abci import BeginBlock, ValidatorUpdate
from devnet.chain.context import Context
from devnet.chain.tx import Msg, MsgResult
from devnet.primitives.canonical_json import Json
from devnet.primitives.types import Address

FEE_COLLECTOR = "fee_collector"
"""Name of the module account that fees go to, and rewards come from."""

# A handler takes its own kind of message; the router keys it by that class, so what it
# is called with fits. Python's types cannot say this of a mapping, hence Any.
Handler: TypeAlias = Callable[[Context, Any], MsgResult]
Encoder: TypeAlias = Callable[[Address, Json], Msg]
"""From the contract that sends and its JSON to the message it stands for."""
QueryHandler: TypeAlias = Callable[[Context, Mapping[str, Json]], Json]


@dataclass(frozen=True, slots=True)
class Description:
    """A stored key and its value in words of the domain, for people.

    Attributes
    ----------
    subject
        What the key is about, like ``balance of tgrade1... in utgd``.
    value
        What it holds, like ``995``.
    """

    subject: str
    value: str


class Module(Protocol):
    """One part of the application. Subclass it: everything but ``name`` has a default."""

    name: str

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        """The messages this module carries out."""
        return {}

    def contract_messages(self) -> Mapping[str, Encoder]:
        """What contracts may send here, by kind: ``bank``, ``wasm``, ``custom:validator``."""
        return {}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        """Read-only questions, for live objects, contracts and RPC alike."""
        return {}

    def init_genesis(self, ctx: Context, state: Json) -> None:
        """Write the beginning; ``state`` is ``None`` if the genesis document has none."""
        return

    def export_genesis(self, ctx: Context) -> Json:
        """Say the present state as a beginning for a new chain."""
        return None

    def describe(self, key: bytes, value: bytes) -> Description:
        """Put a stored key of this module in words."""
        return Description(f"{self.name} 0x{key.hex()}", f"{len(value)} bytes")

    def begin_blocker(self, ctx: Context, block: BeginBlock) -> None:
        """Work before the transactions of a block."""
        return

    def end_blocker(self, ctx: Context) -> Sequence[ValidatorUpdate]:
        """Work after them; at most one module asks for validator updates."""
        return ()
