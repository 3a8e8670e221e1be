"""Evidence: what convinces, for how long, and what waits to be carried by a block.

The checks and their order are those of CometBFT (evidence/verify, evidence/pool); each
refusal names the check that failed. Nobody is punished here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from devnet.abci import Misbehavior
from devnet.consensus.blocks import evidence_size
from devnet.consensus.errors import BlockRefused, EvidenceRefused, VoteRefused
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.votes import Vote
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import SECOND, ConsAddress, Height, Timestamp


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """How old evidence may be, and how much of it a block may carry."""

    max_age_blocks: int = 100_000
    max_age_ns: int = 48 * 3600 * SECOND
    max_bytes: int = 1_048_576


class ChainView(Protocol):
    """What judging evidence needs to know of the chain."""

    @property
    def chain_id(self) -> str:
        """Votes are signed for one chain."""

    @property
    def last_height(self) -> Height:
        """Height of the last block."""

    @property
    def last_time(self) -> Timestamp:
        """Time of the last block."""

    def find_header_time(self, height: int) -> Timestamp | None:
        """Time of the block at a height, if there is one."""

    def validators_at(self, height: int) -> ValidatorSet:
        """The set that signs a height."""

    def is_committed(self, proof: DuplicateVoteProof) -> bool:
        """Whether a block already carried this proof."""


def pool_key(proof: DuplicateVoteProof) -> bytes:
    """Sorts evidence by height, then hash (CometBFT, evidence/pool)."""
    return b"%016X/%s" % (proof.height, proof.hash.hex().upper().encode())


def is_expired(
    limits: EvidenceLimits, *, height: int, time: int, now_height: int, now_time: int
) -> bool:
    """Too old in blocks *and* in time; standing exactly at a limit is still good."""
    return now_time - time > limits.max_age_ns and now_height - height > limits.max_age_blocks


def validate_basic(proof: DuplicateVoteProof) -> tuple[Vote, Vote]:
    """Both votes of a proof, complete and in order.

    Raises
    ------
    EvidenceRefused
        Naming the check: ``vote``, ``block_id`` or ``order``.
    """
    a, b = proof.vote_a, proof.vote_b
    if a is None or b is None:
        raise EvidenceRefused("vote", "one of the two votes is missing")
    for vote in (a, b):
        try:
            vote.validate_basic()
        except VoteRefused as err:
            raise EvidenceRefused("vote", err.reason) from err
    if a.block_id == b.block_id:
        raise EvidenceRefused("block_id", "both votes are for the same block")
    if a.block_id.order_key > b.block_id.order_key:
        raise EvidenceRefused("order", "the vote with the smaller block id must come first")
    return a, b


def check_proof(proof: DuplicateVoteProof, chain: ChainView, limits: EvidenceLimits) -> Misbehavior:
    """The infraction that a proof proves.

    Raises
    ------
    EvidenceRefused
        Naming the first check that failed, in the order of the code below.
    """
    a, b = validate_basic(proof)
    _check_age(proof, chain, limits)
    validators = chain.validators_at(a.height)
    member = validators.find(a.address)
    if member is None:
        raise EvidenceRefused(
            "validator", f"{_hex(a.address)} was not in the set of height {a.height}"
        )
    _check_votes(a, b)
    # That the member's key hashes to the address holds by the way it was found.
    if proof.validator_power != member.power:
        raise EvidenceRefused("power", f"{proof.validator_power}, but it had {member.power}")
    if proof.total_power != validators.total:
        raise EvidenceRefused("total_power", f"{proof.total_power}, it was {validators.total}")
    for name, vote in (("A", a), ("B", b)):
        if not vote.is_signed_by(member.pub_key, chain.chain_id):
            raise EvidenceRefused(
                "signature", f"vote {name} is not signed by {_hex(a.address)} for this chain"
            )
    return to_misbehavior(proof)


def to_misbehavior(proof: DuplicateVoteProof) -> Misbehavior:
    """What the application is told of a proof; the votes stay here."""
    return Misbehavior(
        "duplicate_vote",
        proof.address,
        proof.validator_power,
        proof.height,
        proof.time,
        proof.total_power,
    )


def _check_age(proof: DuplicateVoteProof, chain: ChainView, limits: EvidenceLimits) -> None:
    time = chain.find_header_time(proof.height)
    if time is None:
        raise EvidenceRefused(
            "height", f"there is no block {proof.height} yet; the last is {chain.last_height}"
        )
    if proof.time != time:
        raise EvidenceRefused("time", f"{proof.time} ns, but block {proof.height} says {time} ns")
    now = {"now_height": chain.last_height, "now_time": chain.last_time}
    if is_expired(limits, height=proof.height, time=time, **now):
        raise EvidenceRefused(
            "expired",
            f"{chain.last_height - proof.height} blocks and {chain.last_time - time} ns old;"
            f" more than {limits.max_age_blocks} blocks and {limits.max_age_ns} ns is too old",
        )


def _check_votes(a: Vote, b: Vote) -> None:
    compared = (
        ("vote_height", a.height, b.height),
        ("round", a.round, b.round),
        ("type", a.type, b.type),
        ("address", _hex(a.address), _hex(b.address)),
    )
    for check, first, second in compared:
        if first != second:
            raise EvidenceRefused(check, f"vote A says {first}, vote B says {second}")


def _hex(address: ConsAddress) -> str:
    return address.hex().upper()


class ProofVerifier:
    """What the application may ask about a claim (``abci.Verifier``)."""

    def __init__(self, chain: ChainView, limits: EvidenceLimits) -> None:
        self._chain, self._limits = chain, limits

    def verify(self, proof: bytes) -> Misbehavior:
        """The infraction that encoded duplicate-vote evidence proves.

        Raises
        ------
        EvidenceRefused
            Naming the check that failed; ``encoding`` for bytes that are no evidence.
        """
        return check_proof(read_proof(proof), self._chain, self._limits)


def read_proof(data: bytes) -> DuplicateVoteProof:
    """Proof of bytes from outside.

    Raises
    ------
    EvidenceRefused
        Check ``encoding``, if they are none.
    """
    try:
        return DuplicateVoteProof.decode(data)
    except InvalidMessage as err:
        raise EvidenceRefused("encoding", err.reason) from err


class EvidencePool:
    """Evidence on its way into a block, for the length of one block.

    Attributes
    ----------
    pending
        Good evidence that no block carries yet, by height, then hash.
    """

    def __init__(
        self,
        chain: ChainView,
        limits: EvidenceLimits,
        pending: Sequence[DuplicateVoteProof] = (),
    ) -> None:
        self._chain, self._limits = chain, limits
        self._pending = {pool_key(proof): proof for proof in pending}
        self._reported: list[tuple[Vote, Vote]] = []

    @property
    def pending(self) -> tuple[DuplicateVoteProof, ...]:
        """Good evidence that no block carries yet, by height, then hash."""
        return tuple(self._pending[key] for key in sorted(self._pending))

    def add(self, proof: DuplicateVoteProof) -> bool:
        """Take evidence from outside; ``False`` for what is pending or was carried.

        Raises
        ------
        EvidenceRefused
            If it proves nothing.
        """
        if pool_key(proof) in self._pending or self._chain.is_committed(proof):
            return False
        check_proof(proof, self._chain, self._limits)
        self._pending[pool_key(proof)] = proof
        return True

    def report(self, first: Vote, second: Vote) -> None:
        """Note two conflicting votes; they become evidence once their height is decided."""
        self._reported.append((first, second))

    def propose(self) -> tuple[DuplicateVoteProof, ...]:
        """What the next block carries: in order, up to the limit of bytes."""
        room, taken = self._limits.max_bytes, []
        for proof in self.pending:
            room -= evidence_size((proof,))
            if room < 0:
                break
            taken.append(proof)
        return tuple(taken)

    def check_block(self, proofs: Sequence[DuplicateVoteProof]) -> None:
        """Refuse a block whose evidence is too large, not good, old news or there twice.

        What is good becomes pending, should this block fail to be the one.

        Raises
        ------
        BlockRefused
            With field ``evidence``.
        """
        size = evidence_size(proofs)
        if size > self._limits.max_bytes:
            limit = self._limits.max_bytes
            raise BlockRefused("evidence", f"{size} bytes of evidence, {limit} are allowed")
        seen: set[bytes] = set()
        for proof in proofs:
            key = pool_key(proof)
            if key in seen:
                raise BlockRefused("evidence", "one piece of evidence stands twice")
            if key not in self._pending and self._chain.is_committed(proof):
                raise BlockRefused("evidence", "evidence was already committed")
            try:
                self.add(proof)
            except EvidenceRefused as err:
                raise BlockRefused("evidence", str(err)) from err
            seen.add(key)

    def settle(
        self,
        carried: Sequence[DuplicateVoteProof],
        *,
        height: Height,
        time: Timestamp,
        validators: ValidatorSet,
    ) -> tuple[DuplicateVoteProof, ...]:
        """Pending evidence once a block is decided.

        What it carried goes; reported conflicts become evidence, with the header time and
        the set of their height; what is expired now goes.
        """
        gone = {pool_key(proof) for proof in carried}
        for first, second in self._reported:
            if first.height > height:
                continue
            own = first.height == height
            when = time if own else self._chain.find_header_time(first.height)
            members = validators if own else self._chain.validators_at(first.height)
            member = members.find(first.address)
            if when is None or member is None:
                continue
            proof = DuplicateVoteProof.of(
                (first, second),
                total_power=members.total,
                validator_power=member.power,
                time=when,
            )
            if not self._chain.is_committed(proof):
                self._pending[pool_key(proof)] = proof
        self._reported.clear()
        for key, proof in list(self._pending.items()):
            old = is_expired(
                self._limits,
                height=proof.height,
                time=proof.time,
                now_height=height,
                now_time=time,
            )
            if old or key in gone:
                del self._pending[key]
        return self.pending
