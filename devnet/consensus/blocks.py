"""Headers and blocks: their wire form and their hashes (CometBFT, types/block).

A block hash is the Merkle root over the fourteen header fields; a block id adds the
number and the Merkle root of the parts the encoded block is cut into. The app hash and
the results hash in a header are those after the block *before*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256 as _hash
from typing import Self

from devnet.abci import TxResult
from devnet.consensus.commits import Commit
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.votes import BlockId, BlockIdMessage, TimestampMessage, timestamp_body
from devnet.crypto.hashing import sha256
from devnet.primitives.protobuf import decode, field, length_prefixed, varint
from devnet.primitives.types import SECOND, ConsAddress, Height, Timestamp
from devnet.store.merkle import EMPTY as EMPTY_HASH
from devnet.store.merkle import list_root

PART_SIZE = 65536
BLOCK_PROTOCOL = 11
_REMEMBERED = 256
_TAGS = tuple(number << 3 | 2 for number in range(6, 15))
_USUAL_LENGTHS = (32,) * 8 + (20,)
_USUAL_TAIL = b"".join(b"%c%c%%b" % pair for pair in zip(_TAGS, _USUAL_LENGTHS, strict=True))


@dataclass(frozen=True, slots=True)
class Header:
    """What a block hash covers.

    Attributes
    ----------
    last_block_id
        Nil in the first block.
    last_commit_hash
        Of the signatures for the block before.
    validators_hash, next_validators_hash
        Of the sets that sign this block and the next.
    app_hash, last_results_hash
        After the block before; the first block carries those of nothing.
    """

    chain_id: str
    height: Height
    time: Timestamp
    last_block_id: BlockId
    last_commit_hash: bytes
    data_hash: bytes
    validators_hash: bytes
    next_validators_hash: bytes
    consensus_hash: bytes
    app_hash: bytes
    last_results_hash: bytes
    evidence_hash: bytes
    proposer_address: ConsAddress
    version_block: int = BLOCK_PROTOCOL
    version_app: int = 0

    @property
    def hash(self) -> bytes:
        """Merkle root over the fields; empty for a header without validators hash.

        Fourteen leaves make the tree ``((0-3) (4-7)) ((8-11) (12-13))``. The parts that
        stay equal from block to block are remembered under their contents.
        """
        if not self.validators_hash:
            return b""
        height = _hash(b"\0\x08" + varint(self.height)).digest()
        time = _hash(b"\0" + timestamp_body(self.time)).digest()
        last_id = _hash(b"\0" + self.last_block_id.encode()).digest()
        last_commit = _hash(b"\0" + _wrap(self.last_commit_hash)).digest()
        first = _first_pair(self.version_block, self.version_app, self.chain_id)
        contents = _pair(self.data_hash, self.validators_hash)
        state = _four(
            self.next_validators_hash, self.consensus_hash, self.app_hash, self.last_results_hash
        )
        end = _pair(self.evidence_hash, self.proposer_address)
        left = _inner(
            _inner(first, _inner(height, time)), _inner(_inner(last_id, last_commit), contents)
        )
        return _inner(left, _inner(state, end))

    def leaves(self) -> tuple[bytes, ...]:
        """The fourteen encoded fields, in order; what the hash is made of."""
        return (
            _version(self.version_block, self.version_app),
            _wrap(self.chain_id.encode()),
            b"\x08" + varint(self.height) if self.height else b"",
            timestamp_body(self.time),
            self.last_block_id.encode(),
            *(_wrap(value) for value in self._hashes()),
        )

    def encode(self) -> bytes:
        """Wire bytes of the header."""
        time, last = timestamp_body(self.time), self.last_block_id.encode()
        hashes = self._hashes()
        if tuple(map(len, hashes)) == _USUAL_LENGTHS:
            tail = _USUAL_TAIL % hashes
        else:
            tail = b"".join(
                b"%c%c%b" % (tag, len(value), value)
                for tag, value in zip(_TAGS, hashes, strict=True)
                if value
            )
        return b"%b\x18%b\x22%c%b\x2a%c%b%b" % (
            _head(self.version_block, self.version_app, self.chain_id),
            varint(self.height),
            len(time),
            time,
            len(last),
            last,
            tail,
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Header of wire bytes.

        Raises
        ------
        InvalidMessage
            If they are none.
        """
        m = decode(_HeaderMessage, data)
        version = m.version or _VersionMessage()
        return cls(
            m.chain_id,
            Height(m.height),
            (m.time or TimestampMessage()).time,
            BlockId.of_message(m.last_block_id),
            m.last_commit_hash,
            m.data_hash,
            m.validators_hash,
            m.next_validators_hash,
            m.consensus_hash,
            m.app_hash,
            m.last_results_hash,
            m.evidence_hash,
            ConsAddress(m.proposer_address),
            version.block,
            version.app,
        )

    def _hashes(self) -> tuple[bytes, ...]:
        return (
            self.last_commit_hash,
            self.data_hash,
            self.validators_hash,
            self.next_validators_hash,
            self.consensus_hash,
            self.app_hash,
            self.last_results_hash,
            self.evidence_hash,
            self.proposer_address,
        )


@dataclass(frozen=True, slots=True)
class _VersionMessage:
    block: int = field(1, "uint64")
    app: int = field(2, "uint64")


