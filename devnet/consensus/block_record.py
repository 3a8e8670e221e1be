"""The bytes of a block's record and of the tables it shares with other blocks.

Fixed layouts where every block pays for them, canonical JSON for the table of nodes. What
came of a block has a room of its own, ``outcome_record``.
Nothing here reads or writes a store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct, pack, unpack_from
from typing import Any, NamedTuple

from devnet.consensus.clock import ZERO_TIME
from devnet.consensus.commits import ABSENT, Commit
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.inputs import Nodes, Switch
from devnet.consensus.validator_set import Roster, ValidatorSet
from devnet.consensus.votes import BlockId
from devnet.primitives import canonical_json
from devnet.primitives.protobuf import decode, encode, field
from devnet.primitives.types import ConsAddress, Height, Timestamp

_PARTS = 9
_LENGTHS = Struct(f"<{_PARTS}I")
_FACTS = Struct("<qI32s32s32s32s32s")
_COMMIT = Struct("<Iq")
_MEMBER = Struct("<32sQ")
_PROPOSER = Struct("<I")
_SIGNATURE = 64


class Record(NamedTuple):
    """The parts of a block's record, each still encoded."""

    facts: bytes
    header: bytes
    commit: bytes
    app_hash: bytes
    priorities: bytes
    inputs: bytes
    pending: bytes
    evidence: bytes
    outcome: bytes

    def encode(self) -> bytes:
        """Lengths of all parts, then the parts."""
        return _LENGTHS.pack(*map(len, self)) + b"".join(self)

    @classmethod
    def decode(cls, data: bytes) -> "Record":
        """Parts of a record.

        Raises
        ------
        ValueError
            If the bytes are cut off or too long.
        """
        if len(data) < _LENGTHS.size:
            raise ValueError("cut off")
        lengths = _LENGTHS.unpack_from(data)
        if sum(lengths) + _LENGTHS.size != len(data):
            raise ValueError("wrong length")
        parts, at = [], _LENGTHS.size
        for length in lengths:
            parts.append(data[at : at + length])
            at += length
        return cls(*parts)


class Facts(NamedTuple):
    """The part of a record that has one length."""

    clock: int
    parts_total: int
    block_hash: bytes
    parts_hash: bytes
    results_hash: bytes
    roster_hash: bytes
    nodes_hash: bytes

    @property
    def block_id(self) -> BlockId:
        """Id of the block."""
        return BlockId(self.block_hash, self.parts_total, self.parts_hash)

    def encode(self) -> bytes:
        """Fixed layout."""
        return _FACTS.pack(*self)

    @classmethod
    def decode(cls, data: bytes) -> "Facts":
        """Facts of their bytes."""
        return cls(*_FACTS.unpack(data))


def encode_commit(commit: Commit) -> bytes:
    """Round, the one stamp of all who voted, a flag per slot, the signatures there are."""
    time = max(commit.times, default=ZERO_TIME)
    assert set(commit.times) <= {time, ZERO_TIME}, "one clock stamps the votes of a block"
    return _COMMIT.pack(commit.round, time) + commit.flags + b"".join(commit.signatures)


def decode_commit(data: bytes, height: Height, block_id: BlockId, roster: Roster) -> Commit:
    """Commit of its bytes and of what the rest of the record says."""
    round_, time = _COMMIT.unpack_from(data)
    at = _COMMIT.size + len(roster.powers)
    flags = data[_COMMIT.size : at]
    times, signatures = [], []
    for flag in flags:
        absent = flag == ABSENT
        size = 0 if absent else _SIGNATURE  # slices past the end are empty: votes were off
        times.append(ZERO_TIME if absent else Timestamp(time))
        signatures.append(data[at : at + size])
        at += size
    return Commit(height, round_, block_id, roster, flags, tuple(times), tuple(signatures))


def encode_set(validators: ValidatorSet) -> bytes:
    """Place of the proposer and one priority per member; the roster is kept elsewhere."""
    count = len(validators)
    return pack(f"<I{count}q", validators.proposer_index, *validators.priorities)


def decode_set(roster: Roster, data: bytes, at: int) -> tuple[ValidatorSet, int]:
    """Set of its roster and its bytes at an offset, and the offset behind them."""
    (proposer,) = _PROPOSER.unpack_from(data, at)
    at += _PROPOSER.size
    priorities = unpack_from(f"<{len(roster.powers)}q", data, at)
    return ValidatorSet(roster, priorities, proposer=proposer), at + 8 * len(priorities)


def encode_roster(roster: Roster) -> bytes:
    """Key and power of each member, in order."""
    return b"".join(map(_MEMBER.pack, roster.pub_keys, roster.powers))


def decode_roster(data: bytes) -> Roster:
    """Roster of its bytes."""
    return Roster((key, power) for key, power in _MEMBER.iter_unpack(data))


@dataclass(frozen=True, slots=True)
class _Bytes:
    items: tuple[bytes, ...] = field(1, "bytes", repeated=True)


def encode_proofs(proofs: Sequence[DuplicateVoteProof]) -> bytes:
    """Encoded proofs one after the other; none is no byte."""
    return encode(_Bytes(tuple(proof.encode() for proof in proofs))) if proofs else b""


def decode_proofs(data: bytes) -> tuple[DuplicateVoteProof, ...]:
    """Proofs of their bytes."""
    if not data:
        return ()
    return tuple(DuplicateVoteProof.decode(item) for item in decode(_Bytes, data).items)


def encode_nodes(nodes: Nodes) -> bytes:
    """Nodes in the order of starting."""
    rows = [[s.name, s.address.hex(), s.online] for s in nodes.switches]
    return canonical_json.dumps(rows)


def decode_nodes(data: bytes) -> Nodes:
    """Nodes of their bytes."""
    rows: Any = canonical_json.loads(data)  # as written above
    return Nodes(Switch(n, ConsAddress(bytes.fromhex(a)), online=on) for n, a, on in rows)
