"""A block as a person reads it: who proposed, who signed, what was in it."""

from dataclasses import dataclass
from typing import Any

from devnet.abci import Event, TxResult
from devnet.crypto.addresses import consensus_address
from devnet.live.reprs import clock, counted, html_table, text_table
from devnet.live.results import named
from devnet.live.session import Session
from devnet.node.txs import Committed
from devnet.primitives.types import Height, Power, Timestamp


@dataclass(frozen=True, slots=True)
class Signature:
    """One place of a commit: ``flag`` is ``commit``, ``nil`` or ``absent``."""

    name: str
    flag: str
    power: Power


class Commit:
    """The precommits that decided a block, a place for every validator of its set."""

    def __init__(self, height: Height, round_: int, places: tuple[Signature, ...]) -> None:
        self.height, self.round, self.places = height, round_, places

    @property
    def signed(self) -> list[str]:
        """Names of those who signed the block."""
        return [place.name for place in self.places if place.flag == "commit"]

    @property
    def absent(self) -> list[str]:
        """Names of those whose place is empty."""
        return [place.name for place in self.places if place.flag == "absent"]

    @property
    def power(self) -> int:
        """Power that signed."""
        return sum(place.power for place in self.places if place.flag == "commit")

    def _rows(self) -> list[tuple[object, ...]]:
        words = {"commit": "signed", "nil": "voted nil", "absent": "—"}
        return [(place.name, place.power, words[place.flag]) for place in self.places]

    def __repr__(self) -> str:
        title = f"commit of height {self.height}, round {self.round}"
        return f"{title}\n{text_table(('validator', 'power', 'vote'), self._rows())}"

    def _repr_html_(self) -> str:
        title = f"commit of height {self.height}, round {self.round}"
        return html_table(title, ("validator", "power", "vote"), self._rows())


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A proven double sign that a block carried, with both votes."""

    kind: str
    validator: str
    height: Height
    power: Power
    total_power: Power
    time: Timestamp
    votes: tuple[Any, Any]

    def __repr__(self) -> str:
        blocks = " and ".join(_block_of(vote) for vote in self.votes)
        return (
            f"<{self.kind}: {self.validator} signed {blocks} at height {self.height},"
            f" power {self.power} of {self.total_power}>"
        )


def _block_of(vote: Any) -> str:
    hash_ = vote.block_id.hash if vote.block_id is not None else b""
    return f"block {hash_.hex()[:8].upper()}" if hash_ else "no block"


class BlockView:
    """One block of the present branch; reading it again costs a look into the store."""

    def __init__(self, session: Session, committed: Committed) -> None:
        self._session, self.committed = session, committed

    @property
    def height(self) -> Height:
        """Height, from 1."""
        return self.committed.height

    @property
    def time(self) -> Timestamp:
        """Block time, nanoseconds since 1970."""
        return self.committed.time

    @property
    def hash(self) -> str:
        """Block hash, upper-case hex."""
        return self.committed.block_id.hash.hex().upper()

    @property
    def app_hash(self) -> str:
        """Hash of the whole application state after this block, upper-case hex."""
        return self.committed.app_hash.hex().upper()

    @property
    def proposer(self) -> str:
        """Name of the validator that proposed it."""
        return self._name(self.committed.block.header.proposer_address)

    @property
    def round(self) -> int:
        """The round that decided it; above 0 if proposers were offline."""
        return self.committed.commit.round

    @property
    def txs(self) -> tuple[TxResult, ...]:
        """Results of its transactions, in order."""
        return self.committed.results

    @property
    def commit(self) -> Commit:
        """Who signed it."""
        commit = self.committed.commit
        places = tuple(
            Signature(self._name(slot.address), slot.kind, Power(power))
            for slot, power in zip(commit.slots, commit.roster.powers, strict=True)
        )
        return Commit(self.height, self.round, places)

    @property
    def evidence(self) -> tuple[EvidenceView, ...]:
        """Proofs of double signs it carried."""
        return tuple(
            EvidenceView(
                "duplicate vote",
                self._name(proof.address),
                proof.height,
                proof.validator_power,
                proof.total_power,
                proof.time,
                (proof.vote_a, proof.vote_b),
            )
            for proof in self.committed.block.evidence
        )

    @property
    def validator_updates(self) -> dict[str, Power]:
        """New powers it decided, by name; they act two heights later, 0 removes."""
        updates = self.committed.validator_updates
        powers = {self._name(consensus_address(u.pub_key)): u.power for u in updates}
        return dict(sorted(powers.items()))

    def _name(self, address: bytes) -> str:
        return self._session.node.directory.validator_name(address)

    def events(self, type_: str | None = None) -> tuple[Event, ...]:
        """Events of the whole block in order, or those of a type, ``wasm-`` or not."""
        found = [*self.committed.begin_events]
        for result in self.committed.results:
            found += result.events
        return named((*found, *self.committed.end_events), type_)

    def summary(self) -> str:
        """What happened, in one sentence."""
        commit = self.commit
        parts = [
            f"{self.proposer} proposed block {self.height}",
            f"{len(commit.signed)} of {len(commit.places)} signed",
            counted(len(self.txs), "tx"),
        ]
        parts += [f"evidence against {e.validator}" for e in self.evidence]
        updates = [f"{name} {power}" for name, power in self.validator_updates.items()]
        parts.append(f"power decided: {', '.join(updates)}" if updates else "power unchanged")
        return "; ".join(parts)

    def __repr__(self) -> str:
        return f"<block {self.height} at {clock(self.time)}: {self.summary()}>"

    def _repr_html_(self) -> str:
        rows = [
            ("time", clock(self.time)),
            ("proposer", self.proposer),
            ("round", str(self.round)),
            ("signed", ", ".join(self.commit.signed)),
            ("transactions", str(len(self.txs))),
            ("evidence", ", ".join(map(repr, self.evidence)) or "none"),
            ("power decided", self.validator_updates or "unchanged"),
            ("block hash", self.hash),
            ("app hash", self.app_hash),
        ]
        return html_table(f"block {self.height}", ("what", "value"), rows)
