"""What was asked for and is not in a block yet.

Switches, new nodes and double signs wait here for the next block, in the order in which
they were asked for; going elsewhere drops them.
"""

from dataclasses import dataclass, field

from devnet.consensus.inputs import Inputs
from devnet.consensus.votes import VoteKind
from devnet.primitives.types import ConsAddress, Timestamp


@dataclass(slots=True)
class Pending:
    """Inputs of the block to come, each kind as ``Inputs`` spells it."""

    started: list[tuple[str, bytes]] = field(default_factory=list)
    switched: list[tuple[ConsAddress, bool]] = field(default_factory=list)
    double_signs: list[tuple[ConsAddress, int, VoteKind]] = field(default_factory=list)

    def inputs(self, txs: tuple[bytes, ...], clock: Timestamp | None) -> Inputs:
        """Everything that enters the next block, together with its transactions."""
        return Inputs(
            txs=txs,
            started=tuple(self.started),
            switched=tuple(self.switched),
            double_signs=tuple(self.double_signs),
            clock=clock,
        )

    def online(self, address: ConsAddress) -> bool | None:
        """What was last asked of a node, or None if nothing was."""
        return next((on for asked, on in reversed(self.switched) if asked == address), None)

    def clear(self) -> None:
        """Forget all of it."""
        self.started.clear()
        self.switched.clear()
        self.double_signs.clear()
