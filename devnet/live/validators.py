"""Validators as handles, and the sets of any height."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from devnet.live.errors import UnknownName
from devnet.live.reprs import html_table, share_text, text_table
from devnet.live.session import Session
from devnet.node.txs import Proof, VoteKind
from devnet.primitives.types import Address, ConsAddress, Height, Power, parse_uint


@dataclass(frozen=True, slots=True)
class Seat:
    """One validator's place in the set of one height.

    Attributes
    ----------
    pubkey
        ed25519 key as base64 text.
    address
        Consensus address as upper-case hex.
    """

    name: str
    operator: Address | None
    pubkey: str
    address: str
    power: Power


class SetView:
    """The validators that sign one height, strongest first."""

    def __init__(self, height: Height, seats: tuple[Seat, ...]) -> None:
        self.height, self._seats = height, seats

    @property
    def total(self) -> int:
        """Power of all together."""
        return sum(seat.power for seat in self._seats)

    @property
    def names(self) -> list[str]:
        """Names in set order."""
        return [seat.name for seat in self._seats]

    def __getitem__(self, name: str) -> Seat:
        for seat in self._seats:
            if name in (seat.name, seat.operator):
                return seat
        raise UnknownName(f"validator of height {self.height}:", name, self.names)

    def __contains__(self, name: object) -> bool:
        return any(name in (seat.name, seat.operator) for seat in self._seats)

    def __iter__(self) -> Iterator[Seat]:
        return iter(self._seats)

    def __len__(self) -> int:
        return len(self._seats)

    def _ipython_key_completions_(self) -> list[str]:
        return self.names

    def _rows(self) -> list[tuple[object, ...]]:
        return [(s.name, s.power, share_text(s.power, self.total)) for s in self._seats]

    def __repr__(self) -> str:
        header = ("validator", "power", "share")
        return f"validators that sign height {self.height}\n{text_table(header, self._rows())}"

    def _repr_html_(self) -> str:
        rows = [(*row, seat.address) for row, seat in zip(self._rows(), self._seats, strict=True)]
        header = ("validator", "power", "share", "consensus address")
        return html_table(f"validators that sign height {self.height}", header, rows)


class ValidatorHandle:
    """A node that runs a consensus key; holds a name, never its power."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.name = session, name

    @property
    def operator(self) -> Address:
        """Address of the account that runs it."""
        return self.session.node.directory.address_of(self.name)

    @property
    def pubkey(self) -> str:
        """ed25519 consensus key as base64 text."""
        return b64encode(self.session.node.keyring.consensus(self.name).public_key).decode()

    @property
    def address(self) -> str:
        """Consensus address as upper-case hex."""
        return self._address.hex().upper()

    @property
    def _address(self) -> ConsAddress:
        return self.session.node.directory.consensus_address(self.name)

    @property
    def power(self) -> Power:
        """Power in the set that signs the next block; 0 outside it."""
        upcoming = Validators(self.session).at(self.session.height + 1)
        return upcoming[self.name].power if self.name in upcoming else Power(0)

    @property
    def is_online(self) -> bool:
        """Will its node sign the next block, if it has power."""
        return self.session.node.directory.is_online(self._address)

    def offline(self) -> None:
        """Switch its node off from the next block on."""
        self.session.node.switch(self._address, online=False)

    def online(self) -> None:
        """Switch its node on again from the next block on."""
        self.session.node.switch(self._address, online=True)

    def double_sign(
        self,
        *,
        round: int = 0,  # noqa: A002 - the word of the vote
        kind: VoteKind = "precommit",
    ) -> None:
        """Sign two different blocks at the next height; the proof is carried one block later.

        Raises
        ------
        CannotSign
            If it has no power at the next height, and so nothing to sign.
        """
        self.session.node.double_sign(self._address, round_=round, kind=kind)

    def forge_double_sign(
        self,
        *,
        height: int | None = None,
        round: int = 0,  # noqa: A002 - the word of the vote
        kind: VoteKind = "precommit",
    ) -> Proof:
        """Two truly signed conflicting votes of a past height (default: the last).

        Only makes them; ``proof.tamper("signature")`` spoils one field, and
        ``ana.submit_evidence(proof)`` brings it before the chain.
        """
        at = self.session.height if height is None else height
        return self.session.node.forge_double_sign(
            self._address, height=at, round_=round, kind=kind
        )

    def __str__(self) -> str:
        return self.operator

    def __repr__(self) -> str:
        state = "" if self.is_online else ", offline"
        return f"<validator {self.name}: power {self.power}{state}>"


class Validators:
    """``net.validators``: the set that signs the next block, and every running node by name."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def names(self) -> list[str]:
        """Names of all nodes that run or ran, with power or without."""
        return [node.name for node in self._session.node.directory.nodes()]

    def at(self, height: int) -> SetView:
        """The set that signs a height, up to two heights ahead of the last block.

        Raises
        ------
        HeightNotFound
            For any other height.
        """
        height = parse_uint(height, bits=63, field="height")
        node = self._session.node
        operators = node.operators()
        members = node.engine.validators_at(height).validators
        seats = tuple(
            Seat(
                node.directory.validator_name(member.address),
                operators.get(member.pub_key),
                b64encode(member.pub_key).decode(),
                member.address.hex().upper(),
                member.power,
            )
            for member in members
        )
        return SetView(Height(height), seats)

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """Who runs a node or has weight and yet no power, and why: (name, reason)."""
        upcoming = self.at(self._session.height + 2)
        idle = [(name, "runs a node, has no power") for name in self.names if name not in upcoming]
        keyless = [
            (self._session.label(address), "has weight, no key registered")
            for address in self._session.node.books.without_key()
        ]
        return sorted(keyless + idle)

    def __getitem__(self, name: str) -> ValidatorHandle:
        if name not in self.names:
            raise UnknownName("validator", name, self.names)
        return ValidatorHandle(self._session, name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[ValidatorHandle]:
        return (ValidatorHandle(self._session, n) for n in self._active().names if n in self.names)

    def __len__(self) -> int:
        return len(self._active())

    def _active(self) -> SetView:
        return self.at(self._session.height + 1)

    def _ipython_key_completions_(self) -> list[str]:
        return self.names

    def __repr__(self) -> str:
        return repr(self._active())

    def _repr_html_(self) -> str:
        return self._active()._repr_html_()
