"""Votes: what a validator signs, and how a vote travels in evidence.

Sign-bytes are those of CometBFT (protobuf ``CanonicalVote`` behind its length); the vote
message is its ``Vote``. Address, index and extension of a vote are not signed. Counting
votes is the business of ``vote_set``, commits that of ``commits``.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Self

from devnet.consensus.clock import rfc3339
from devnet.consensus.errors import VoteRefused
from devnet.crypto.ed25519 import SIGNATURE_SIZE, SigningKey, verify
from devnet.primitives.protobuf import decode, encode, field, length_prefixed, varint
from devnet.primitives.types import SECOND, ConsAddress, Height, Timestamp

VoteKind = Literal["prevote", "precommit"]
PREVOTE = 1
PRECOMMIT = 2
KINDS: dict[VoteKind, int] = {"prevote": PREVOTE, "precommit": PRECOMMIT}
_KIND_TEXT = {PREVOTE: "PREVOTE(Prevote)", PRECOMMIT: "PRECOMMIT(Precommit)"}
HASH_SIZE = 32
_SEVEN_BITS = 0x7F
ADDRESS_SIZE = 20


@lru_cache(maxsize=256)
def timestamp_body(time: int) -> bytes:
    """Protobuf ``Timestamp`` of nanoseconds since 1970; the epoch itself is empty."""
    seconds, nanos = divmod(time, SECOND)
    body = b"\x08" + varint(seconds) if seconds else b""
    return body + b"\x10" + varint(nanos) if nanos else body


@dataclass(frozen=True, slots=True)
class TimestampMessage:
    """A time on the wire."""

    seconds: int = field(1, "int64")
    nanos: int = field(2, "int64")

    @property
    def time(self) -> Timestamp:
        """Nanoseconds since 1970."""
        return Timestamp(self.seconds * SECOND + self.nanos)

    @classmethod
    def of(cls, time: int) -> Self:
        """Wire form of nanoseconds since 1970."""
        return cls(*divmod(time, SECOND))


@dataclass(frozen=True, slots=True)
class PartSetHeaderMessage:
    """Number and root of a block's parts on the wire."""

    total: int = field(1, "uint64")
    hash: bytes = field(2, "bytes")


@dataclass(frozen=True, slots=True)
class BlockIdMessage:
    """A block id on the wire."""

    hash: bytes = field(1, "bytes")
    parts: PartSetHeaderMessage | None = field(2, PartSetHeaderMessage)  # noqa: RUF009 - describes the wire


@dataclass(frozen=True, slots=True)
class BlockId:
    """Which block: header hash, and number and Merkle root of the block's parts.

    Two ids with one hash and different parts are different. All empty is *nil*.
    """

    hash: bytes = b""
    parts_total: int = 0
    parts_hash: bytes = b""

    @classmethod
    def of_message(cls, message: BlockIdMessage | None) -> "BlockId":
        """Block id of its wire form; what is left out is empty."""
        id_ = message or BlockIdMessage()
        parts = id_.parts or PartSetHeaderMessage()
        return cls(id_.hash, parts.total, parts.hash)

    @property
    def is_nil(self) -> bool:
        """Whether this stands for no block at all."""
        return not (self.hash or self.parts_total or self.parts_hash)

    @property
    def is_complete(self) -> bool:
        """Whether all three parts are there with their right lengths."""
        return (
            len(self.hash) == HASH_SIZE
            and self.parts_total >= 1
            and len(self.parts_hash) == HASH_SIZE
        )

    @property
    def order_key(self) -> bytes:
        """Sorts the two votes of evidence: hash, then the encoded part-set header."""
        return self.hash + encode(PartSetHeaderMessage(self.parts_total, self.parts_hash))

    def encode(self) -> bytes:
        """Protobuf body; the part-set header is always there, in the nil id too."""
        if 0 < self.parts_total <= _SEVEN_BITS and self.is_complete:
            return b"\x0a\x20%b\x12\x24\x08%c\x12\x20%b" % (
                self.hash,
                self.parts_total,
                self.parts_hash,
            )
        parts = PartSetHeaderMessage(self.parts_total, self.parts_hash)
        return encode(BlockIdMessage(self.hash, parts))


NIL = BlockId()


@dataclass(frozen=True, slots=True)
class VoteMessage:
    """A vote on the wire (CometBFT, types.proto ``Vote``)."""

    type: int = field(1, "int64")
    height: int = field(2, "int64")
    round: int = field(3, "int64")
    block_id: BlockIdMessage | None = field(4, BlockIdMessage)  # noqa: RUF009 - describes the wire
    time: TimestampMessage | None = field(5, TimestampMessage)  # noqa: RUF009 - describes the wire
    address: bytes = field(6, "bytes")
    index: int = field(7, "int64")
    signature: bytes = field(8, "bytes")
    extension: bytes = field(9, "bytes")
    extension_signature: bytes = field(10, "bytes")


