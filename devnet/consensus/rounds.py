"""Deciding a block: who is there, whose round succeeds, and the precommits for it.

A round whose proposer is offline is lost; its time-outs pass and the next proposer
follows from the priorities. With more than two thirds of the power online some round
succeeds at last.
"""

from dataclasses import dataclass

from devnet.consensus.clock import ZERO_TIME
from devnet.consensus.commits import ABSENT, COMMIT, Commit, quorum
from devnet.consensus.errors import CannotSign, NoQuorum
from devnet.consensus.forge import Signers
from devnet.consensus.inputs import Nodes
from devnet.consensus.options import VoteMode
from devnet.consensus.validator_set import Roster, ValidatorSet
from devnet.consensus.votes import PRECOMMIT, BlockId, fill_template, sign_template
from devnet.crypto.ed25519 import SigningKey, verify
from devnet.primitives.types import Height, Timestamp


@dataclass(frozen=True, slots=True)
class Attendance:
    """Which members of a set have a running node, and the keys these sign with.

    Attributes
    ----------
    flags
        One byte per slot of the commit to be: for the block where a node is online.
    signing
        Slot, private and public key of those who sign; empty where votes are off.
    online
        Power of those who are there.
    """

    roster: Roster
    nodes: Nodes
    flags: bytes
    signing: tuple[tuple[int, SigningKey, bytes], ...]
    online: int

    @property
    def silent(self) -> tuple[str, ...]:
        """Names of those who are not there, hex addresses where no node ever ran."""
        known = self.nodes.by_address
        return tuple(
            known[address].name if address in known else address.hex().upper()
            for address, flag in zip(self.roster.addresses, self.flags, strict=True)
            if flag == ABSENT
        )

    def require_quorum(self) -> None:
        """Refuse to go on without more than two thirds of the power.

        Raises
        ------
        NoQuorum
            Naming who is silent.
        """
        total = self.roster.total
        if self.online < quorum(total):
            raise NoQuorum(self.silent, online=self.online, needed=quorum(total), total=total)


def attend(roster: Roster, nodes: Nodes, *, signers: Signers, votes: VoteMode) -> Attendance:
    """Who of a set's members would vote now.

    Raises
    ------
    CannotSign
        If a node is online but its key is not known here.
    """
    flags, signing, online = bytearray(), [], 0
    for i, address in enumerate(roster.addresses):
        node = nodes.by_address.get(address)
        if node is None or not node.online:
            flags.append(ABSENT)
            continue
        flags.append(COMMIT)
        online += roster.powers[i]
        if votes != "off":
            found = signers.find_consensus(address)
            if found is None:
                raise CannotSign(address, f"the key of node {node.name} is not known here")
            signing.append((i, found[1], roster.pub_keys[i]))
    return Attendance(roster, nodes, bytes(flags), tuple(signing), online)


def find_round(validators: ValidatorSet, attendance: Attendance) -> tuple[int, int]:
    """The first round whose proposer is online, and its place in the set.

    Each round is proposed by the leader of a copy of the set, turned as many times.
    """
    round_, proposer = 0, validators.proposer_index
    while attendance.flags[proposer] == ABSENT:
        round_ += 1
        proposer = validators.increment(round_).proposer_index
    return round_, proposer


def precommit(
    attendance: Attendance,
    block_id: BlockId,
    *,
    chain_id: str,
    height: Height,
    round_: int,
    time: Timestamp,
    verified: bool,
) -> Commit:
    """The votes of all who are there, for a block, as its commit.

    Raises
    ------
    CannotSign
        If a vote is checked and does not hold: the key is not the validator's.
    """
    template = sign_template(
        chain_id, type_=PRECOMMIT, height=height, round_=round_, block_id=block_id
    )
    message = fill_template(template, time)
    flags = attendance.flags
    signatures = [b""] * len(flags)
    for slot, key, public_key in attendance.signing:
        signature = key.sign(message)
        if verified and not verify(public_key, message, signature):
            raise CannotSign(attendance.roster.addresses[slot], "its key gives wrong signatures")
        signatures[slot] = signature
    times = (time,) * len(flags)
    if ABSENT in flags:
        times = tuple(ZERO_TIME if flag == ABSENT else time for flag in flags)
    return Commit(height, round_, block_id, attendance.roster, flags, times, tuple(signatures))
