"""What x/wasm keeps about codes and contracts, and under which keys.

Layout (design, section 7): ``0x01 | be8 code id`` code, ``0x02 | contract`` instance,
``0x03 | contract | key`` its own storage, ``0x04 | name`` counters, ``0x05 | contract |
be8`` migration history. Contracts stand there by raw address.
"""

from dataclasses import dataclass
from functools import lru_cache

from devnet.primitives.protobuf import decode, field

CODE = b"\x01"
INSTANCE = b"\x02"
STORAGE = b"\x03"
COUNTER = b"\x04"
HISTORY = b"\x05"
LAST_CODE = COUNTER + b"lastCodeId"
LAST_INSTANCE = COUNTER + b"lastContractId"
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Code:
    """Stored code.

    Attributes
    ----------
    checksum
        SHA-256 of ``source``.
    source
        Text of a Python contract, or a wasm binary.
    imports
        What the runtime wants remembered; for Python the digests of imported rooms.
    permission, listed
        Who may instantiate it, as in ``AccessConfig``; listed by raw address.
    """

    checksum: bytes = field(1, "bytes")
    creator: bytes = field(2, "bytes")
    source: bytes = field(3, "bytes")
    imports: bytes = field(4, "bytes")
    permission: int = field(5, "uint64")
    listed: tuple[bytes, ...] = field(6, "bytes", repeated=True)


@dataclass(frozen=True, slots=True)
class Instance:
    """A contract.

    Attributes
    ----------
    creator, admin
        Raw addresses; an empty admin is nobody.
    height, tx_index
        Where it was made; ``tx_index`` counts from 1, 0 is outside of a transaction.
    number
        The how many-th contract of this chain it is, from 1.
    """

    code_id: int = field(1, "uint64")
    creator: bytes = field(2, "bytes")
    admin: bytes = field(3, "bytes")
    label: str = field(4, "string")
    height: int = field(5, "uint64")
    tx_index: int = field(6, "uint64")
    number: int = field(7, "uint64")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One code a contract has had: from which height, and with which message."""

    operation: str = field(1, "string")
    code_id: int = field(2, "uint64")
    height: int = field(3, "uint64")
    msg: bytes = field(4, "bytes")


# Records repeat with every call; equal bytes are equal records, so a memo is always right.
@lru_cache(maxsize=_REMEMBERED)
def read_code(raw: bytes) -> Code:
    """Code of its stored bytes."""
    return decode(Code, raw)


@lru_cache(maxsize=_REMEMBERED)
def read_instance(raw: bytes) -> Instance:
    """Instance of its stored bytes."""
    return decode(Instance, raw)
