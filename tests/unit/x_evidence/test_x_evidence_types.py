from dataclasses import replace
from typing import Any

import pytest
from fakes.evidence import DOUBLE_SIGN, FakeVerifier, LateBlock, ProofRefused
from fakes.state import GENESIS_TIME

from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Power
from devnet.x.evidence.errors import InvalidEvidence, InvalidRoute, UnknownEvidenceRoute
from devnet.x.evidence.types import Equivocation, EvidenceTypes

FACTS: dict[str, Any] = {
    "height": 7,
    "time": GENESIS_TIME,
    "power": 10,
    "consensus_address": DOUBLE_SIGN.address.hex().upper(),
    "total_power": 60,
}


def equivocation(**changes: Any) -> Equivocation:
    return replace(Equivocation.of(DOUBLE_SIGN, proof=b"both votes"), **changes)


def late_block(**changes: Any) -> LateBlock:
    return replace(LateBlock(**FACTS, claimed_seconds=90), **changes)


def test_an_equivocation_says_what_the_engine_found() -> None:
    found = equivocation()
    assert (found.route, found.type) == ("equivocation", "duplicate_vote")
    assert found.consensus_address == "000102030405060708090A0B0C0D0E0F10111213"
    assert (found.height, found.time, found.validator_power, found.total_power) == (
        7, GENESIS_TIME, 10, 60,
    )  # fmt: skip
    assert str(found) == (
        "duplicate_vote by 000102030405060708090A0B0C0D0E0F10111213 at height 7 with power 10 of 60"
    )


def test_the_hash_is_of_the_facts_and_not_of_the_proof() -> None:
    assert equivocation().hash == equivocation(proof=b"other votes").hash
    assert equivocation().hash != equivocation(height=8).hash
    assert late_block().hash == late_block(proof=b"x").hash
    assert late_block().hash != late_block(claimed_seconds=91).hash


@pytest.mark.parametrize("make", [equivocation, late_block])
def test_evidence_survives_the_wire_and_its_record_drops_the_proof(make: Any) -> None:
    found = make(proof=b"\x00\xff")
    assert type(found).decode(found.encode()) == found
    assert type(found).decode(found.record()) == make(proof=b"")


@pytest.mark.parametrize("make", [equivocation, late_block])
def test_evidence_is_rebuilt_from_its_facts(make: Any) -> None:
    found = make(proof=b"")
    assert type(found).from_facts(found.facts()) == found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time": 0}, "time"),
        ({"height": 0}, "height"),
        ({"power": 0}, "power"),
        ({"consensus_address": ""}, "consensus_address"),
    ],
)
def test_impossible_facts_are_refused_by_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidEvidence, match=f"invalid evidence: {field}:"):
        equivocation(**changes).validate_basic()


def test_a_claim_without_proof_is_refused() -> None:
    with pytest.raises(InvalidEvidence, match="both signed votes"):
        equivocation(proof=b"").check_proof(FakeVerifier())


def test_a_proof_that_does_not_hold_is_refused_in_the_verifiers_words() -> None:
    with pytest.raises(ProofRefused, match="vote_b"):
        equivocation(proof=b"tampered").check_proof(FakeVerifier())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("height", 8),
        ("time", GENESIS_TIME + 1),
        ("power", 11),
        ("total_power", 61),
        ("consensus_address", "000102030405060708090a0b0c0d0e0f10111213"),
    ],
)
def test_a_proof_of_other_facts_is_refused_and_the_fact_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidEvidence, match=f"{name}: claimed .* but the proof says"):
        equivocation(**{name: value}).check_proof(FakeVerifier())


def test_a_proof_of_these_facts_is_taken() -> None:
    equivocation().check_proof(FakeVerifier())


def test_a_kind_of_ones_own_leaves_its_proof_to_its_handler() -> None:
    late_block().check_proof(FakeVerifier())


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"height": 1}, "time"),
        (FACTS | {"claimed_seconds": 1, "colour": "red"}, "colour"),
        (FACTS | {"claimed_seconds": 1, "consensus_address": 5}, "consensus_address"),
    ],
    ids=["missing", "unknown", "not text"],
)
def test_facts_that_do_not_fit_the_kind_are_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidEvidence, match=reason):
        LateBlock.from_facts(facts)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"facts":{},"proof":"*"}'])
def test_bytes_that_are_no_such_evidence_are_refused(data: bytes) -> None:
    with pytest.raises((InvalidMessage, InvalidEvidence)):
        LateBlock.decode(data)


def test_kinds_are_found_by_their_type_url() -> None:
    types = EvidenceTypes([LateBlock, Equivocation])
    assert types.kinds == (Equivocation, LateBlock)
    assert types.get_kind("/example.LateBlock") is LateBlock
    with pytest.raises(UnknownEvidenceRoute, match="no handler"):
        types.get_kind("/example.Unheard")


def test_two_kinds_never_share_a_type_url() -> None:
    with pytest.raises(InvalidRoute, match="type_url of its own"):
        EvidenceTypes([LateBlock, LateBlock])


def test_a_claim_without_time_reads_as_1970_and_is_invalid() -> None:
    found = Equivocation.decode(bytes.fromhex("0807180a220141"))
    assert (found.height, found.time, found.power) == (7, 0, Power(10))
    with pytest.raises(InvalidEvidence, match="time"):
        found.validate_basic()
