"""The engine: propose, vote, deliver, commit - one block after the other.

It drives an application through the seam of ``abci`` and writes each block as one batch
of the history. Between two blocks it holds nothing of its own: what it knows is read
under the place where the history stands, so the chain may go elsewhere at any time.
"""

from collections.abc import Sequence
from typing import NamedTuple

from devnet.abci import (
    Application,
    BeginBlock,
    EndBlock,
    Event,
    InitChain,
    Misbehavior,
    PrivilegedCallEndless,
    TxResult,
    ValidatorUpdate,
    Verifier,
    VoteInfo,
)
from devnet.consensus.block_store import BlockStore
from devnet.consensus.blocks import Block, results_hash
from devnet.consensus.commits import NO_COMMIT, Commit
from devnet.consensus.decision import Decider, Decision
from devnet.consensus.errors import (
    AlreadyStarted,
    ChainHalted,
    InvalidValidatorKey,
    NotStarted,
    ValidatorSetError,
)
from devnet.consensus.evidence_pool import (
    EvidenceLimits,
    EvidencePool,
    ProofVerifier,
    check_proof,
    to_misbehavior,
)
from devnet.consensus.forge import DuplicateVoteProof, Signers
from devnet.consensus.inputs import NO_INPUTS, Inputs, Nodes, Switch
from devnet.consensus.options import EngineOptions
from devnet.consensus.proposal import check_block
from devnet.consensus.state import Committed, EngineState
from devnet.consensus.validator_set import EMPTY, ValidatorSet, address_of
from devnet.consensus.votes import NIL
from devnet.crypto.ed25519 import PUBLIC_KEY_SIZE
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import Json
from devnet.primitives.types import Height, Timestamp
from devnet.store.history import ROOT, History
from devnet.store.merkle import EMPTY as EMPTY_HASH


class _Outcome(NamedTuple):
    """What executing a block gave."""

    results: tuple[TxResult, ...]
    begin_events: tuple[Event, ...]
    end: EndBlock
    next_validators: ValidatorSet
    app_hash: bytes


