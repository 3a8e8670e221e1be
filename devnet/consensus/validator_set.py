"""Validator sets: who votes with which power, and whose turn it is to propose.

A set is an immutable value. Its members (keys and powers, in the order of commit slots)
make up a :class:`Roster`, which sets of many heights share; what changes at every height
are the priorities. Arithmetic and the order of checks are those of CometBFT
(types/validator_set): rescaling truncates toward zero, centring rounds down. Sums of
CometBFT clip at 64 bits; within the limit of the total power none ever gets there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import add

from devnet.abci import ValidatorUpdate
from devnet.consensus.errors import (
    DuplicateValidator,
    EmptyValidatorSet,
    InvalidPower,
    TotalPowerOverflow,
    UnknownValidator,
)
from devnet.crypto.addresses import consensus_address
from devnet.primitives.protobuf import length_prefixed, varint
from devnet.primitives.types import MAX_TOTAL_POWER, ConsAddress, Power
from devnet.store.merkle import list_root

_WINDOW = 2
"""Priorities may lie this many times the total power apart."""


@lru_cache(maxsize=1 << 12)
def address_of(pub_key: bytes) -> ConsAddress:
    """Consensus address of a key, remembered."""
    return consensus_address(pub_key)


@dataclass(frozen=True, slots=True)
class Validator:
    """A member of a set at one height; ``priority`` decides when it proposes."""

    pub_key: bytes
    power: Power
    priority: int

    @property
    def address(self) -> ConsAddress:
        """Consensus address, 20 bytes."""
        return address_of(self.pub_key)


class Roster:
    """Members of a set, power descending, then address ascending; never changed.

    Attributes
    ----------
    pub_keys, addresses, powers
        One entry per member, in that order.
    total
        Sum of the powers.
    """

    def __init__(self, members: Iterable[tuple[bytes, int]]) -> None:
        ordered = sorted((-power, address_of(key), key) for key, power in members)
        self.pub_keys = tuple(key for _, _, key in ordered)
        self.addresses = tuple(address for _, address, _ in ordered)
        self.powers = tuple(Power(-power) for power, _, _ in ordered)
        self.total = Power(sum(self.powers))

    @cached_property
    def index(self) -> dict[ConsAddress, int]:
        """Place of each address."""
        return {address: i for i, address in enumerate(self.addresses)}

    @cached_property
    def hash(self) -> bytes:
        """Merkle root over keys and powers: the validators hash of a header."""
        pairs = zip(self.pub_keys, self.powers, strict=True)
        return list_root([validator_leaf(key, power) for key, power in pairs])

    @cached_property
    def slot_heads(self) -> tuple[bytes, ...]:
        """The part of an encoded commit slot that holds the address."""
        return tuple(b"\x12" + length_prefixed(address) for address in self.addresses)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Roster):
            return NotImplemented
        return self.pub_keys == other.pub_keys and self.powers == other.powers

    def __hash__(self) -> int:
        return hash((self.pub_keys, self.powers))


def validator_leaf(pub_key: bytes, power: int) -> bytes:
    """What the validators hash covers of one member: key and power, not the priority."""
    return b"\x0a\x22\x0a\x20" + pub_key + b"\x10" + varint(power)


def average(priorities: Sequence[int]) -> int:
    """Average of priorities, rounded down.

    Raises
    ------
    EmptyValidatorSet
        If there are none.
    """
    if not priorities:
        raise EmptyValidatorSet("centring priorities")
    return sum(priorities) // len(priorities)


def centre(priorities: Sequence[int]) -> Sequence[int]:
    """Priorities shifted so that their average, rounded down, is zero."""
    shift = average(priorities)
    return [p - shift for p in priorities] if shift else priorities


def truncated(value: int, divisor: int) -> int:
    """Quotient rounded toward zero, which ``//`` does not do below zero."""
    return value // divisor if value >= 0 else -(-value // divisor)


def rescale(priorities: Sequence[int], limit: int) -> Sequence[int]:
    """Priorities divided by one ratio, so that they lie about ``limit`` apart at most.

    Raises
    ------
    EmptyValidatorSet
        If there are none.
    """
    if not priorities:
        raise EmptyValidatorSet("rescaling priorities")
    spread = max(priorities) - min(priorities)
    if limit <= 0 or spread <= limit:
        return priorities
    ratio = (spread + limit - 1) // limit
    return [truncated(p, ratio) for p in priorities]