def sign_template(
    chain_id: str, *, type_: int, height: int, round_: int, block_id: BlockId
) -> tuple[bytes, bytes]:
    """What stands before and after the time in the sign-bytes of equal votes.

    Zero values vanish, so round 0 is never there; a nil vote has no block id. The time is
    always there (CometBFT, types/canonical).
    """
    before = b""
    if type_:
        before += b"\x08" + varint(type_)
    if height:
        before += b"\x11" + height.to_bytes(8, "little")
    if round_:
        before += b"\x19" + round_.to_bytes(8, "little")
    if not block_id.is_nil:
        before += b"\x22" + length_prefixed(block_id.encode())
    after = b"\x32" + length_prefixed(chain_id.encode()) if chain_id else b""
    return before + b"\x2a", after


def fill_template(template: tuple[bytes, bytes], time: int) -> bytes:
    """Sign-bytes of a template at a time."""
    before, after = template
    return length_prefixed(before + length_prefixed(timestamp_body(time)) + after)


@dataclass(frozen=True, slots=True)
class Vote:
    """One validator's word on one block, or on none (nil), in one round of a height.

    ``type`` is :data:`PREVOTE` or :data:`PRECOMMIT`; ``time`` is the validator's stamp.
    """

    type: int
    height: Height
    round: int
    block_id: BlockId
    time: Timestamp
    address: ConsAddress
    index: int = 0
    signature: bytes = b""
    extension: bytes = b""
    extension_signature: bytes = b""

    def sign_bytes(self, chain_id: str) -> bytes:
        """The bytes whose signature makes this vote real on that chain."""
        template = sign_template(
            chain_id,
            type_=self.type,
            height=self.height,
            round_=self.round,
            block_id=self.block_id,
        )
        return fill_template(template, self.time)

    def signed(self, key: SigningKey, chain_id: str) -> Self:
        """The same vote with a key's signature for a chain."""
        return replace(self, signature=key.sign(self.sign_bytes(chain_id)))

    def is_signed_by(self, public_key: bytes, chain_id: str) -> bool:
        """Whether the signature is that key's, for that chain."""
        return verify(public_key, self.sign_bytes(chain_id), self.signature)

    def validate_basic(self) -> None:
        """Refuse a vote that no validator could have meant (CometBFT, Vote.ValidateBasic).

        Raises
        ------
        VoteRefused
            Naming the rule.
        """
        if reason := self._flaw():
            raise VoteRefused(reason)

    def _flaw(self) -> str:
        rules = (
            (self.type in (PREVOTE, PRECOMMIT), f"type {self.type} is no prevote or precommit"),
            (self.height >= 1, f"height {self.height} is below 1"),
            (self.round >= 0, f"round {self.round} is below 0"),
            (self.block_id.is_nil or self.block_id.is_complete, "the block id is half empty"),
            (len(self.address) == ADDRESS_SIZE, f"the address has {len(self.address)} bytes"),
            (self.index >= 0, f"index {self.index} is below 0"),
            (1 <= len(self.signature) <= SIGNATURE_SIZE, "the signature is missing or too long"),
            (
                not (self.extension or self.extension_signature)
                or (self.type == PRECOMMIT and not self.block_id.is_nil),
                "only a precommit for a block carries an extension",
            ),
        )
        return next((reason for holds, reason in rules if not holds), "")

    def encode(self) -> bytes:
        """Wire bytes; block id and time are always there."""
        return encode(self.to_message())

    def to_message(self) -> VoteMessage:
        """Wire form."""
        id_ = self.block_id
        parts = PartSetHeaderMessage(id_.parts_total, id_.parts_hash)
        return VoteMessage(
            self.type,
            self.height,
            self.round,
            BlockIdMessage(id_.hash, parts),
            TimestampMessage.of(self.time),
            self.address,
            self.index,
            self.signature,
            self.extension,
            self.extension_signature,
        )

    @classmethod
    def of_message(cls, message: VoteMessage) -> Self:
        """Vote of its wire form; what is left out is empty, the time then is 1970."""
        return cls(
            message.type,
            Height(message.height),
            message.round,
            BlockId.of_message(message.block_id),
            (message.time or TimestampMessage()).time,
            ConsAddress(message.address),
            message.index,
            message.signature,
            message.extension,
            message.extension_signature,
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Vote of wire bytes.

        Raises
        ------
        InvalidMessage
            If they are none.
        """
        return cls.of_message(decode(VoteMessage, data))

    def __str__(self) -> str:
        """One line, as CometBFT logs a vote."""
        parts = (self.block_id.hash, self.signature, self.extension)
        short = " ".join((part[:6] or bytes(6)).hex().upper() for part in parts)
        return (
            f"Vote{{{self.index}:{self.address[:6].hex().upper()} {self.height}/{self.round:02d}"
            f"/SIGNED_MSG_TYPE_{_KIND_TEXT.get(self.type, self.type)} {short}"
            f" @ {rfc3339(self.time)}}}"
        )
