"""Consensus history on disk: one record per block, under its place.

A record holds all that consensus knows after its block, so nothing has to be put back
when the chain goes elsewhere: the engine reads the record of the place it stands on.
Keys:

==================================  ==================================================
``c/b/<place>``                     the record of a block
``c/v/<validators hash>``           keys and powers of a set, shared by many heights
``c/n/<hash>``                      the table of nodes and their switches, shared too
``c/x/<tx hash>``                   height and index of a transaction (present branch)
``c/e/<height>/<hash>``             mark of evidence that a block carried (present branch)
==================================  ==================================================
"""

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct

from devnet.consensus.block_record import (
    Facts,
    Record,
    decode_commit,
    decode_nodes,
    decode_proofs,
    decode_roster,
    decode_set,
    encode_commit,
    encode_nodes,
    encode_proofs,
    encode_roster,
    encode_set,
)
from devnet.consensus.blocks import Block, Header
from devnet.consensus.commits import NO_COMMIT, Commit
from devnet.consensus.evidence_pool import pool_key
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.inputs import Inputs, Nodes
from devnet.consensus.outcome_record import Outcome, decode_outcome, encode_outcome
from devnet.consensus.state import Committed, EngineState
from devnet.consensus.validator_set import Roster, ValidatorSet
from devnet.crypto.hashing import sha256
from devnet.primitives.types import Height, Timestamp
from devnet.store.errors import HeightNotFound, StoreDamaged
from devnet.store.history import ROOT, History

_BLOCK, _ROSTER, _NODES, _TX, _EVIDENCE = b"c/b/", b"c/v/", b"c/n/", b"c/x/", b"c/e/"
_TX_PLACE = Struct(">QI")
_REMEMBERED = 512
_MARK = b"\1"


