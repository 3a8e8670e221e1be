"""What consensus knows between two blocks, and what a block left behind.

Both are values under a place: where the chain goes back, the engine reads others.
"""

from dataclasses import dataclass

from devnet.abci import Event, TxResult, ValidatorUpdate
from devnet.consensus.blocks import Block
from devnet.consensus.commits import Commit
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.inputs import Inputs, Nodes, Switch
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.votes import BlockId
from devnet.primitives.types import Height, Timestamp


@dataclass(frozen=True, slots=True)
class EngineState:
    """Consensus after the block at ``place``.

    Attributes
    ----------
    time, clock
        Header time of that block; what the clock showed when it was precommitted.
    last_commit
        The precommits for that block; the next one carries them.
    app_hash, last_results_hash
        After that block; the next header carries them.
    last_validators, validators, next_validators
        The sets that signed this height, sign the next, and the one after.
    nodes
        Nodes ever started, and which of them are online.
    pending
        Evidence to be carried, by height, then hash.
    """

    place: bytes
    height: Height
    time: Timestamp
    clock: Timestamp
    last_block_id: BlockId
    last_commit: Commit
    app_hash: bytes
    last_results_hash: bytes
    last_validators: ValidatorSet
    validators: ValidatorSet
    next_validators: ValidatorSet
    nodes: Nodes
    pending: tuple[DuplicateVoteProof, ...] = ()

    @property
    def switches(self) -> tuple[Switch, ...]:
        """Nodes ever started, in that order."""
        return self.nodes.switches


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed block and all that came of it.

    Attributes
    ----------
    commit
        The precommits that decided it; its round is that of the decision.
    results
        One per transaction of the block.
    validator_updates
        What the application asked for; they sign two heights later.
    inputs
        What entered from outside with this block.
    app_hash
        After this block.
    time
        Header time.
    """

    place: bytes
    height: Height
    block: Block
    block_id: BlockId
    commit: Commit
    results: tuple[TxResult, ...]
    begin_events: tuple[Event, ...]
    end_events: tuple[Event, ...]
    validator_updates: tuple[ValidatorUpdate, ...]
    inputs: Inputs
    app_hash: bytes
    time: Timestamp

    @property
    def round(self) -> int:
        """Round in which it was decided; each earlier one lost its proposer."""
        return self.commit.round
