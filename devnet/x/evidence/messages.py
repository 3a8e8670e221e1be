"""The one message of x/evidence: anybody may bring a claim before the chain."""

from dataclasses import dataclass
from typing import ClassVar, Self

from devnet.chain.tx import Msg, ProtoAny, check_address
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import field
from devnet.primitives.types import Address, Height, Power, Timestamp
from devnet.x.evidence.types import Equivocation, Evidence


@dataclass(frozen=True, slots=True)
class MsgSubmitEvidence(Msg):
    """``cosmos.evidence.v1beta1.MsgSubmitEvidence`` (ADR-009, Submission).

    The evidence is read when the message is carried out, not before: fee and sequence are
    spent also on a claim that does not hold.
    """

    type_url: ClassVar[str] = "/cosmos.evidence.v1beta1.MsgSubmitEvidence"

    submitter: str = field(1, "string")
    evidence: ProtoAny | None = field(2, ProtoAny)  # noqa: RUF009 - describes the wire

    @classmethod
    def of(cls, submitter: Address, evidence: Evidence) -> Self:
        """Message that brings evidence of any kind."""
        return cls(submitter, ProtoAny(evidence.type_url, evidence.encode()))

    @classmethod
    def of_double_sign(
        cls,
        submitter: Address,
        *,
        height: Height,
        time: Timestamp,
        power: Power,
        total_power: Power,
        consensus_address: bytes,
        proof: bytes,
    ) -> Self:
        """Message that accuses a validator of a double vote; ``proof`` holds both votes."""
        return cls.of(
            submitter,
            Equivocation(
                height=height,
                time=time,
                power=power,
                consensus_address=consensus_address.hex().upper(),
                total_power=total_power,
                proof=proof,
            ),
        )

    def signers(self) -> tuple[Address, ...]:
        """The submitter alone; any account may be it."""
        return (Address(self.submitter),)

    def validate_basic(self) -> None:
        """Require an address and some evidence."""
        check_address(self.submitter, field="submitter")
        if self.evidence is None or not self.evidence.type_url:
            raise InvalidMessage("evidence", "it is missing; pack evidence of a known type url")


@dataclass(frozen=True, slots=True)
class MsgSubmitEvidenceResponse:
    """``cosmos.evidence.v1beta1.MsgSubmitEvidenceResponse``: the raw hash."""

    hash: bytes = field(4, "bytes")
