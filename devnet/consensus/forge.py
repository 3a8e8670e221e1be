"""Duplicate-vote proofs: how one looks, how one is forged, how one is spoiled.

A proof holds two signed votes of one validator and what the chain knows of their height.
The forge makes truly signed ones for demonstrations, with the key that a real double
signer would have. Whether a proof convinces is decided in ``evidence_pool``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import Protocol, Self, cast

from devnet.consensus.clock import stamp
from devnet.consensus.commits import ABSENT, Commit
from devnet.consensus.errors import CannotSign
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.votes import (
    KINDS,
    PRECOMMIT,
    PREVOTE,
    BlockId,
    TimestampMessage,
    Vote,
    VoteKind,
    VoteMessage,
)
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import decode, encode, field, length_prefixed
from devnet.primitives.types import SECOND, ConsAddress, Height, Power, Timestamp

_OTHER_CHAIN = "another-chain"
_STRANGER = ConsAddress(sha256(b"nobody on this chain")[:20])


class Signers(Protocol):
    """Where private keys come from: the keyring."""

    def find_consensus(self, address: ConsAddress) -> tuple[str, SigningKey] | None:
        """Name and key behind a consensus address."""


class _Block(Protocol):
    def rival_id(self) -> BlockId: ...


class _Committed(Protocol):
    @property
    def block(self) -> _Block: ...
    @property
    def block_id(self) -> BlockId: ...
    @property
    def time(self) -> Timestamp: ...
    @property
    def commit(self) -> Commit: ...


class _Chain(Protocol):
    """What the forge must know of the chain: the engine."""

    @property
    def chain_id(self) -> str: ...
    @property
    def signers(self) -> Signers: ...
    def block_at(self, height: int) -> _Committed: ...
    def validators_at(self, height: int) -> ValidatorSet: ...


@dataclass(frozen=True, slots=True)
class _ProofMessage:
    vote_a: VoteMessage | None = field(1, VoteMessage)  # noqa: RUF009 - describes the wire
    vote_b: VoteMessage | None = field(2, VoteMessage)  # noqa: RUF009 - describes the wire
    total_power: int = field(3, "int64")
    validator_power: int = field(4, "int64")
    time: TimestampMessage | None = field(5, TimestampMessage)  # noqa: RUF009 - describes the wire


@dataclass(frozen=True, slots=True)
class DuplicateVoteProof:
    """Two votes of one validator for different blocks (CometBFT, DuplicateVoteEvidence).

    Attributes
    ----------
    vote_a, vote_b
        In the order of their block ids; ``None`` where a proof came without one.
    total_power, validator_power
        Of the set and of the offender, at the height of the votes.
    time
        Header time of the block at that height, not a time of a vote.
    key
        The key that signed, where the proof was forged here; it never travels.
    """

    vote_a: Vote | None
    vote_b: Vote | None
    total_power: Power
    validator_power: Power
    time: Timestamp
    key: SigningKey | None = attribute(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        votes: tuple[Vote, Vote],
        *,
        total_power: Power,
        validator_power: Power,
        time: Timestamp,
        key: SigningKey | None = None,
    ) -> Self:
        """Proof of two votes in any order; the smaller block id becomes vote A."""
        first, second = votes
        if first.block_id.order_key >= second.block_id.order_key:
            first, second = second, first
        return cls(first, second, total_power, validator_power, time, key)

    def __repr__(self) -> str:
        names = {number: name for name, number in KINDS.items()}
        what = "missing vote" if self.vote_a is None else names.get(self.vote_a.type, "vote")
        return (
            f"<two {what}s of {self.address.hex().upper()} at height {self.height},"
            f" power {self.validator_power} of {self.total_power}>"
        )

    @property
    def height(self) -> Height:
        """Height of the offence, 0 where the first vote is missing."""
        return self.vote_a.height if self.vote_a else Height(0)

    @property
    def address(self) -> ConsAddress:
        """Consensus address of the offender, empty where the first vote is missing."""
        return self.vote_a.address if self.vote_a else ConsAddress(b"")

    def encode(self) -> bytes:
        """Wire bytes, without the one-of that a block wraps around them."""
        return encode(
            _ProofMessage(
                self.vote_a.to_message() if self.vote_a else None,
                self.vote_b.to_message() if self.vote_b else None,
                self.total_power,
                self.validator_power,
                TimestampMessage.of(self.time),
            )
        )

    @property
    def wrapped(self) -> bytes:
        """One entry of a block's evidence list (one-of, then list field)."""
        return b"\x0a" + length_prefixed(b"\x0a" + length_prefixed(self.encode()))

    @property
    def hash(self) -> bytes:
        """SHA-256 of the encoding; other votes for the same offence give another hash."""
        return sha256(self.encode())

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Proof of its wire bytes.

        Raises
        ------
        InvalidMessage
            If they are none.
        """
        message = decode(_ProofMessage, data)
        return cls(
            Vote.of_message(message.vote_a) if message.vote_a else None,
            Vote.of_message(message.vote_b) if message.vote_b else None,
            Power(message.total_power),
            Power(message.validator_power),
            (message.time or TimestampMessage()).time,
        )

    def tamper(self, field: str) -> Self:
        """The same proof with one thing spoiled, the rest as it was.

        ``field`` is one of :data:`TAMPERINGS`.

        Raises
        ------
        InvalidMessage
            If there is no such field, or the proof lacks what spoiling it needs.
        """
        if field not in TAMPERINGS:
            raise InvalidMessage("field", f"{field!r} is none of {', '.join(TAMPERINGS)}")
        a, b = self.vote_a, self.vote_b
        if field in _SPOIL_PROOF:
            return cast("Self", _SPOIL_PROOF[field](self))  # replace() keeps the class
        if a is None or b is None:
            raise InvalidMessage("field", f"{field} needs both votes, and one is missing")
        if field in _SPOIL_BOTH:
            spoil = _SPOIL_BOTH[field]
            return replace(self, vote_a=spoil(a), vote_b=spoil(b))
        if field in _SPOIL_SECOND:
            return replace(self, vote_b=_SPOIL_SECOND[field](a, b))
        if self.key is None:
            raise InvalidMessage("field", f"{field} needs the key of a forged proof")
        return replace(self, vote_b=b.signed(self.key, _OTHER_CHAIN))


_SPOIL_PROOF: dict[str, Callable[[DuplicateVoteProof], DuplicateVoteProof]] = {
    "power": lambda p: replace(p, validator_power=Power(p.validator_power + 1)),
    "total_power": lambda p: replace(p, total_power=Power(p.total_power + 1)),
    "time": lambda p: replace(p, time=Timestamp(p.time + SECOND)),
    "order": lambda p: replace(p, vote_a=p.vote_b, vote_b=p.vote_a),
    "missing_vote": lambda p: replace(p, vote_b=None),
}
_SPOIL_BOTH: dict[str, Callable[[Vote], Vote]] = {
    "validator": lambda vote: replace(vote, address=_STRANGER),
    "future": lambda vote: replace(vote, height=Height(vote.height + 1_000_000)),
}
_SPOIL_SECOND: dict[str, Callable[[Vote, Vote], Vote]] = {
    "signature": lambda _, b: replace(b, signature=bytes([b.signature[0] ^ 1]) + b.signature[1:]),
    "height": lambda _, b: replace(b, height=Height(b.height + 1)),
    "round": lambda _, b: replace(b, round=b.round + 1),
    "type": lambda _, b: replace(b, type=PREVOTE if b.type == PRECOMMIT else PRECOMMIT),
    "address": lambda _, b: replace(b, address=_STRANGER),
    "block_id": lambda a, b: replace(b, block_id=a.block_id),
    "same_block": lambda a, b: replace(b, block_id=a.block_id),
}
TAMPERINGS = (*_SPOIL_SECOND, "chain_id", *_SPOIL_BOTH, *_SPOIL_PROOF)
"""Everything :meth:`DuplicateVoteProof.tamper` can spoil."""


def forge_double_sign(
    chain: _Chain,
    address: ConsAddress,
    *,
    height: int,
    round: int = 0,  # noqa: A002 - the public name of a consensus round
    kind: VoteKind = "precommit",
) -> DuplicateVoteProof:
    """Two truly signed votes of a validator for different blocks at a committed height.

    One is for the block of that height, the other for a block that differs from it only
    in its time. Where the validator's own precommit of that round is in the commit, it is
    the first of the two.

    Raises
    ------
    HeightNotFound
        If there is no such block yet.
    CannotSign
        If the validator was not in the set of that height or its key is not known.
    InvalidMessage
        If the round or the kind of vote cannot be.
    """
    if kind not in KINDS:
        raise InvalidMessage("kind", f"{kind!r} is none of {', '.join(KINDS)}")
    if not 0 <= round < 1 << 31:
        raise InvalidMessage("round", f"{round!r} is no round; the first one is 0")
    committed = chain.block_at(height)
    validators = chain.validators_at(height)
    votes = double_votes(
        (committed.block_id, committed.block.rival_id()),
        address,
        validators,
        signers=chain.signers,
        chain_id=chain.chain_id,
        place=(KINDS[kind], Height(height), round),
        time=_own_stamp(committed, address, validators),
    )
    member = validators.find(address)
    found = chain.signers.find_consensus(address)
    assert member is not None and found is not None, "double_votes has checked both"  # noqa: PT018
    return DuplicateVoteProof.of(
        votes,
        total_power=validators.total,
        validator_power=member.power,
        time=committed.time,
        key=found[1],
    )


def double_votes(
    block_ids: tuple[BlockId, BlockId],
    address: ConsAddress,
    validators: ValidatorSet,
    *,
    signers: Signers,
    chain_id: str,
    place: tuple[int, Height, int],
    time: Timestamp,
) -> tuple[Vote, Vote]:
    """Signed votes of a validator for two blocks, at a place (type, height, round).

    Raises
    ------
    CannotSign
        If the validator is not in the set or its key is not known.
    """
    type_, height, round_ = place
    index = validators.roster.index.get(address)
    if index is None:
        raise CannotSign(address, f"it is not in the validator set of height {height}")
    found = signers.find_consensus(address)
    if found is None:
        raise CannotSign(address, "its key is not known here; start its node by name")
    first, second = (
        Vote(type_, height, round_, block_id, time, address, index).signed(found[1], chain_id)
        for block_id in block_ids
    )
    return first, second


def _own_stamp(committed: _Committed, address: ConsAddress, validators: ValidatorSet) -> Timestamp:
    """Time the validator wrote on its precommit; the earliest it could, if it was absent."""
    commit = committed.commit
    at = validators.roster.index.get(address)
    if at is None or commit.flags[at] == ABSENT:
        return stamp(0, committed.time)
    return commit.times[at]
