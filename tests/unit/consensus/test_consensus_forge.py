from dataclasses import replace

import pytest
from fakes.consensus import FOUR, World, start

from devnet.consensus.errors import CannotSign, EvidenceRefused
from devnet.consensus.forge import TAMPERINGS, DuplicateVoteProof, forge_double_sign
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import ConsAddress
from devnet.store.errors import HeightNotFound

CHECK = {
    "signature": "signature",
    "height": "vote_height",
    "round": "round",
    "type": "type",
    "address": "address",
    "block_id": "block_id",
    "same_block": "block_id",
    "chain_id": "signature",
    "validator": "validator",
    "future": "height",
    "power": "power",
    "total_power": "total_power",
    "time": "time",
    "order": "order",
    "missing_vote": "vote",
}


@pytest.fixture
def world() -> World:
    world = start(FOUR)
    world.step(5)
    return world


def forge(world: World, **place: int) -> DuplicateVoteProof:
    return forge_double_sign(world.engine, world.address("cho"), **{"height": 3} | place)  # type: ignore[arg-type]  # numbers only


def test_a_forged_double_sign_convinces(world: World) -> None:
    for proof in (forge(world), forge(world, height=6), forge(world, round=2)):
        found = world.engine.check_evidence(proof)
        assert (found.power, found.total_power) == (20, 100)
        assert found.address == world.address("cho")
        assert found.time == world.engine.block_at(proof.height).time


@pytest.mark.parametrize("field", TAMPERINGS)
def test_each_tampering_is_refused_by_the_check_it_is_made_for(world: World, field: str) -> None:
    proof = forge(world).tamper(field)
    with pytest.raises(EvidenceRefused) as refused:
        world.engine.verifier.verify(proof.encode())
    assert refused.value.check == CHECK[field]
    assert (refused.value.codespace, refused.value.code) == ("evidence", 3)


def test_tampering_spoils_a_copy_only(world: World) -> None:
    proof = forge(world)
    for field in TAMPERINGS:
        assert proof.tamper(field) != proof
    world.engine.check_evidence(proof)


def test_unknown_tamperings_are_refused(world: World) -> None:
    proof = forge(world)
    with pytest.raises(InvalidMessage, match="signature"):
        proof.tamper("colour")
    with pytest.raises(InvalidMessage, match="both votes"):
        replace(proof, vote_b=None).tamper("round")
    with pytest.raises(InvalidMessage, match="key"):
        DuplicateVoteProof.decode(proof.encode()).tamper("chain_id")


def test_the_key_of_a_forged_proof_never_travels(world: World) -> None:
    proof = forge(world)
    read = DuplicateVoteProof.decode(proof.encode())
    assert read == proof
    assert (proof.key is None, read.key is None) == (False, True)
    assert "key" not in repr(proof)


def test_forging_needs_a_block_a_member_and_a_kind_of_vote(world: World) -> None:
    with pytest.raises(HeightNotFound):
        forge(world, height=7)
    with pytest.raises(CannotSign):
        forge_double_sign(world.engine, ConsAddress(bytes(20)), height=3)
    with pytest.raises(InvalidMessage, match="round"):
        forge(world, round=-1)
    with pytest.raises(InvalidMessage, match="prevote"):
        forge_double_sign(world.engine, world.address("cho"), height=3, kind="proposal")  # type: ignore[arg-type]  # wrong on purpose


def test_an_absent_validator_can_be_framed_with_its_own_key_only(world: World) -> None:
    world.engine.make_block(world.switch("dia", online=False))
    proof = forge_double_sign(world.engine, world.address("dia"), height=7)
    world.engine.check_evidence(proof)


def test_bytes_that_are_no_proof_are_refused_as_such(world: World) -> None:
    for data in (b"", b"\x0a", b"\xff" * 9, b"\x0a\x02\x08"):
        with pytest.raises(EvidenceRefused) as refused:
            world.engine.verifier.verify(data)
        assert refused.value.check == ("encoding" if data else "vote")
