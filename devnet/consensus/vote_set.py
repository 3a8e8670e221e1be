"""Collecting the votes of one height, round and type (CometBFT, types/vote_set).

The one place that notices a double sign: two good signatures of one validator for
different blocks.
"""

from devnet.consensus.clock import ZERO_TIME
from devnet.consensus.commits import ABSENT, COMMIT, NIL_VOTE, Commit, quorum
from devnet.consensus.errors import ConsensusError, VoteRefused
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.votes import BlockId, Vote
from devnet.primitives.types import Height


class ConflictingVotes(ConsensusError):
    """One validator voted for two blocks.

    Attributes
    ----------
    first, second
        The vote that was counted, and the one that came later.
    added
        Whether the later vote was counted for its block all the same.
    """

    def __init__(self, first: Vote, second: Vote, *, added: bool) -> None:
        super().__init__(
            f"{first.address.hex().upper()} voted twice at height {first.height},"
            f" round {first.round}: for {_name(first.block_id)} and {_name(second.block_id)}"
        )
        self.first, self.second, self.added = first, second, added


class VoteSet:
    """The votes of one height, round and type, and the majority they make.

    Attributes
    ----------
    majority
        The block id (or nil) that first gathered more than two thirds, else ``None``.
    total
        Power of all who voted, nobody counted twice.
    """

    def __init__(
        self, chain_id: str, validators: ValidatorSet, *, type_: int, height: Height, round_: int
    ) -> None:
        self.majority: BlockId | None = None
        self.total = 0
        self._chain_id, self._validators = chain_id, validators
        self._what = (type_, height, round_)
        self._votes: dict[int, Vote] = {}
        self._by_block: dict[BlockId, dict[int, Vote]] = {}
        self._claimed: set[BlockId] = set()

    def claim_majority(self, block_id: BlockId) -> None:
        """A peer says that this block has two thirds; conflicting votes for it now count."""
        self._claimed.add(block_id)

    def add(self, vote: Vote) -> bool:
        """Count a vote; ``False`` for one that is already there.

        Raises
        ------
        VoteRefused
            If it is for another height, round or type, by a stranger, badly signed, or
            a second signature of the same vote.
        ConflictingVotes
            If the validator already voted for another block.
        """
        self._check_place(vote)
        known = self._find(vote)
        if known is not None:
            if known.signature == vote.signature:
                return False
            raise VoteRefused("another signature of a vote that is already here")
        if not vote.is_signed_by(self._validators.roster.pub_keys[vote.index], self._chain_id):
            raise VoteRefused(f"invalid signature of {vote.address.hex().upper()}")
        first = self._votes.get(vote.index)
        if first is None:
            self._votes[vote.index] = vote
            self.total += self._validators.roster.powers[vote.index]
            self._count(vote)
            return True
        added = vote.block_id in self._claimed
        if added:
            self._count(vote)
        raise ConflictingVotes(first, vote, added=added)

    def power_for(self, block_id: BlockId) -> int:
        """Power counted for one block id."""
        powers = self._validators.roster.powers
        return sum(powers[i] for i in self._by_block.get(block_id, ()))

    def commit(self) -> Commit:
        """The commit these precommits make; votes for other blocks are absent in it.

        Raises
        ------
        VoteRefused
            If no block has more than two thirds.
        """
        decided = self.majority
        if decided is None or decided.is_nil:
            raise VoteRefused("no block has more than two thirds of the power")
        flags, times, signatures = bytearray(), [], []
        for i in range(len(self._validators)):
            vote = self._by_block[decided].get(i) or self._votes.get(i)
            flag = ABSENT
            if vote is not None and vote.block_id == decided:
                flag = COMMIT
            elif vote is not None and vote.block_id.is_nil:
                flag = NIL_VOTE
            flags.append(flag)
            times.append(vote.time if vote and flag != ABSENT else ZERO_TIME)
            signatures.append(vote.signature if vote and flag != ABSENT else b"")
        _, height, round_ = self._what
        roster = self._validators.roster
        return Commit(
            height, round_, decided, roster, bytes(flags), tuple(times), tuple(signatures)
        )

    def _check_place(self, vote: Vote) -> None:
        if (vote.type, vote.height, vote.round) != self._what:
            raise VoteRefused(f"type, height, round must be {self._what}")
        addresses = self._validators.roster.addresses
        if not 0 <= vote.index < len(addresses):
            raise VoteRefused(f"index {vote.index} is outside a set of {len(addresses)}")
        if addresses[vote.index] != vote.address:
            raise VoteRefused(f"index {vote.index} is not {vote.address.hex().upper()}")

    def _find(self, vote: Vote) -> Vote | None:
        first = self._votes.get(vote.index)
        if first is not None and first.block_id == vote.block_id:
            return first
        return self._by_block.get(vote.block_id, {}).get(vote.index)

    def _count(self, vote: Vote) -> None:
        self._by_block.setdefault(vote.block_id, {})[vote.index] = vote
        if self.majority is None and self.power_for(vote.block_id) >= quorum(
            self._validators.total
        ):
            self.majority = vote.block_id


def _name(block_id: BlockId) -> str:
    return "nil" if block_id.is_nil else block_id.hash.hex()[:12]
