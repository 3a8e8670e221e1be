from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.evidence import DOUBLE_SIGN, FakeVerifier, LateBlock, ProofRefused, another_double_sign
from fakes.state import contents, make_ctx

from devnet.abci import Event, PrivilegedCallEndless
from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas, Unauthorized
from devnet.primitives.types import Height
from devnet.x.evidence.errors import (
    DuplicateEvidence,
    EvidenceNotFound,
    InvalidEvidence,
    RouterSealed,
    UnknownEvidenceRoute,
)
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.evidence.types import Equivocation, Evidence, EvidenceTypes

FOUND = Equivocation.of(DOUBLE_SIGN, proof=b"both votes")


def keeper(handler: Callable[[Context, Evidence], None] | None = None) -> EvidenceKeeper:
    router = EvidenceRouter().add_route("equivocation", handler or punish)
    return EvidenceKeeper(
        router, verifier=FakeVerifier(), types=EvidenceTypes([Equivocation, LateBlock])
    )


def punish(ctx: Context, evidence: Evidence) -> None:
    """Leave a trace in state and events, so that a test can see what was kept."""
    ctx.store("punished").set(evidence.hash, b"yes")
    ctx.emit(Event.of("punish", power=evidence.validator_power))


def test_accepted_evidence_is_recorded_once_without_its_proof() -> None:
    ctx, module = make_ctx(), keeper()
    module.submit_evidence(ctx, FOUND)
    assert module.get_infraction(ctx, FOUND.hash) == replace(FOUND, proof=b"")
    assert ctx.root.get(b"s/evidence/\x00" + FOUND.hash) is not None
    assert [event.type for event in ctx.events] == ["punish", "submit_evidence"]
    assert ctx.events[1]["evidence_hash"] == FOUND.hash.hex().upper()


def test_the_same_infraction_is_refused_the_second_time() -> None:
    ctx, module = make_ctx(), keeper()
    module.submit_evidence(ctx, FOUND)
    before = contents(ctx)
    with pytest.raises(DuplicateEvidence) as caught:
        module.submit_evidence(ctx, replace(FOUND, proof=b"other votes, same offence"))
    assert caught.value.hash == FOUND.hash_text
    assert contents(ctx) == before


def test_a_handler_that_refuses_leaves_nothing_behind() -> None:
    def half_way(ctx: Context, evidence: Evidence) -> None:
        punish(ctx, evidence)
        raise Unauthorized("not this one")

    ctx = make_ctx()
    with pytest.raises(InvalidEvidence, match="invalid evidence: not this one") as caught:
        keeper(half_way).submit_evidence(ctx, FOUND)
    assert isinstance(caught.value.__cause__, Unauthorized)
    assert contents(ctx) == {}
    assert ctx.events == ()


def test_a_handlers_own_invalid_evidence_is_not_wrapped_again() -> None:
    def refuse(_ctx: Context, _evidence: Evidence) -> None:
        raise InvalidEvidence("a minute of grace")

    with pytest.raises(InvalidEvidence) as caught:
        keeper(refuse).submit_evidence(make_ctx(), FOUND)
    assert str(caught.value) == "invalid evidence: a minute of grace"


def test_running_out_of_gas_is_no_verdict() -> None:
    def costly(ctx: Context, _evidence: Evidence) -> None:
        ctx.gas.consume(10**9, "work")

    with pytest.raises(OutOfGas):
        keeper(costly).submit_evidence(make_ctx(gas=100_000), FOUND)


def test_an_endless_handler_goes_up_untouched() -> None:
    def endless(_ctx: Context, _evidence: Evidence) -> None:
        raise PrivilegedCallEndless("Slashing", "slashing tgrade1...")

    ctx = make_ctx(mode="begin_block")
    with pytest.raises(PrivilegedCallEndless):
        keeper(endless).submit_evidence(ctx, FOUND)
    assert contents(ctx) == {}


def test_evidence_nobody_judges_is_refused_by_the_name_of_its_route() -> None:
    found = LateBlock.from_facts(FOUND.facts() | {"claimed_seconds": 90})
    with pytest.raises(UnknownEvidenceRoute, match="lateblock") as caught:
        keeper().submit_evidence(make_ctx(), found)
    assert caught.value.route == "lateblock"


def test_malformed_evidence_never_reaches_its_handler() -> None:
    seen: list[Evidence] = []
    module = keeper(lambda _, evidence: seen.append(evidence))
    with pytest.raises(InvalidEvidence, match="height"):
        module.submit_evidence(make_ctx(), replace(FOUND, height=Height(0)))
    assert seen == []


@pytest.mark.parametrize("mode", ["deliver", "query", "end_block"])
def test_a_claim_without_proof_is_refused_outside_the_engines_report(mode: str) -> None:
    ctx = make_ctx(mode=mode)  # type: ignore[arg-type]  # parametrize gives plain text
    with pytest.raises(InvalidEvidence, match="proof"):
        keeper().submit_evidence(ctx, replace(FOUND, proof=b""))
    assert contents(ctx) == {}


def test_what_the_engine_found_needs_no_proof_here() -> None:
    ctx, module = make_ctx(mode="begin_block", tx_index=None), keeper()
    module.submit_evidence(ctx, replace(FOUND, proof=b""))
    assert module.find_infraction(ctx, FOUND.hash) is not None


def test_a_refused_proof_is_invalid_evidence_naming_the_check() -> None:
    with pytest.raises(InvalidEvidence, match="signature of vote_b") as caught:
        keeper().submit_evidence(make_ctx(), replace(FOUND, proof=b"tampered"))
    assert isinstance(caught.value.__cause__, ProofRefused)


def test_duplicates_are_seen_before_routes_and_proofs() -> None:
    ctx, module = make_ctx(), keeper()
    module.submit_evidence(ctx, FOUND)
    with pytest.raises(DuplicateEvidence):
        module.submit_evidence(ctx, replace(FOUND, proof=b""))


def test_an_infraction_that_is_not_there_is_none_or_an_error() -> None:
    ctx, module = make_ctx(), keeper()
    assert module.find_infraction(ctx, bytes(32)) is None
    with pytest.raises(EvidenceNotFound, match="00000000"):
        module.get_infraction(ctx, bytes(32))


def test_infractions_come_in_the_order_of_hashes_page_by_page() -> None:
    ctx, module = make_ctx(mode="begin_block"), keeper()
    for height in range(1, 8):
        module.submit_evidence(ctx, Equivocation.of(another_double_sign(height)))
    everything = module.infractions(ctx)
    assert [e.hash for e in everything] == sorted(e.hash for e in everything)
    first = module.infractions(ctx, limit=3)
    rest = module.infractions(ctx, start_after=first[-1].hash)
    assert first + rest == everything


def test_the_router_is_sealed_when_the_keeper_takes_it() -> None:
    module = keeper()
    assert module.router.is_sealed
    with pytest.raises(RouterSealed):
        module.router.add_route("late", punish)
