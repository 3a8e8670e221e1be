"""Commits: who signed a block, what that proves, and which time it gives the next.

A commit has one slot for every member of the set, in its order: absent, for the block,
or for nil. Only slots for the block count toward the two thirds and toward the time of
the next block (CometBFT 0.40; releases before it counted the time of nil slots too).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from devnet.abci import VoteInfo
from devnet.consensus.clock import ZERO_TIME
from devnet.consensus.errors import CommitRefused
from devnet.consensus.validator_set import Roster, ValidatorSet
from devnet.consensus.votes import (
    NIL,
    PRECOMMIT,
    BlockId,
    fill_template,
    sign_template,
    timestamp_body,
)
from devnet.crypto.ed25519 import verify
from devnet.primitives.protobuf import length_prefixed, varint
from devnet.primitives.types import ConsAddress, Height, Timestamp
from devnet.store.merkle import list_root

ABSENT = 1
COMMIT = 2
NIL_VOTE = 3
SlotKind = Literal["absent", "commit", "nil"]
_KINDS: dict[int, SlotKind] = {ABSENT: "absent", COMMIT: "commit", NIL_VOTE: "nil"}
_ABSENT_SLOT = b"\x08\x01\x1a" + length_prefixed(timestamp_body(ZERO_TIME))


def two_thirds(total: int) -> int:
    """Power that is *not* enough to decide: two thirds of the total, rounded down."""
    return 2 * total // 3


def quorum(total: int) -> int:
    """The least power that decides."""
    return two_thirds(total) + 1


def weighted_median(stamps: Iterable[tuple[int, int]]) -> Timestamp:
    """Median of (time, weight) pairs; an even split gives the earlier time.

    Raises
    ------
    CommitRefused
        If there is no pair at all.
    """
    ordered = sorted(stamps)
    half = sum(weight for _, weight in ordered) // 2
    for time, weight in ordered:
        if half <= weight:
            return Timestamp(time)
        half -= weight
    raise CommitRefused("no slot for the block, so there is no time")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a commit.

    ``address`` says whose place it is, also where nobody signed; ``time`` is the zero time
    and ``signature`` empty there.
    """

    kind: SlotKind
    address: ConsAddress
    time: Timestamp
    signature: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """The precommits of the round that decided a block, one entry per member of its set.

    Attributes
    ----------
    flags
        One byte per slot: :data:`ABSENT`, :data:`COMMIT` or :data:`NIL_VOTE`.
    times, signatures
        Zero time and empty where the slot is absent.
    """

    height: Height
    round: int
    block_id: BlockId
    roster: Roster
    flags: bytes
    times: tuple[Timestamp, ...]
    signatures: tuple[bytes, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every place, in the order of the set."""
        entries = zip(self.flags, self.roster.addresses, self.times, self.signatures, strict=True)
        return tuple(Slot(_KINDS[f], address, time, sig) for f, address, time, sig in entries)

    def encode_slots(self) -> list[bytes]:
        """Wire bytes of each slot; the leaves of the commit hash."""
        tail = b"\x1a%b\x22\x40%b"
        if not any(self.signatures):  # votes are off: nobody signs
            tail = b"\x1a%b%b"
        stamps = {time: length_prefixed(timestamp_body(time)) for time in dict.fromkeys(self.times)}
        columns = zip(self.flags, self.roster.slot_heads, self.times, self.signatures, strict=True)
        return [
            _ABSENT_SLOT
            if flag == ABSENT
            else b"\x08%c%b" % (flag, head) + tail % (stamps[time], signature)
            for flag, head, time, signature in columns
        ]

    def encode(self, slots: Sequence[bytes]) -> bytes:
        """Wire bytes of the commit, given those of its slots (CometBFT, ``Commit``)."""
        block_id = length_prefixed(self.block_id.encode())
        head = b"\x08" + varint(self.height) if self.height else b""
        if self.round:
            head += b"\x10" + varint(self.round)
        body = b"".join([b"\x22%c%b" % (len(slot), slot) for slot in slots])
        return b"%b\x1a%b%b" % (head, block_id, body)

    @property
    def hash(self) -> bytes:
        """The last commit hash of the next header."""
        return list_root(self.encode_slots())

    @property
    def signed_power(self) -> int:
        """Power of the slots for the block."""
        pairs = zip(self.flags, self.roster.powers, strict=True)
        return sum(power for flag, power in pairs if flag == COMMIT)

    def median_time(self) -> Timestamp:
        """Time of the next block: weighted median of the stamps for this one."""
        first = self.times[0]
        if self.flags[0] == COMMIT and self.times.count(first) == len(self.times):
            return first
        entries = zip(self.flags, self.times, self.roster.powers, strict=True)
        return weighted_median((time, power) for flag, time, power in entries if flag == COMMIT)

    def vote_infos(self) -> tuple[VoteInfo, ...]:
        """What the application hears of it: each member, and whether it signed.

        A vote for nil counts as signed here, as it did in CometBFT 0.34.
        """
        entries = zip(self.roster.addresses, self.roster.powers, self.flags, strict=True)
        return tuple(VoteInfo(address, power, flag != ABSENT) for address, power, flag in entries)


NO_COMMIT = Commit(Height(0), 0, NIL, Roster(()), b"", (), ())
"""What the first block carries as its last commit."""


def verify_commit(
    commit: Commit, validators: ValidatorSet, *, chain_id: str, height: int, block_id: BlockId
) -> None:
    """Refuse a commit that does not prove that its set decided the block.

    Nil votes are verified too but do not count.

    Raises
    ------
    CommitRefused
        In this order: wrong size, height, block id, a slot of another member, a wrong
        signature, too little power.
    """
    size, slots = len(validators), len(commit.flags)
    if size != slots or commit.roster.addresses != validators.roster.addresses:
        raise CommitRefused(f"wrong set: {size} members but {slots} slots, or other members")
    if commit.height != height:
        raise CommitRefused(f"wrong height: {commit.height} is not {height}")
    if commit.block_id != block_id:
        raise CommitRefused("wrong block id")
    templates = {
        flag: sign_template(
            chain_id, type_=PRECOMMIT, height=height, round_=commit.round, block_id=for_
        )
        for flag, for_ in ((COMMIT, block_id), (NIL_VOTE, NIL))
    }
    for i, flag in enumerate(commit.flags):
        if flag == ABSENT:
            continue
        message = fill_template(templates[flag], commit.times[i])
        if not verify(validators.roster.pub_keys[i], message, commit.signatures[i]):
            raise CommitRefused(f"wrong signature (#{i})")
    enough, got = two_thirds(validators.total), commit.signed_power
    if got <= enough:
        raise CommitRefused(f"got {got}, needed more than {enough}")
