"""Evidence for tests: one double sign, a kind of one's own, and a verifier of choice."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from fakes.state import GENESIS_TIME

from devnet.abci import Misbehavior
from devnet.primitives.errors import TxError
from devnet.primitives.types import ConsAddress, Height, Power, Timestamp
from devnet.x.evidence.types import Evidence

DOUBLE_SIGN = Misbehavior(
    type="duplicate_vote",
    address=ConsAddress(bytes(range(20))),
    power=Power(10),
    height=Height(7),
    time=Timestamp(GENESIS_TIME),
    total_power=Power(60),
)


class ProofRefused(TxError):
    """What the engine says of a proof that does not hold."""

    codespace = "evidence"
    code = 3


@dataclass
class FakeVerifier:
    """An engine that knows which bytes prove what."""

    proofs: dict[bytes, Misbehavior] = field(default_factory=lambda: {b"both votes": DOUBLE_SIGN})

    def verify(self, proof: bytes) -> Misbehavior:
        if proof not in self.proofs:
            raise ProofRefused("signature of vote_b does not verify")
        return self.proofs[proof]


def another_double_sign(height: int) -> Misbehavior:
    return replace(DOUBLE_SIGN, height=Height(height))


@dataclass(frozen=True, slots=True, kw_only=True)
class LateBlock(Evidence):
    """A kind of evidence as a learner would add it."""

    route: ClassVar[str] = "lateblock"
    type: ClassVar[str] = "late_block"
    type_url: ClassVar[str] = "/example.LateBlock"

    claimed_seconds: int