@dataclass(frozen=True, slots=True)
class _HeaderMessage:
    version: _VersionMessage | None = field(1, _VersionMessage)  # noqa: RUF009 - the wire
    chain_id: str = field(2, "string")
    height: int = field(3, "int64")
    time: TimestampMessage | None = field(4, TimestampMessage)  # noqa: RUF009 - the wire
    last_block_id: BlockIdMessage | None = field(5, BlockIdMessage)  # noqa: RUF009 - the wire
    last_commit_hash: bytes = field(6, "bytes")
    data_hash: bytes = field(7, "bytes")
    validators_hash: bytes = field(8, "bytes")
    next_validators_hash: bytes = field(9, "bytes")
    consensus_hash: bytes = field(10, "bytes")
    app_hash: bytes = field(11, "bytes")
    last_results_hash: bytes = field(12, "bytes")
    evidence_hash: bytes = field(13, "bytes")
    proposer_address: bytes = field(14, "bytes")


@dataclass(frozen=True, slots=True)
class Block:
    """A header, the transactions and evidence it covers, and the commit of the block before."""

    header: Header
    txs: tuple[bytes, ...]
    evidence: tuple[DuplicateVoteProof, ...]
    last_commit: Commit

    def encode(
        self, *, header: bytes | None = None, commit_slots: Sequence[bytes] | None = None
    ) -> bytes:
        """Wire bytes; header and slots of the last commit may be given where known."""
        slots = self.last_commit.encode_slots() if commit_slots is None else commit_slots
        head = self.header.encode() if header is None else header
        data = b"".join([b"\x0a" + length_prefixed(tx) for tx in self.txs])
        evidence = b"".join([proof.wrapped for proof in self.evidence])
        return b"\x0a%b\x12%b\x1a%b\x22%b" % (
            length_prefixed(head),
            length_prefixed(data),
            length_prefixed(evidence),
            length_prefixed(self.last_commit.encode(slots)),
        )

    def block_id(self) -> BlockId:
        """Id of this block: header hash and part-set header."""
        return BlockId(self.header.hash, *part_set_header(self.encode()))

    def rival_id(self) -> BlockId:
        """Id of a block that differs from this one only in its time, by a second.

        A double signer signs both.
        """
        header = replace(self.header, time=Timestamp(self.header.time + SECOND))
        return replace(self, header=header).block_id()


def part_set_header(encoded: bytes) -> tuple[int, bytes]:
    """Number of parts of an encoded block, and their Merkle root."""
    if len(encoded) <= PART_SIZE:
        return 1, _leaf(encoded)
    parts = [encoded[at : at + PART_SIZE] for at in range(0, len(encoded), PART_SIZE)]
    return len(parts), list_root(parts)


def data_hash(txs: Sequence[bytes]) -> bytes:
    """Merkle root over the hashes of transactions."""
    return list_root([sha256(tx) for tx in txs]) if txs else EMPTY_HASH


def evidence_hash(proofs: Sequence[DuplicateVoteProof]) -> bytes:
    """Merkle root over encoded proofs, not over their hashes, in block order."""
    return list_root([proof.encode() for proof in proofs]) if proofs else EMPTY_HASH


def evidence_size(proofs: Sequence[DuplicateVoteProof]) -> int:
    """Bytes of an encoded list of evidence."""
    return sum(len(proof.wrapped) for proof in proofs)


def results_hash(results: Sequence[TxResult]) -> bytes:
    """Merkle root over results; log, events and codespace are no part of it."""
    return list_root([result_leaf(result) for result in results]) if results else EMPTY_HASH


def result_leaf(result: TxResult) -> bytes:
    """Code, data, gas wanted and gas used of a result on the wire."""
    leaf = b"\x08" + varint(result.code) if result.code else b""
    if result.data:
        leaf += b"\x12" + length_prefixed(result.data)
    if result.gas_wanted:
        leaf += b"\x28" + varint(result.gas_wanted)
    if result.gas_used:
        leaf += b"\x30" + varint(result.gas_used)
    return leaf


@lru_cache(maxsize=_REMEMBERED)
def consensus_hash(max_bytes: int, max_gas: int) -> bytes:
    """Hash of the consensus parameters; only block size and block gas are covered."""
    body = b"\x08" + varint(max_bytes) if max_bytes else b""
    return sha256(body + b"\x10" + varint(max_gas) if max_gas else body)


def _leaf(item: bytes) -> bytes:
    return _hash(b"\0" + item).digest()


def _inner(left: bytes, right: bytes) -> bytes:
    return _hash(b"\1" + left + right).digest()


@lru_cache(maxsize=_REMEMBERED)
def _first_pair(version_block: int, version_app: int, chain_id: str) -> bytes:
    return _inner(_leaf(_version(version_block, version_app)), _leaf(_wrap(chain_id.encode())))


@lru_cache(maxsize=_REMEMBERED)
def _pair(first: bytes, second: bytes) -> bytes:
    return _inner(_leaf(_wrap(first)), _leaf(_wrap(second)))


@lru_cache(maxsize=_REMEMBERED)
def _four(first: bytes, second: bytes, third: bytes, fourth: bytes) -> bytes:
    return _inner(_pair(first, second), _pair(third, fourth))


def _wrap(value: bytes) -> bytes:
    return b"\x0a" + length_prefixed(value) if value else b""


@lru_cache(maxsize=_REMEMBERED)
def _head(version_block: int, version_app: int, chain_id: str) -> bytes:
    version = b"\x0a" + length_prefixed(_version(version_block, version_app))
    return version + b"\x12" + length_prefixed(chain_id.encode())


@lru_cache(maxsize=_REMEMBERED)
def _version(block: int, app: int) -> bytes:
    body = b"\x08" + varint(block) if block else b""
    return body + b"\x10" + varint(app) if app else body
