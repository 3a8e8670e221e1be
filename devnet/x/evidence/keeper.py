"""Accepted evidence in state: one record per infraction, named by its hash.

ADR-009, Submission. The keeper finds the handler, lets it judge on a branch, and keeps
the record only if it succeeded; what the handler did is kept or forgotten with it.
It decides nothing about punishment.
"""

import sys
from collections.abc import Iterator
from itertools import islice

from devnet.abci import Event, Verifier
from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas
from devnet.chain.tx import ProtoAny
from devnet.primitives import canonical_json, protobuf
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.x.evidence.errors import (
    DuplicateEvidence,
    EvidenceNotFound,
    InvalidEvidence,
)
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.evidence.types import Evidence, EvidenceTypes

STORE = "evidence"
INFRACTION = b"\x00"
PARAMETERS = b"\x01"


class EvidenceKeeper:
    """Reads and writes the evidence store."""

    def __init__(
        self, router: EvidenceRouter, *, verifier: Verifier, types: EvidenceTypes | None = None
    ) -> None:
        """Take the router as it is and seal it: nothing is added to a chain that runs.

        Parameters
        ----------
        verifier
            Whom to ask whether a proof holds: the engine.
        types
            Kinds of evidence that can be read; equivocation alone if not given.
        """
        if not router.is_sealed:
            router.seal()
        self.router = router
        self.types = types or EvidenceTypes()
        self._verifier = verifier

    def submit_evidence(self, ctx: Context, evidence: Evidence) -> None:
        """Judge a claim and record it if it holds; otherwise nothing is kept of it.

        What the engine found needs no proof here, it was proven there; every other claim
        carries its own.

        Raises
        ------
        InvalidEvidence
            If the claim is malformed or unproven, or its handler refuses; the refusal is
            the cause.
        DuplicateEvidence
            If it was accepted before.
        UnknownEvidenceRoute
            If nobody judges this kind.
        OutOfGas
            As it is: running out is no verdict.
        """
        evidence.validate_basic()
        key = INFRACTION + evidence.hash
        if ctx.store(STORE).get(key) is not None:
            raise DuplicateEvidence(evidence.hash_text)
        handler = self.router.get_route(evidence.route)
        try:
            with ctx.branch() as scope:
                if ctx.mode != "begin_block":
                    evidence.check_proof(self._verifier)
                handler(scope, evidence)
        except (InvalidEvidence, OutOfGas):
            raise
        except TxError as err:
            raise InvalidEvidence(str(err)) from err
        ctx.emit(Event.of("submit_evidence", evidence_hash=evidence.hash_text))
        self._put(ctx, evidence)

    def unpack(self, packed: ProtoAny) -> Evidence:
        """Evidence of its wire form.

        Raises
        ------
        UnknownEvidenceRoute
            If the chain cannot read this kind.
        InvalidEvidence
            If the bytes are no such evidence.
        """
        kind = self.types.get_kind(packed.type_url)
        try:
            return kind.decode(packed.value)
        except InvalidMessage as err:
            raise InvalidEvidence(str(err)) from err

    def find_infraction(self, ctx: Context, hash_: bytes) -> Evidence | None:
        """Accepted evidence of this hash, without its proof."""
        raw = ctx.store(STORE).get(INFRACTION + hash_)
        return None if raw is None else self._unpack_record(raw)

    def get_infraction(self, ctx: Context, hash_: bytes) -> Evidence:
        """Accepted evidence of this hash, without its proof.

        Raises
        ------
        EvidenceNotFound
            If there is none.
        """
        found = self.find_infraction(ctx, hash_)
        if found is None:
            raise EvidenceNotFound(hash_.hex().upper())
        return found

    def infractions(
        self, ctx: Context, *, start_after: bytes | None = None, limit: int | None = None
    ) -> list[Evidence]:
        """Accepted evidence in the order of hashes, from behind ``start_after``."""
        found = self._iterate(ctx, start_after)
        return list(islice(found, None if limit is None else min(limit, sys.maxsize)))

    def load(self, ctx: Context, evidence: Evidence) -> None:
        """Put a record of a genesis document; no handler runs.

        Raises
        ------
        InvalidEvidence, DuplicateEvidence, UnknownEvidenceRoute
            If it could not have been accepted.
        """
        evidence.validate_basic()
        self.router.get_route(evidence.route)
        if ctx.store(STORE).get(INFRACTION + evidence.hash) is not None:
            raise DuplicateEvidence(evidence.hash_text)
        self._put(ctx, evidence)

    def parameters(self, ctx: Context) -> dict[str, Json]:
        """Parameters of the module by name; none unless genesis or a vote set some."""
        raw = ctx.store(STORE).get(PARAMETERS)
        found = canonical_json.loads(raw) if raw else {}
        assert isinstance(found, dict)  # only set_parameters writes here
        return found

    def set_parameters(self, ctx: Context, parameters: dict[str, Json]) -> None:
        """Put the parameters."""
        ctx.store(STORE).set(PARAMETERS, canonical_json.dumps(parameters))

    def _put(self, ctx: Context, evidence: Evidence) -> None:
        record = protobuf.encode(ProtoAny(evidence.type_url, evidence.record()))
        ctx.store(STORE).set(INFRACTION + evidence.hash, record)

    def _unpack_record(self, raw: bytes) -> Evidence:
        return self.unpack(protobuf.decode(ProtoAny, raw))

    def _iterate(self, ctx: Context, start_after: bytes | None) -> Iterator[Evidence]:
        start = INFRACTION if start_after is None else INFRACTION + start_after + b"\0"
        for _, raw in ctx.store(STORE).iterate(start, PARAMETERS):
            yield self._unpack_record(raw)