class Engine:
    """Consensus of one chain, in one process.

    Attributes
    ----------
    app, history, options, signers
        What it was given.
    verifier
        For the application: is this a proof, and against whom?
    """

    def __init__(
        self, app: Application, history: History, options: EngineOptions, signers: Signers
    ) -> None:
        self.app, self.history, self.options, self.signers = app, history, options, signers
        self._limits = EvidenceLimits(
            options.evidence_max_age_blocks,
            options.evidence_max_age_ns,
            options.evidence_max_bytes,
        )
        self.verifier: Verifier = ProofVerifier(self, self._limits)
        self._store = BlockStore(history)
        self._decider = Decider(self, self._limits)
        # Caches under their contents or a place, so that no going back makes them wrong.
        self._state: EngineState | None = None
        self._last: Committed | None = None
        self._infos: tuple[Commit, tuple[VoteInfo, ...]] = (NO_COMMIT, ())

    @property
    def chain_id(self) -> str:
        """Votes are signed for one chain."""
        return self.options.chain_id

    @property
    def state(self) -> EngineState:
        """Consensus after the last block.

        Raises
        ------
        NotStarted
            If there is no block yet.
        """
        tip = self.history.tip
        if self._state is None or self._state.place != tip:
            if tip == ROOT:
                raise NotStarted
            self._state = self._store.state_at(tip)
        return self._state

    @property
    def last_height(self) -> Height:
        """Height of the last block, 0 before the first."""
        return Height(self.history.height)

    @property
    def last_time(self) -> Timestamp:
        """Header time of the last block."""
        return self.state.time

    def init(self, validators: Sequence[tuple[str, ValidatorUpdate]], app_state: Json) -> Committed:
        """Begin the chain: genesis and block 1. A node runs for each named validator.

        Raises
        ------
        AlreadyStarted
            If there are blocks.
        ValidatorSetError
            If the validators make no set.
        """
        if self.history.tip != ROOT:
            raise AlreadyStarted(self.history.height)
        updates = tuple(update for _, update in validators)
        _check_keys(updates)
        first = ValidatorSet.new([(update.pub_key, update.power) for update in updates])
        genesis = EngineState(
            place=ROOT,
            height=Height(0),
            time=self.options.genesis_time,
            clock=self.options.genesis_time,
            last_block_id=NIL,
            last_commit=NO_COMMIT,
            app_hash=EMPTY_HASH,
            last_results_hash=EMPTY_HASH,
            last_validators=EMPTY,
            validators=first,
            next_validators=first.increment(1),
            nodes=Nodes(Switch(n, address_of(u.pub_key), online=True) for n, u in validators),
        )
        request = InitChain(self.chain_id, self.options.genesis_time, updates, app_state)
        return self._guarded(genesis, NO_INPUTS, request)

    def make_block(self, inputs: Inputs = NO_INPUTS) -> Committed:
        """Commit the next block with what came from outside since the last.

        After any exception, an interrupt too, everything is as it was before the call.

        Raises
        ------
        NotStarted
            If there is no block yet.
        NoQuorum
            If not more than two thirds of the power is online.
        ChainHalted
            If the block was decided but cannot be executed.
        ConsensusError, EvidenceRefused, InvalidMessage
            If an input cannot be.
        """
        return self._guarded(self.state, inputs, None)

    def block_at(self, height: int) -> Committed:
        """The block of a height on the present branch and all that came of it.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        last = self._last
        if last is not None and last.height == height and last.place == self.history.tip:
            return last
        return self._store.block_at(height)

    def validators_at(self, height: int) -> ValidatorSet:
        """The set that signs a height: from 1 to two above the last block.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        ahead = height - self.history.height
        if self.history.height and 0 <= ahead <= 2:  # noqa: PLR2004 - the sets a state holds
            state = self.state
            return (state.last_validators, state.validators, state.next_validators)[ahead]
        return self._store.validators_at(height)

    def find_tx(self, tx_hash: bytes) -> tuple[Height, int] | None:
        """Height and index of a transaction, by the SHA-256 of its bytes."""
        return self._store.find_tx(tx_hash)

    def find_header_time(self, height: int) -> Timestamp | None:
        """Time of the block at a height of the present branch, if there is one."""
        if not 1 <= height <= self.history.height:
            return None
        return self._store.header_at(height).time

    def is_committed(self, proof: DuplicateVoteProof) -> bool:
        """Whether a block of the present branch carries this very proof."""
        return self._store.is_committed(proof)

    def check_evidence(self, proof: DuplicateVoteProof) -> Misbehavior:
        """The infraction that a proof proves, judged now.

        Raises
        ------
        EvidenceRefused
            With ``check`` naming the check that failed.
        """
        return check_proof(proof, self, self._limits)

    def check_block(self, block: Block) -> None:
        """Refuse a block that must not come next.

        Raises
        ------
        BlockRefused
            Naming the first field that is wrong.
        """
        state = self.state
        check_block(
            block, state, self.options, pool=EvidencePool(self, self._limits, state.pending)
        )

    def _guarded(self, state: EngineState, inputs: Inputs, init: InitChain | None) -> Committed:
        try:
            return self._next(state, inputs, init)
        except BaseException:
            # Whatever it was, an interrupt too: the last committed block stands.
            self.app.abandon()
            self.history.discard()
            raise

    def _next(self, state: EngineState, inputs: Inputs, init: InitChain | None) -> Committed:
        decision = self._decider.decide(state, inputs)
        outcome = self._execute(state, decision.proposal.block, init)
        return self._seal(state, inputs, decision, outcome)

    def _execute(self, state: EngineState, block: Block, init: InitChain | None) -> _Outcome:
        """Run a decided block; the application stages its changes in the history.

        Raises
        ------
        ChainHalted
            If a privileged call never ends, or the updates make no validator set.
        """
        app, header = self.app, block.header
        try:
            if init is not None:
                app.init_chain(init)
            begin_events = app.begin_block(
                BeginBlock(
                    header.chain_id,
                    header.height,
                    header.time,
                    header.proposer_address,
                    self._vote_infos(state.last_commit),
                    tuple(to_misbehavior(proof) for proof in block.evidence),
                )
            )
            results = tuple([app.deliver_tx(tx) for tx in block.txs])
            end = app.end_block(header.height)
            _check_keys(end.validator_updates)
            following = state.next_validators.updated(end.validator_updates).increment(1)
        except (PrivilegedCallEndless, ValidatorSetError) as err:
            raise ChainHalted(header.height, err) from err
        return _Outcome(results, begin_events, end, following, app.commit())

    def _vote_infos(self, commit: Commit) -> tuple[VoteInfo, ...]:
        last, infos = self._infos
        if last.roster is not commit.roster or last.flags != commit.flags:
            infos = commit.vote_infos()
            self._infos = (commit, infos)
        return infos

    def _seal(
        self, before: EngineState, inputs: Inputs, decision: Decision, outcome: _Outcome
    ) -> Committed:
        """Write the block and what consensus knows after it, as one batch."""
        block, block_id = decision.proposal.block, decision.proposal.block_id
        header = block.header
        encoded = inputs.encode()
        place = sha256(before.place + block_id.hash + encoded)
        state = EngineState(
            place,
            header.height,
            header.time,
            decision.clock,
            block_id,
            decision.commit,
            outcome.app_hash,
            results_hash(outcome.results),
            before.validators,
            before.next_validators,
            outcome.next_validators,
            decision.nodes,
            decision.pending,
        )
        committed = Committed(
            place,
            header.height,
            block,
            block_id,
            decision.commit,
            outcome.results,
            outcome.begin_events,
            outcome.end.events,
            outcome.end.validator_updates,
            inputs,
            outcome.app_hash,
            header.time,
        )
        self._store.write(
            committed, state, before=before, header=decision.proposal.header, inputs=encoded
        )
        self.history.seal(place, height=header.height, app_hash=outcome.app_hash)
        self._state, self._last = state, committed
        return committed


def _check_keys(updates: Sequence[ValidatorUpdate]) -> None:
    for update in updates:
        if len(update.pub_key) != PUBLIC_KEY_SIZE:
            raise InvalidValidatorKey(update.pub_key)
