"""What is fixed when a chain starts, as far as consensus is concerned."""

from dataclasses import dataclass
from typing import Literal

from devnet.consensus.clock import MILLISECOND
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import SECOND, Timestamp

VoteMode = Literal["verified", "signed", "off"]
_VOTE_MODES = ("verified", "signed", "off")
_MAX_CHAIN_ID = 50


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Options of a chain; two chains with other options are other chains.

    Attributes
    ----------
    genesis_time
        Time of block 1.
    block_time_ns
        What the clock moves on with each block, at least a millisecond.
    votes
        Whether precommits are signed, and whether each signature is verified.
    evidence_max_age_blocks, evidence_max_age_ns
        Evidence is too old only where it passes both.
    evidence_max_bytes
        Room for evidence in one block.
    block_max_bytes, block_max_gas
        Consensus parameters of the header; -1 gas is no limit.
    version_app
        Version of the application in the header.
    """

    chain_id: str
    genesis_time: Timestamp
    block_time_ns: int = 5 * SECOND
    votes: VoteMode = "verified"
    evidence_max_age_blocks: int = 100_000
    evidence_max_age_ns: int = 48 * 3600 * SECOND
    evidence_max_bytes: int = 1_048_576
    block_max_bytes: int = 22_020_096
    block_max_gas: int = -1
    version_app: int = 0

    def __post_init__(self) -> None:
        rules = (
            ("chain_id", 1 <= len(self.chain_id.encode()) <= _MAX_CHAIN_ID, "give 1 to 50 bytes"),
            ("votes", self.votes in _VOTE_MODES, f"choose one of {', '.join(_VOTE_MODES)}"),
            ("block_time_ns", self.block_time_ns >= MILLISECOND, "give at least a millisecond"),
            ("evidence_max_age_blocks", self.evidence_max_age_blocks > 0, "give more than 0"),
            ("evidence_max_age_ns", self.evidence_max_age_ns > 0, "give more than 0"),
            ("block_max_bytes", self.block_max_bytes > 0, "give more than 0"),
            (
                "evidence_max_bytes",
                0 <= self.evidence_max_bytes <= self.block_max_bytes,
                "it must fit into a block",
            ),
        )
        for name, holds, remedy in rules:
            if not holds:
                raise InvalidMessage(name, f"{getattr(self, name)!r} cannot be; {remedy}")
