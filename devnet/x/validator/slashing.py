"""What the Slashing contract is told of an infraction (CW9; acceptance, "Fixed wire").

The chain itself punishes nobody. The seed: "if nil, no slashing occurs".
"""

from base64 import b64encode
from typing import Protocol

from devnet.primitives.canonical_json import dumps
from devnet.primitives.types import ConsAddress, Height, Power, Timestamp
from devnet.x.validator.errors import UnknownValidator
from devnet.x.validator.types import Validator


class Evidence(Protocol):
    """What is to be known of an infraction; figures are those of its height, not of now."""

    @property
    def type(self) -> str:
        """What the contract is told, like ``duplicate_vote``."""

    @property
    def hash(self) -> bytes:
        """Name of the infraction."""

    @property
    def consensus_address(self) -> str:
        """Hex of the validator's consensus address."""

    @property
    def height(self) -> Height:
        """When it happened, in blocks."""

    @property
    def time(self) -> Timestamp:
        """When it happened, in nanoseconds."""

    @property
    def validator_power(self) -> Power:
        """The validator's power then."""

    @property
    def total_power(self) -> Power:
        """The power of the whole set then."""


def read_address(evidence: Evidence) -> ConsAddress:
    """Consensus address an infraction names; ``UnknownValidator`` if it is no hex."""
    try:
        return ConsAddress(bytes.fromhex(evidence.consensus_address))
    except ValueError:
        raise UnknownValidator(evidence.consensus_address) from None


def byzantine(evidence: Evidence, validator: Validator) -> bytes:
    """The sudo message of CW9; the key is the validator's, the power that of the infraction."""
    return dumps(
        {
            "byzantine": {
                "evidence_type": evidence.type,
                "operator": validator.operator,
                "pubkey": b64encode(validator.pub_key).decode(),
                "hash": evidence.hash.hex(),
                "height": evidence.height,
                "time": str(evidence.time),
                "validator_power": evidence.validator_power,
                "total_power": evidence.total_power,
            }
        }
    )
