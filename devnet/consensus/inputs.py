"""Inputs: everything that reaches the chain from outside, for one block.

They are kept with the block they enter and are part of the name of its place, so that a
chain can be made again from its genesis and its inputs alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from devnet.consensus.errors import UnknownNode
from devnet.consensus.validator_set import address_of
from devnet.consensus.votes import KINDS, VoteKind
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import decode, encode, field
from devnet.primitives.types import ConsAddress, Timestamp

_KIND_NAMES: dict[int, VoteKind] = {number: name for name, number in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was asked of the chain since the last block, each kind in the order asked.

    Within a block nodes are started first, then switched; evidence is handed to the pool
    before the block is proposed; double signs happen while it is voted on; the clock is
    moved last.

    Attributes
    ----------
    txs
        Raw transactions; all of them enter the block.
    started
        Name and ed25519 key of nodes that run from now on.
    switched
        Consensus address, and whether its node is online from now on.
    double_signs
        Consensus address, round and kind of vote.
    evidence
        Encoded duplicate-vote proofs.
    clock
        Moment of the precommits of this block, hence the exact time of the next block.
    """

    txs: tuple[bytes, ...] = ()
    started: tuple[tuple[str, bytes], ...] = ()
    switched: tuple[tuple[ConsAddress, bool], ...] = ()
    double_signs: tuple[tuple[ConsAddress, int, VoteKind], ...] = ()
    evidence: tuple[bytes, ...] = ()
    clock: Timestamp | None = None

    def encode(self) -> bytes:
        """Wire bytes; nothing asked is no byte at all."""
        if self == NO_INPUTS:
            return b""
        return encode(
            _InputsMessage(
                self.txs,
                tuple(_Started(name, pub_key) for name, pub_key in self.started),
                tuple(_Switched(address, online) for address, online in self.switched),
                tuple(_DoubleSign(a, round_, KINDS[k]) for a, round_, k in self.double_signs),
                self.evidence,
                None if self.clock is None else _Clock(self.clock),
            )
        )

    @classmethod
    def decode(cls, data: bytes) -> "Inputs":
        """Inputs of wire bytes.

        Raises
        ------
        InvalidMessage
            If they are none.
        """
        if not data:
            return NO_INPUTS
        message = decode(_InputsMessage, data)
        return cls(
            message.txs,
            tuple((s.name, s.pub_key) for s in message.started),
            tuple((ConsAddress(s.address), s.online) for s in message.switched),
            tuple((ConsAddress(d.address), d.round, _kind(d.kind)) for d in message.double_signs),
            message.evidence,
            None if message.clock is None else Timestamp(message.clock.time),
        )


NO_INPUTS = Inputs()


@dataclass(frozen=True, slots=True)
class Switch:
    """A node that was started at some time, and whether it is online now."""

    name: str
    address: ConsAddress
    online: bool


class Nodes:
    """All nodes ever started, in that order; never changed.

    Attributes
    ----------
    switches
        One entry per node.
    """

    def __init__(self, switches: Iterable[Switch] = ()) -> None:
        self.switches = tuple(switches)

    @cached_property
    def by_address(self) -> dict[ConsAddress, Switch]:
        """Each node under the consensus address of its key."""
        return {switch.address: switch for switch in self.switches}

    def after(self, inputs: Inputs) -> "Nodes":
        """Nodes after the inputs; the same object if these say nothing about nodes.

        A key whose node runs already stays as it is.

        Raises
        ------
        UnknownNode
            If a switch names a key without a node.
        """
        if not inputs.started and not inputs.switched:
            return self
        nodes = dict(self.by_address)
        for name, pub_key in inputs.started:
            address = address_of(pub_key)
            nodes.setdefault(address, Switch(name, address, online=True))
        for address, online in inputs.switched:
            if address not in nodes:
                raise UnknownNode(address)
            nodes[address] = Switch(nodes[address].name, address, online=online)
        return Nodes(nodes.values())


def _kind(number: int) -> VoteKind:
    if number not in _KIND_NAMES:
        raise InvalidMessage("kind", f"{number} is no kind of vote")
    return _KIND_NAMES[number]


@dataclass(frozen=True, slots=True)
class _Started:
    name: str = field(1, "string")
    pub_key: bytes = field(2, "bytes")


@dataclass(frozen=True, slots=True)
class _Switched:
    address: bytes = field(1, "bytes")
    online: bool = field(2, "bool")


@dataclass(frozen=True, slots=True)
class _DoubleSign:
    address: bytes = field(1, "bytes")
    round: int = field(2, "int64")
    kind: int = field(3, "int64")


@dataclass(frozen=True, slots=True)
class _Clock:
    time: int = field(1, "int64")


@dataclass(frozen=True, slots=True)
class _InputsMessage:
    txs: tuple[bytes, ...] = field(1, "bytes", repeated=True)
    started: tuple[_Started, ...] = field(2, _Started, repeated=True)
    switched: tuple[_Switched, ...] = field(3, _Switched, repeated=True)
    double_signs: tuple[_DoubleSign, ...] = field(4, _DoubleSign, repeated=True)
    evidence: tuple[bytes, ...] = field(5, "bytes", repeated=True)
    clock: _Clock | None = field(6, _Clock)  # noqa: RUF009 - describes the wire
