"""From what was asked to a decided block: inputs, proposal, votes, double signs.

Nothing is executed or written here; a decision is a value that may be thrown away.
"""

from dataclasses import dataclass
from typing import Protocol

from devnet.consensus import clock
from devnet.consensus.commits import Commit
from devnet.consensus.evidence_pool import ChainView, EvidenceLimits, EvidencePool, read_proof
from devnet.consensus.forge import DuplicateVoteProof, Signers, double_votes
from devnet.consensus.inputs import Inputs, Nodes
from devnet.consensus.options import EngineOptions
from devnet.consensus.proposal import Proposal, propose
from devnet.consensus.rounds import Attendance, attend, find_round, precommit
from devnet.consensus.state import EngineState
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.vote_set import ConflictingVotes, VoteSet
from devnet.consensus.votes import KINDS, VoteKind
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import ConsAddress, Timestamp

_MAX_ROUND = (1 << 31) - 1


class _Chain(ChainView, Protocol):
    @property
    def options(self) -> EngineOptions: ...
    @property
    def signers(self) -> Signers: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """A block that more than two thirds have precommitted.

    Attributes
    ----------
    clock
        What the clock showed at the precommits.
    nodes
        Nodes after the inputs.
    pending
        Evidence that waits once this block stands.
    """

    proposal: Proposal
    commit: Commit
    clock: Timestamp
    nodes: Nodes
    pending: tuple[DuplicateVoteProof, ...]


class Decider:
    """Decides blocks of one chain; remembers only who was there last."""

    def __init__(self, chain: _Chain, limits: EvidenceLimits) -> None:
        self._chain, self._limits = chain, limits
        self._attendance: Attendance | None = None

    def decide(self, state: EngineState, inputs: Inputs) -> Decision:
        """The next block after a state, with what came from outside.

        Raises
        ------
        NoQuorum
            If not more than two thirds of the power is online.
        ConsensusError, EvidenceRefused, InvalidMessage
            If an input cannot be.
        """
        options = self._chain.options
        nodes = state.nodes.after(inputs)
        attendance = self._attend(state.validators, nodes)
        attendance.require_quorum()
        pool = self._pool(state, inputs)
        round_, proposer = find_round(state.validators, attendance)
        proposal = propose(
            state,
            options,
            txs=inputs.txs,
            evidence=pool.propose() if pool else (),
            proposer=state.validators.roster.addresses[proposer],
        )
        block_time = proposal.block.header.time
        now = self._clock(state, inputs, block_time, round_)
        stamp = clock.stamp(now, block_time)
        commit = precommit(
            attendance,
            proposal.block_id,
            chain_id=options.chain_id,
            height=proposal.block.header.height,
            round_=round_,
            time=stamp,
            verified=options.votes == "verified",
        )
        pending = state.pending
        if pool is not None:
            for asked in inputs.double_signs:
                self._double_sign(asked, state.validators, proposal, stamp=stamp, pool=pool)
            pending = pool.settle(
                proposal.block.evidence,
                height=proposal.block.header.height,
                time=block_time,
                validators=state.validators,
            )
        return Decision(proposal, commit, now, nodes, pending)

    def _attend(self, validators: ValidatorSet, nodes: Nodes) -> Attendance:
        """Who is there; looked up again only when the set or a switch has changed."""
        last = self._attendance
        if last is None or last.roster is not validators.roster or last.nodes is not nodes:
            last = self._attendance = attend(
                validators.roster,
                nodes,
                signers=self._chain.signers,
                votes=self._chain.options.votes,
            )
        return last

    def _pool(self, state: EngineState, inputs: Inputs) -> EvidencePool | None:
        """The pool with evidence from outside; none in a block without any evidence."""
        if not (inputs.evidence or inputs.double_signs or state.pending):
            return None
        pool = EvidencePool(self._chain, self._limits, state.pending)
        for data in inputs.evidence:
            pool.add(read_proof(data))
        return pool

    def _clock(
        self, state: EngineState, inputs: Inputs, block_time: Timestamp, round_: int
    ) -> Timestamp:
        """What the clock shows at the precommits; a jump is exact, whatever was lost."""
        if inputs.clock is not None:
            return clock.jump(inputs.clock, block_time)
        step = self._chain.options.block_time_ns
        return clock.advance(state.clock, block_time_ns=step, lost_rounds=round_)

    def _double_sign(
        self,
        asked: tuple[ConsAddress, int, VoteKind],
        validators: ValidatorSet,
        proposal: Proposal,
        *,
        stamp: Timestamp,
        pool: EvidencePool,
    ) -> None:
        """Let a key sign for two blocks, and let the others notice.

        The second block differs from the decided one in its time. The key of a node that
        is switched off signs too: somebody else holds it.
        """
        address, round_, kind = asked
        if kind not in KINDS or not 0 <= round_ <= _MAX_ROUND:
            raise InvalidMessage("double_sign", f"no vote is a {kind} of round {round_}")
        chain_id, height = self._chain.chain_id, proposal.block.header.height
        type_ = KINDS[kind]
        first, second = double_votes(
            (proposal.block_id, proposal.block.rival_id()),
            address,
            validators,
            signers=self._chain.signers,
            chain_id=chain_id,
            place=(type_, height, round_),
            time=stamp,
        )
        votes = VoteSet(chain_id, validators, type_=type_, height=height, round_=round_)
        votes.add(first)
        try:
            votes.add(second)
        except ConflictingVotes as conflict:
            pool.report(conflict.first, conflict.second)
