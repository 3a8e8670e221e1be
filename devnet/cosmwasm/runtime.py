"""What a machine that runs contracts must be, and what it is given for one call.

Bytes and JSON cross this border and nothing else, so that source text and compiled code
can stand in the same place. Three layers of failure are kept apart (cosmwasm reference,
section 4): a contract's own refusal comes back as ``{"error": text}``; code that does not
reach a result raises :class:`~devnet.cosmwasm.errors.VmError`; what the *host's* storage,
querier or gas meter raises passes through untouched.
"""

from dataclasses import dataclass
from typing import Protocol

from devnet.cosmwasm.deps import RawQuerier, Storage
from devnet.cosmwasm.schema import ContractSchema, EntryPoint

MAX_KEY = 64 * 1024
"""Bytes of a storage key."""
MAX_VALUE = 128 * 1024
"""Bytes of a stored value."""


class GasMeter(Protocol):
    """What a call pays with."""

    def consume(self, amount: int, what: str) -> None:
        """Use chain gas; raises when there is none left."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an entry point.

    Attributes
    ----------
    env, info, msg
        JSON bytes; ``info`` is ``None`` where nobody sends: query, sudo, reply, migrate.
    read_only
        A query: the call may not write.
    """

    entry_point: EntryPoint
    env: bytes
    info: bytes | None
    msg: bytes
    storage: Storage
    querier: RawQuerier
    gas: GasMeter
    read_only: bool = False


class ContractRuntime(Protocol):
    """A machine for one kind of code."""

    def accepts(self, code: bytes) -> bool:
        """Whether this code is of its kind; its first four bytes tell."""

    def check(self, code: bytes) -> bytes:
        """What to store beside new code: canonical JSON of the digests it depends on.

        Raises
        ------
        CodeRejected
            If the code may not be stored.
        """

    def run(self, code: bytes, checksum: bytes, call: Call) -> bytes:
        """The JSON contract result, ``{"ok": ...}`` or ``{"error": text}``.

        Raises
        ------
        VmError
            If the code does not reach a result.
        """

    def schema(self, code: bytes, checksum: bytes) -> ContractSchema | None:
        """What the code can be asked, if it says so itself."""