class BlockStore:
    """Reads and writes the blocks of one history.

    It keeps nothing but decoded records, under the place or hash that names them.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._roster = lru_cache(maxsize=_REMEMBERED)(self._read_roster)
        self._nodes = lru_cache(maxsize=_REMEMBERED)(self._read_nodes)
        self._record = lru_cache(maxsize=_REMEMBERED)(self._read_record)
        self._nodes_hash = lru_cache(maxsize=1)(lambda nodes: sha256(encode_nodes(nodes)))

    def write(
        self,
        committed: Committed,
        state: EngineState,
        *,
        before: EngineState,
        header: bytes,
        inputs: bytes,
    ) -> None:
        """Put a block and the state after it into the present batch.

        ``header`` and ``inputs`` are those of the block, encoded already.
        """
        sets = [state.next_validators]
        if state.height == 1:
            sets = [state.last_validators, state.validators, state.next_validators]
        self._write_shared(sets, state, before)
        id_, block = state.last_block_id, committed.block
        facts = Facts(
            state.clock,
            id_.parts_total,
            id_.hash,
            id_.parts_hash,
            state.last_results_hash,
            state.next_validators.hash,
            self._nodes_hash(state.nodes),
        )
        record = Record(
            facts.encode(),
            header,
            encode_commit(committed.commit),
            state.app_hash,
            b"".join([encode_set(set_) for set_ in sets]),
            inputs,
            encode_proofs(state.pending),
            encode_proofs(block.evidence),
            encode_outcome(
                Outcome(
                    committed.results,
                    committed.begin_events,
                    committed.end_events,
                    committed.validator_updates,
                )
            ),
        )
        self._history.record(_BLOCK + state.place, record.encode())
        if block.txs or block.evidence:
            self._write_index(committed)

    def state_at(self, place: bytes) -> EngineState:
        """Consensus after the block at a place."""
        record = self._record(place)
        facts, header = Facts.decode(record.facts), Header.decode(record.header)
        sets = [self._set(place, header.height + i) for i in range(3)]
        return EngineState(
            place=place,
            height=header.height,
            time=header.time,
            clock=Timestamp(facts.clock),
            last_block_id=facts.block_id,
            last_commit=self._commit(record, header),
            app_hash=record.app_hash,
            last_results_hash=facts.results_hash,
            last_validators=sets[0],
            validators=sets[1],
            next_validators=sets[2],
            nodes=self._nodes(facts.nodes_hash),
            pending=decode_proofs(record.pending),
        )

    def block(self, place: bytes) -> Committed:
        """The block at a place and all that came of it."""
        record = self._record(place)
        facts, header = Facts.decode(record.facts), Header.decode(record.header)
        parent = self._history.parent(place)
        last_commit = NO_COMMIT
        if parent != ROOT:
            before = self._record(parent)
            last_commit = self._commit(before, Header.decode(before.header))
        inputs = Inputs.decode(record.inputs)
        results, begin_events, end_events, updates = decode_outcome(record.outcome)
        return Committed(
            place=place,
            height=header.height,
            block=Block(header, inputs.txs, decode_proofs(record.evidence), last_commit),
            block_id=facts.block_id,
            commit=self._commit(record, header),
            results=results,
            begin_events=begin_events,
            end_events=end_events,
            validator_updates=updates,
            inputs=inputs,
            app_hash=record.app_hash,
            time=header.time,
        )

    def header_at(self, height: int) -> Header:
        """Header of a height of the present branch.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        if height < 1:
            raise HeightNotFound(height, lowest=1, highest=self._history.height)
        return Header.decode(self._record(self._history.place_at(height)).header)

    def block_at(self, height: int) -> Committed:
        """The block of a height of the present branch.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        if height < 1:
            raise HeightNotFound(height, lowest=1, highest=self._history.height)
        return self.block(self._history.place_at(height))

    def validators_at(self, height: int) -> ValidatorSet:
        """The set that signs a height, up to two above the last block.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        last = self._history.height
        if not 1 <= height <= last + 2:
            raise HeightNotFound(height, lowest=1, highest=last + 2 if last else 0)
        return self._set(self._history.place_at(max(1, min(height - 2, last))), height)

    def find_tx(self, tx_hash: bytes) -> tuple[Height, int] | None:
        """Height and index of a transaction on the present branch."""
        found = self._history.view.get(_TX + tx_hash)
        if found is None:
            return None
        height, index = _TX_PLACE.unpack(found)
        return Height(height), index

    def is_committed(self, proof: DuplicateVoteProof) -> bool:
        """Whether a block of the present branch carries this proof."""
        return self._history.view.get(_EVIDENCE + pool_key(proof)) is not None

    def _write_shared(
        self, sets: Sequence[ValidatorSet], state: EngineState, before: EngineState
    ) -> None:
        """Write the tables that many blocks share, unless the block before has the same."""
        record = self._history.record
        if state.next_validators.roster is not before.next_validators.roster or len(sets) > 1:
            for set_ in sets:
                record(_ROSTER + set_.hash, encode_roster(set_.roster))
        if state.nodes is not before.nodes or len(sets) > 1:
            record(_NODES + self._nodes_hash(state.nodes), encode_nodes(state.nodes))

    def _write_index(self, committed: Committed) -> None:
        changes: dict[bytes, bytes | None] = {
            _TX + sha256(tx): _TX_PLACE.pack(committed.height, i)
            for i, tx in enumerate(committed.block.txs)
        }
        for proof in committed.block.evidence:
            changes[_EVIDENCE + pool_key(proof)] = _MARK
        self._history.stage(changes)

    def _set(self, place: bytes, height: int) -> ValidatorSet:
        """The set of a height, seen from a place at most two below it or above."""
        while self._history.height_of(place) > max(1, height - 2):
            place = self._history.parent(place)
        record = self._record(place)
        header = Header.decode(record.header)
        hashes = [Facts.decode(record.facts).roster_hash]
        if header.height == 1:
            hashes = [header.validators_hash, header.next_validators_hash, *hashes]
        at = 0
        for number, roster_hash in enumerate(hashes, start=1):
            set_, at = decode_set(self._roster(roster_hash), record.priorities, at)
            if number == height or len(hashes) == 1:
                return set_
        raise StoreDamaged(_BLOCK + place, f"it holds no validator set for height {height}")

    def _commit(self, record: Record, header: Header) -> Commit:
        roster = self._roster(header.validators_hash)
        return decode_commit(
            record.commit, header.height, Facts.decode(record.facts).block_id, roster
        )

    def _read_record(self, place: bytes) -> Record:
        key = _BLOCK + place
        try:
            return Record.decode(self._get(key))
        except ValueError as err:
            raise StoreDamaged(key, f"the record of the block is {err}") from err

    def _read_roster(self, roster_hash: bytes) -> Roster:
        return decode_roster(self._get(_ROSTER + roster_hash))

    def _read_nodes(self, nodes_hash: bytes) -> Nodes:
        return decode_nodes(self._get(_NODES + nodes_hash))

    def _get(self, key: bytes) -> bytes:
        data = self._history.view.get(key)
        if data is None:
            raise StoreDamaged(key, "a part of the history is missing")
        return data
