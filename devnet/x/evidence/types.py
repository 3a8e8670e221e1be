"""What evidence is: facts about who did what when, and a proof beside them.

ADR-009, Types. :class:`Evidence` gives every kind its common facts and all that follows
from them; a kind adds its name, its route and facts of its own. The hash is of the facts,
never of the proof: every proof of one offence is one infraction. Defines *evidence* (a
claim with proof); once accepted it is called an *infraction*.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Self

from devnet.abci import Misbehavior, Verifier
from devnet.crypto.hashing import sha256
from devnet.primitives import canonical_json, protobuf
from devnet.primitives.canonical_json import Json
from devnet.primitives.types import SECOND, Height, Power, Timestamp, parse_uint
from devnet.x.evidence.errors import InvalidEvidence, InvalidRoute, UnknownEvidenceRoute

_UNKNOWN_POWER = Power(0)
_NUMBERS = ("height", "time", "power", "total_power")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A claim that a validator misbehaved; subclass it for a kind of your own.

    Attributes
    ----------
    route
        Name of the handler that judges it: letters and digits.
    type
        What the Slashing contract is told, like ``duplicate_vote``.
    type_url
        Name of the wire format in ``MsgSubmitEvidence``.
    height, time, power, total_power
        Of the infraction, not of now: block height, nanoseconds, the validator's voting
        power and that of the whole set.
    consensus_address
        Upper-case hex of 20 bytes.
    proof
        What convinces; neither hashed nor recorded.
    """

    route: ClassVar[str] = ""
    type: ClassVar[str] = ""
    type_url: ClassVar[str] = ""

    height: Height
    time: Timestamp
    power: Power
    consensus_address: str
    total_power: Power = _UNKNOWN_POWER
    proof: bytes = b""

    @property
    def hash(self) -> bytes:
        """SHA-256 over the kind and its facts, 32 bytes; equal for equal evidence."""
        return sha256(self.type_url.encode() + b"\0" + canonical_json.dumps(self.facts()))

    @property
    def hash_text(self) -> str:
        """The hash as events and queries show it: upper-case hex."""
        return self.hash.hex().upper()

    @property
    def validator_power(self) -> Power:
        """Voting power of the validator at the infraction."""
        return self.power

    def validate_basic(self) -> None:
        """Refuse what can be seen to be wrong without any state.

        Raises
        ------
        InvalidEvidence
            Naming the first field that cannot be (Cosmos SDK, ``Equivocation.ValidateBasic``).
        """
        if self.time // SECOND <= 0:
            raise InvalidEvidence("time: give the block time of the infraction, after 1970")
        if self.height < 1:
            raise InvalidEvidence(f"height: {self.height}; blocks are counted from 1")
        if self.power < 1:
            raise InvalidEvidence(f"power: {self.power}; only who has power can misbehave")
        if not self.consensus_address:
            raise InvalidEvidence("consensus_address: it is empty; give 40 hex digits")

    def check_proof(self, verifier: Verifier) -> None:
        """Refuse a claim its proof does not bear out; this base leaves it to the handler."""

    def facts(self) -> dict[str, Json]:
        """Every field but the proof, as JSON; the time as text, as contracts write it."""
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "proof"}
        return found | {"time": str(self.time)}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Json], *, proof: bytes = b"") -> Self:
        """Evidence of what :meth:`facts` says.

        Raises
        ------
        InvalidEvidence
            If a field is unknown, missing or of the wrong kind.
        """
        known = {f.name for f in fields(cls)} - {"proof"}
        if facts.keys() != known:
            wrong = sorted(facts.keys() ^ known)
            raise InvalidEvidence(f"{', '.join(wrong)}: {cls.__name__} has {sorted(known)}")
        values: dict[str, Json] = dict(facts)
        for name in _NUMBERS:
            values[name] = parse_uint(facts[name], bits=64, field=name)
        if not isinstance(facts["consensus_address"], str):
            raise InvalidEvidence("consensus_address: write it as text of 40 hex digits")
        # from_facts of a subclass: its own fields are plain JSON and pass as they are.
        return cls(**values, proof=proof)  # type: ignore[arg-type]

    def encode(self) -> bytes:
        """Wire bytes, proof included; :meth:`decode` reads them."""
        proof = base64.b64encode(self.proof).decode()
        return canonical_json.dumps({"facts": self.facts(), "proof": proof})

    def record(self) -> bytes:
        """Wire bytes of what is kept: the facts alone."""
        return canonical_json.dumps({"facts": self.facts(), "proof": ""})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Evidence of wire bytes.

        Raises
        ------
        InvalidMessage, InvalidEvidence
            If the bytes are no such evidence.
        """
        match canonical_json.loads(data):
            case {"facts": dict(facts), "proof": str(text)}:
                try:
                    proof = base64.b64decode(text, validate=True)
                except ValueError as err:
                    raise InvalidEvidence(f"proof: no base64: {err}") from err
                return cls.from_facts(facts, proof=proof)
            case _:
                raise InvalidEvidence(f"{cls.__name__} is an object of facts and proof")

    def __str__(self) -> str:
        return (
            f"{self.type} by {self.consensus_address} at height {self.height}"
            f" with power {self.power} of {self.total_power}"
        )


@dataclass(frozen=True, slots=True)
class TimestampMessage:
    """``google.protobuf.Timestamp``."""

    seconds: int = protobuf.field(1, "int64")
    nanos: int = protobuf.field(2, "int64")


@dataclass(frozen=True, slots=True)
class EquivocationMessage:
    """``cosmos.evidence.v1beta1.Equivocation``; numbers above 4 are this chain's own."""

    height: int = protobuf.field(1, "int64")
    time: TimestampMessage | None = protobuf.field(2, TimestampMessage)  # noqa: RUF009 - describes the wire
    power: int = protobuf.field(3, "int64")
    consensus_address: str = protobuf.field(4, "string")
    total_power: int = protobuf.field(5, "int64")
    proof: bytes = protobuf.field(6, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivocation(Evidence):
    """Two conflicting votes of one validator in one round.

    ``proof`` is encoded duplicate-vote evidence with both signed votes. The hash covers
    height, time, power and address, as in the Cosmos SDK.
    """

    route: ClassVar[str] = "equivocation"
    type: ClassVar[str] = "duplicate_vote"
    type_url: ClassVar[str] = "/cosmos.evidence.v1beta1.Equivocation"

    @classmethod
    def of(cls, found: Misbehavior, *, proof: bytes = b"") -> Self:
        """Evidence of what the engine found."""
        return cls(
            height=found.height,
            time=found.time,
            power=found.power,
            consensus_address=found.address.hex().upper(),
            total_power=found.total_power,
            proof=proof,
        )

    @property
    def hash(self) -> bytes:
        """SHA-256 of the four facts of the SDK's record."""
        return sha256(protobuf.encode(self._message()))

    def check_proof(self, verifier: Verifier) -> None:
        """Refuse unless both votes are there and prove exactly these facts.

        Raises
        ------
        InvalidEvidence
            If there is no proof, or what it proves differs; the differing fact is named.
        TxError
            Of the verifier, naming the check that failed.
        """
        if not self.proof:
            raise InvalidEvidence(
                "proof: a claim is not enough; add both signed votes (anyone could accuse anyone)"
            )
        proven = self.of(verifier.verify(self.proof)).facts()
        for name, value in self.facts().items():
            if value != proven[name]:
                raise InvalidEvidence(f"{name}: claimed {value}, but the proof says {proven[name]}")

    def encode(self) -> bytes:
        """Protobuf with total power and proof behind the SDK's four fields."""
        return protobuf.encode(self._message(total_power=self.total_power, proof=self.proof))

    def record(self) -> bytes:
        """Protobuf without the proof."""
        return protobuf.encode(self._message(total_power=self.total_power))

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Evidence of protobuf bytes; a missing time is the year 1970 and so invalid."""
        found = protobuf.decode(EquivocationMessage, data)
        time = found.time or TimestampMessage()
        return cls(
            height=Height(found.height),
            time=Timestamp(time.seconds * SECOND + time.nanos),
            power=Power(found.power),
            consensus_address=found.consensus_address,
            total_power=Power(found.total_power),
            proof=found.proof,
        )

    def _message(self, *, total_power: int = 0, proof: bytes = b"") -> EquivocationMessage:
        seconds, nanos = divmod(self.time, SECOND)
        time = TimestampMessage(seconds, nanos)
        return EquivocationMessage(
            self.height, time, self.power, self.consensus_address, total_power, proof
        )


class EvidenceTypes:
    """The kinds of evidence this chain can read, by the name of their wire format."""

    def __init__(self, kinds: Iterable[type[Evidence]] = (Equivocation,)) -> None:
        self._kinds: dict[str, type[Evidence]] = {}
        for kind in kinds:
            if not kind.type_url or kind.type_url in self._kinds:
                raise InvalidRoute(kind.type_url, f"{kind.__name__} needs a type_url of its own")
            self._kinds[kind.type_url] = kind

    @property
    def kinds(self) -> tuple[type[Evidence], ...]:
        """Every kind, sorted by type url."""
        return tuple(self._kinds[type_url] for type_url in sorted(self._kinds))

    def get_kind(self, type_url: str) -> type[Evidence]:
        """Kind behind a type url.

        Raises
        ------
        UnknownEvidenceRoute
            If there is none; the nearest one is offered.
        """
        kind = self._kinds.get(type_url)
        if kind is None:
            raise UnknownEvidenceRoute(type_url, self._kinds)
        return kind
