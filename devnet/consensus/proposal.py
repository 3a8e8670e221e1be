"""What the next block must look like: made by its proposer, checked by everybody.

The proposer chooses transactions and evidence; everything else follows from the state
(CometBFT, state/validation).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from devnet.consensus import blocks
from devnet.consensus.blocks import Block, Header
from devnet.consensus.commits import verify_commit
from devnet.consensus.errors import BlockRefused, CommitRefused
from devnet.consensus.evidence_pool import EvidencePool
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.options import EngineOptions
from devnet.consensus.state import EngineState
from devnet.consensus.votes import BlockId
from devnet.primitives.types import ConsAddress, Height, Timestamp
from devnet.store.merkle import list_root


@dataclass(frozen=True, slots=True)
class Proposal:
    """A block, its id, and its encoded header."""

    block: Block
    block_id: BlockId
    header: bytes


def block_time(state: EngineState, options: EngineOptions) -> Timestamp:
    """Time of the next block: what the votes for the last one say, genesis time at first."""
    return state.last_commit.median_time() if state.height else options.genesis_time


def propose(
    state: EngineState,
    options: EngineOptions,
    *,
    txs: tuple[bytes, ...],
    evidence: tuple[DuplicateVoteProof, ...],
    proposer: ConsAddress,
) -> Proposal:
    """The block that a proposer would make after a state.

    Raises
    ------
    BlockRefused
        With field ``size``, if it would be larger than a block may be.
    """
    slots = state.last_commit.encode_slots()
    header = _header(state, options, slots, txs=txs, evidence=evidence, proposer=proposer)
    block = Block(header, txs, evidence, state.last_commit)
    encoded_header = header.encode()
    encoded = block.encode(header=encoded_header, commit_slots=slots)
    if len(encoded) > options.block_max_bytes:
        raise BlockRefused(
            "size",
            f"{len(encoded)} bytes, {options.block_max_bytes} are allowed; send fewer transactions",
        )
    id_ = BlockId(header.hash, *blocks.part_set_header(encoded))
    return Proposal(block, id_, encoded_header)


def check_block(
    block: Block, state: EngineState, options: EngineOptions, *, pool: EvidencePool
) -> None:
    """Refuse a block that must not follow a state.

    Raises
    ------
    BlockRefused
        Naming the first field that is not what it must be, in the order of the header;
        then commit, evidence and size.
    """
    header = block.header
    expected = _header(
        state,
        options,
        block.last_commit.encode_slots(),
        txs=block.txs,
        evidence=block.evidence,
        proposer=header.proposer_address,
    )
    if state.height and header.time <= state.time:
        raise BlockRefused("time", f"{header.time} is not greater than last block time")
    for each in fields(Header):
        found, wanted = getattr(header, each.name), getattr(expected, each.name)
        if found != wanted:
            raise BlockRefused(each.name, f"invalid: {found!r}, must be {wanted!r}")
    if state.validators.find(header.proposer_address) is None:
        raise BlockRefused("proposer_address", "the proposer is not in the validator set")
    _check_commit(block, state, options)
    pool.check_block(block.evidence)
    if len(block.encode()) > options.block_max_bytes:
        raise BlockRefused("size", f"more than {options.block_max_bytes} bytes")


def _check_commit(block: Block, state: EngineState, options: EngineOptions) -> None:
    if options.votes == "off" or not state.height:
        return
    try:
        verify_commit(
            block.last_commit,
            state.last_validators,
            chain_id=options.chain_id,
            height=state.height,
            block_id=state.last_block_id,
        )
    except CommitRefused as err:
        raise BlockRefused("last_commit", err.reason) from err


def _header(
    state: EngineState,
    options: EngineOptions,
    slots: Sequence[bytes],
    *,
    txs: tuple[bytes, ...],
    evidence: tuple[DuplicateVoteProof, ...],
    proposer: ConsAddress,
) -> Header:
    return Header(
        options.chain_id,
        Height(state.height + 1),
        block_time(state, options),
        state.last_block_id,
        list_root(slots),
        blocks.data_hash(txs),
        state.validators.hash,
        state.next_validators.hash,
        blocks.consensus_hash(options.block_max_bytes, options.block_max_gas),
        state.app_hash,
        state.last_results_hash,
        blocks.evidence_hash(evidence),
        proposer,
        version_app=options.version_app,
    )
