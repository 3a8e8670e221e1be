"""CW9: contracts that hear of infractions, and slashers, which they tell what to take.

The chain calls ``sudo {"byzantine": {...}}`` on the contract in the Slashing office, once
per accepted infraction. The contract answers with ``slash`` and ``tombstone`` to whatever
holds weight or stake: groups, staking, engagement, mixers (acceptance, Fixed wire).
"""

from dataclasses import dataclass

from devnet.cosmwasm.kinds import plain
from devnet.cosmwasm.messages import CosmosMsg, wasm_execute
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import Address, Height


@dataclass(frozen=True, slots=True)
class Slashable:
    """A contract that takes orders from slashers, seen from one of them."""

    addr: Address

    def slash(self, addr: Address, portion: Decimal, at_height: Height | None) -> CosmosMsg:
        """Take a portion of what was there at a height; ``None`` of what is there now."""
        fields = {"addr": addr, "portion": portion, "at_height": at_height}
        return wasm_execute(self.addr, {"slash": plain(fields)})

    def tombstone(self, addr: Address) -> CosmosMsg:
        """No weight ever again."""
        return wasm_execute(self.addr, {"tombstone": {"addr": addr}})
