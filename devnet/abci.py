"""The seam between consensus and application: neither side knows the other.

Types only. Names and life cycle follow ABCI as CometBFT 0.34 spells it: ``init_chain``,
then for each block ``begin_block``, ``deliver_tx`` per transaction, ``end_block``,
``commit``. :class:`Verifier` is the other direction: what an application may ask the
engine about a claim of evidence.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import DevnetError, TxError
from devnet.primitives.types import ConsAddress, Height, Power, Timestamp

MisbehaviorType = Literal["duplicate_vote", "light_client_attack"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One fact of an event."""

    key: str
    value: str


attribute = lru_cache(maxsize=1 << 14)(Attribute)
"""Attribute of a key and a value; most of a block's are equal, so they are shared."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a type and its facts, in order of emission."""

    type: str
    attributes: tuple[Attribute, ...] = ()

    @classmethod
    def of(cls, type_: str, /, **attributes: object) -> "Event":
        """Event from keyword facts; every value becomes text."""
        return cls(type_, tuple([attribute(k, str(v)) for k, v in attributes.items()]))

    def __getitem__(self, key: str) -> str:
        """The first attribute of that key.

        Raises
        ------
        KeyError
            If there is none; the text lists those there are.
        """
        for fact in self.attributes:
            if fact.key == key:
                return fact.value
        raise KeyError(f"{self.type} has no {key!r}, only {[a.key for a in self.attributes]}")


@dataclass(frozen=True, slots=True)
class TxResult:
    """What became of one transaction; ``code`` 0 is success.

    Only code, data, gas wanted and gas used enter the next header's results hash.
    ``error`` is the live error object of this process; it is never stored.
    """

    code: int = 0
    data: bytes = b""
    log: str = ""
    gas_wanted: int = 0
    gas_used: int = 0
    events: tuple[Event, ...] = ()
    codespace: str = ""
    error: TxError | None = None


@dataclass(frozen=True, slots=True)
class ValidatorUpdate:
    """A validator's new power in consensus; power 0 removes it."""

    pub_key: bytes
    power: Power


@dataclass(frozen=True, slots=True)
class Misbehavior:
    """A proven infraction, as the engine reports it; the application trusts it.

    ``height``, ``time`` and both powers are those of the infraction, not of now.
    """

    type: MisbehaviorType
    address: ConsAddress
    power: Power
    height: Height
    time: Timestamp
    total_power: Power


@dataclass(frozen=True, slots=True)
class VoteInfo:
    """One place of the last commit: who, with which power, and whether they signed."""

    address: ConsAddress
    power: Power
    signed: bool


@dataclass(frozen=True, slots=True)
class InitChain:
    """The beginning: validators as (key, power) and the application's own genesis."""

    chain_id: str
    time: Timestamp
    validators: tuple[ValidatorUpdate, ...]
    app_state: Json


@dataclass(frozen=True, slots=True)
class BeginBlock:
    """What the application learns before the transactions of a block."""

    chain_id: str
    height: Height
    time: Timestamp
    proposer: ConsAddress
    last_votes: tuple[VoteInfo, ...] = ()
    misbehavior: tuple[Misbehavior, ...] = ()


@dataclass(frozen=True, slots=True)
class EndBlock:
    """What a block asks of consensus, and what its end said."""

    events: tuple[Event, ...] = ()
    validator_updates: tuple[ValidatorUpdate, ...] = ()


class PrivilegedCallEndless(DevnetError):
    """A contract called by the chain itself never ended; the chain must halt here.

    Attributes
    ----------
    role
        The office it holds: ``Authority``, ``Distribution``, ``Slashing``.
    contract
        Its label and address, for people.
    """

    def __init__(self, role: str, contract: str) -> None:
        super().__init__(f"{contract}, called as {role}, did not end within its step limit")
        self.role, self.contract = role, contract


class Application(Protocol):
    """What consensus drives. Any exception leaves the last committed block intact."""

    def init_chain(self, request: InitChain) -> None:
        """Write the genesis state; it becomes part of the first block."""

    def check_tx(self, tx: bytes) -> TxResult:
        """Would this transaction pay its fee and carry good signatures? Changes nothing."""

    def begin_block(self, request: BeginBlock) -> tuple[Event, ...]:
        """Open the block."""

    def deliver_tx(self, tx: bytes) -> TxResult:
        """Run one transaction; a failed one is rolled back and reported, never raised."""

    def end_block(self, height: Height) -> EndBlock:
        """Close the block."""

    def commit(self) -> bytes:
        """Stage the block's changes for the batch of this block; the app hash."""

    def abandon(self) -> None:
        """Forget the block in progress."""


class Verifier(Protocol):
    """What the application may ask the engine: is this a proof, and against whom."""

    def verify(self, proof: bytes) -> Misbehavior:
        """The infraction that encoded duplicate-vote evidence proves.

        Raises
        ------
        TxError
            Naming the check that failed.
        """