class ValidatorSet:
    """The validators of one height, in the order of commit slots.

    Attributes
    ----------
    roster
        Keys, addresses and powers.
    priorities
        One per member.
    """

    __slots__ = ("_proposer", "_validators", "priorities", "roster")

    def __init__(
        self, roster: Roster, priorities: tuple[int, ...], *, proposer: int | None = None
    ) -> None:
        self.roster, self.priorities = roster, priorities
        self._proposer = proposer
        self._validators: tuple[Validator, ...] | None = None

    @classmethod
    def new(cls, pairs: Iterable[tuple[bytes, int]]) -> "ValidatorSet":
        """Set of (key, power) pairs in any order, whose strongest member proposes first.

        Raises
        ------
        ValidatorSetError
            If a key stands twice, a power is not above zero, or the total is too large.
        """
        updates = [ValidatorUpdate(key, Power(power)) for key, power in pairs]
        for update in updates:
            if update.power == 0:
                raise InvalidPower(address_of(update.pub_key), 0, "a new set has no removals")
        return EMPTY.updated(updates).increment(1)

    @property
    def validators(self) -> tuple[Validator, ...]:
        """All members, in order."""
        if self._validators is None:
            roster = self.roster
            members = zip(roster.pub_keys, roster.powers, self.priorities, strict=True)
            self._validators = tuple(Validator(*member) for member in members)
        return self._validators

    @property
    def total(self) -> Power:
        """Power of all members together."""
        return self.roster.total

    @property
    def hash(self) -> bytes:
        """Validators hash of a header; priorities are no part of it."""
        return self.roster.hash

    @property
    def proposer_index(self) -> int:
        """Place of the member that proposes in round 0.

        Raises
        ------
        EmptyValidatorSet
            If there are no members.
        """
        if self._proposer is None:
            self._proposer = _leader(self.priorities, self.roster.addresses)
        return self._proposer

    @property
    def proposer(self) -> Validator:
        """The member that proposes in round 0.

        Raises
        ------
        EmptyValidatorSet
            If there are no members.
        """
        return self.validators[self.proposer_index]

    def find(self, address: ConsAddress) -> Validator | None:
        """Member of that consensus address."""
        at = self.roster.index.get(address)
        return None if at is None else self.validators[at]

    def increment(self, times: int = 1) -> "ValidatorSet":
        """The set after that many turns; rescaled and centred once, at the beginning.

        A round above 0 is proposed by the leader of ``increment(round)``.

        Raises
        ------
        EmptyValidatorSet
            If there are no members.
        """
        assert times > 0, "a set turns forward only"
        roster = self.roster
        powers, total = roster.powers, roster.total
        priorities = centre(rescale(self.priorities, _WINDOW * total))
        proposer = 0
        for _ in range(times):
            priorities = list(map(add, priorities, powers))
            proposer = _leader(priorities, roster.addresses)
            priorities[proposer] -= total
        return ValidatorSet(roster, tuple(priorities), proposer=proposer)

    def updated(self, updates: Sequence[ValidatorUpdate]) -> "ValidatorSet":
        """The set after validator updates, power 0 removing; no turn is taken.

        The order of the updates makes no difference. No update at all changes nothing.

        Raises
        ------
        ValidatorSetError
            In this order: a key twice, a power out of range, nobody left, removal of a
            stranger, too much total power.
        """
        if not updates:
            return self
        changes = _by_address(updates)
        old = {v.address: v for v in self.validators}
        removed = {a: old.get(a) for a, update in changes.items() if update.power == 0}
        kept = {a: update for a, update in changes.items() if update.power != 0}
        if not kept.keys() - old.keys() and old.keys() <= removed.keys():
            raise EmptyValidatorSet("these updates remove every member")
        gone = 0
        for address, member in removed.items():
            if member is None:
                raise UnknownValidator(address)
            gone += member.power
        total = _total_after(self.total - gone, kept, old)
        return self._merged(kept, removed.keys(), entry=-(total + gone + ((total + gone) >> 3)))

    def _merged(
        self, kept: dict[ConsAddress, ValidatorUpdate], removed: Iterable[ConsAddress], entry: int
    ) -> "ValidatorSet":
        """Members after the updates; newcomers enter at one low priority.

        That priority comes from the total *before* removals, so that leaving and coming
        back never improves one's place.
        """
        members = {v.pub_key: (v.power, v.priority) for v in self.validators}
        keys = dict(zip(self.roster.addresses, self.roster.pub_keys, strict=True))
        for address in removed:
            del members[keys[address]]
        for update in kept.values():
            priority = members.get(update.pub_key, (0, entry))[1]
            members[update.pub_key] = (update.power, priority)
        roster = Roster((key, power) for key, (power, _) in members.items())
        priorities = [members[key][1] for key in roster.pub_keys]
        return ValidatorSet(roster, tuple(centre(rescale(priorities, _WINDOW * roster.total))))

    def __len__(self) -> int:
        return len(self.priorities)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ValidatorSet):
            return NotImplemented
        return self.priorities == other.priorities and self.roster == other.roster

    def __hash__(self) -> int:
        return hash((self.roster, self.priorities))

    def __repr__(self) -> str:
        members = ", ".join(f"{v.address.hex()[:8]} {v.power}" for v in self.validators)
        return f"ValidatorSet({members})"


EMPTY = ValidatorSet(Roster(()), ())
"""The set that signed before the first block."""


def _leader(priorities: Sequence[int], addresses: Sequence[ConsAddress]) -> int:
    """Place of the highest priority; the lower address wins a tie."""
    if not priorities:
        raise EmptyValidatorSet("choosing a proposer")
    best = max(priorities)
    first = priorities.index(best)
    if priorities.count(best) == 1:
        return first
    tied = (i for i, priority in enumerate(priorities) if priority == best)
    return min(tied, key=addresses.__getitem__)


def _by_address(updates: Sequence[ValidatorUpdate]) -> dict[ConsAddress, ValidatorUpdate]:
    """Updates in address order, each address once, every power in range."""
    changes: dict[ConsAddress, ValidatorUpdate] = {}
    for update in sorted(updates, key=lambda u: address_of(u.pub_key)):
        address = address_of(update.pub_key)
        if address in changes:
            raise DuplicateValidator(address)
        changes[address] = update
    for address, update in changes.items():
        if update.power < 0:
            raise InvalidPower(address, update.power, "a power is never negative")
        if update.power > MAX_TOTAL_POWER:
            raise InvalidPower(address, update.power, f"the limit is {MAX_TOTAL_POWER}")
    return changes


def _total_after(
    total: int, kept: dict[ConsAddress, ValidatorUpdate], old: dict[ConsAddress, Validator]
) -> int:
    """Total power once every change is applied, decreases first."""
    deltas = sorted(
        update.power - (old[address].power if address in old else 0)
        for address, update in kept.items()
    )
    for delta in deltas:
        total += delta
        if total > MAX_TOTAL_POWER:
            raise TotalPowerOverflow(total, MAX_TOTAL_POWER)
    return total
