"""The words of x/validator: who may what, who validates with which key and power.

Layout (design, section 7): ``0x01`` permissions, ``0x02 | operator`` validator, kept with
power 0 after leaving, ``0x03 | consensus address`` its operator, ``0x04 | consensus
address`` its power when the block began, if it was touched since, ``0x07`` total power.
Operators stand there by raw address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from devnet.crypto.addresses import consensus_address
from devnet.primitives import protobuf
from devnet.primitives.types import Address, ConsAddress, Power

STORE = "validator"
PERMISSIONS = b"\x01"
VALIDATOR = b"\x02"
OPERATOR = b"\x03"
POWER_BEFORE = b"\x04"
TOTAL_POWER = b"\x07"
KEY_SIZE = 32
"""Bytes of an ed25519 key."""
NAMES = ("admin", "authority", "distribution", "slashing")


@dataclass(frozen=True, slots=True)
class Permissions:
    """Who holds which office; ``None`` is nobody (seed: contract-controlled validators)."""

    admin: Address | None = None
    authority: Address | None = None
    distribution: Address | None = None
    slashing: Address | None = None

    def changed(self, changes: Mapping[str, Address | None]) -> "Permissions":
        """The same with some offices given to others."""
        return replace(self, **changes)

    def to_json(self) -> dict[str, Address | None]:
        """Every office by name."""
        return {name: getattr(self, name) for name in NAMES}


@dataclass(frozen=True, slots=True)
class Validator:
    """An operator with its consensus key and a power.

    From the keeper: what was decided. As an entry of a diff or a list: what is wished.
    """

    operator: Address
    pub_key: bytes
    power: Power

    @property
    def address(self) -> ConsAddress:
        """Consensus address of the key."""
        return consensus_address(self.pub_key)


@dataclass(frozen=True, slots=True)
class ValidatorRecord:
    """A validator as it is stored."""

    pub_key: bytes = protobuf.field(1, "bytes")
    power: int = protobuf.field(2, "uint64")
