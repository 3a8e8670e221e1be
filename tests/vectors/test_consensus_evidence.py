from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from devnet.abci import Misbehavior
from devnet.consensus.blocks import evidence_hash, evidence_size
from devnet.consensus.errors import EvidenceRefused
from devnet.consensus.evidence_pool import (
    EvidenceLimits,
    EvidencePool,
    check_proof,
    is_expired,
    pool_key,
    validate_basic,
)
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.validator_set import ValidatorSet, address_of
from devnet.consensus.votes import PRECOMMIT, PREVOTE, BlockId, Vote
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.primitives.types import SECOND, ConsAddress, Height, Power, Timestamp
from devnet.store.merkle import list_root

Vectors = Callable[[str], Any]
CHECKS = [
    None,
    None,
    None,
    "order",
    "block_id",
    "round",
    "vote_height",
    "type",
    "address",
    "signature",
    "signature",
    "power",
    "total_power",
    "time",
]
"""Which check refuses each of the fourteen cases."""


def ns(text: str) -> Timestamp:
    moment = datetime.fromisoformat(text.rstrip("Z").partition(".")[0]).replace(tzinfo=UTC)
    days = (moment - datetime(1970, 1, 1, tzinfo=UTC)).days
    second = moment.hour * 3600 + moment.minute * 60 + moment.second
    fraction = text.rstrip("Z").partition(".")[2]
    return Timestamp((days * 86_400 + second) * SECOND + int(fraction.ljust(9, "0")))


def key(name: str) -> SigningKey:
    return SigningKey.from_seed(sha256(name.encode()))


class View:
    """A chain whose blocks all have the same set, and header times of choice."""

    def __init__(
        self,
        powers: dict[str, int],
        times: dict[int, Timestamp],
        *,
        chain_id: str = "poe-devnet-1",
        now: tuple[int, Timestamp] | None = None,
    ) -> None:
        self.chain_id = chain_id
        self.times = times
        self.validators = ValidatorSet.new(
            [(key(name).public_key, power) for name, power in powers.items()]
        )
        height, time = now or (max(times), max(times.values()))
        self.last_height, self.last_time = Height(height), time
        self.committed: set[bytes] = set()

    def find_header_time(self, height: int) -> Timestamp | None:
        return self.times.get(height)

    def validators_at(self, height: int) -> ValidatorSet:
        assert height in self.times
        return self.validators

    def is_committed(self, proof: DuplicateVoteProof) -> bool:
        return proof.hash in self.committed


@pytest.fixture(scope="module")
def evidence(vectors: Vectors) -> Any:
    return vectors("consensus")["evidence"]


@pytest.fixture(scope="module")
def votes(vectors: Vectors) -> dict[str, Vote]:
    signed = vectors("consensus")["votes"]["signed"]
    return {case["id"]: Vote.decode(bytes.fromhex(case["vote_proto"])) for case in signed}


@pytest.fixture
def view(evidence: Any) -> View:
    context = evidence["context"]
    time = ns(context["header_time"])
    return View(context["powers"], {context["height"]: time, context["height"] + 1: time})


def proof_of(case: dict[str, Any], votes: dict[str, Vote]) -> DuplicateVoteProof:
    return DuplicateVoteProof(
        votes[case["vote_a"]],
        votes[case["vote_b"]],
        Power(case["total_voting_power"]),
        Power(case["validator_power"]),
        Timestamp(case["timestamp_seconds"] * SECOND),
    )


def test_evidence_bytes_are_the_published_ones(evidence: Any) -> None:
    (case,) = evidence["encoding_public"]
    vote = Vote(
        case["vote_a"]["type"],
        Height(case["height"]),
        case["round"],
        BlockId(
            sha256(case["block_hash_text"].encode()),
            case["parts_total"],
            sha256(case["parts_hash_text"].encode()),
        ),
        ns(case["vote_time"]),
        ConsAddress(sha256(case["address_text"].encode())[:20]),
        case["validator_index"],
    )
    proof = DuplicateVoteProof(
        vote,
        replace(vote, type=case["vote_b"]["type"]),
        Power(case["total_voting_power"]),
        Power(case["validator_power"]),
        ns(case["timestamp"]),
    )
    assert proof.encode().hex() == case["evidence_proto"]
    assert proof.wrapped.hex() == case["evidence_list_proto"]
    assert proof.hash.hex() == case["hash"]
    assert evidence_hash([proof]).hex() == case["list_hash"]
    assert DuplicateVoteProof.decode(proof.encode()) == proof


@pytest.mark.parametrize("number", range(14))
def test_duplicate_vote_cases_are_judged_as_published(
    evidence: Any, votes: dict[str, Vote], view: View, number: int
) -> None:
    case = evidence["duplicate_vote_cases"][number]
    proof = proof_of(case, votes)
    assert proof.encode().hex() == case["evidence_proto"], case["desc"]
    assert proof.hash.hex() == case["hash"]
    assert list_root([proof.encode()]).hex() == case["list_hash"]
    assert evidence_size([proof]) == case["list_size"]
    if case["valid"]:
        assert check_proof(proof, view, EvidenceLimits()).height == 10
        return
    with pytest.raises(EvidenceRefused) as refused:
        check_proof(proof, view, EvidenceLimits())
    assert refused.value.check == CHECKS[number], case["desc"]
    assert refused.value.check in str(refused.value)


def test_votes_are_put_in_order_when_a_proof_is_made(evidence: Any, votes: dict[str, Vote]) -> None:
    for case in evidence["duplicate_vote_cases"][:3]:
        proof = proof_of(case, votes)
        pair = votes[case["vote_b"]], votes[case["vote_a"]]
        made = DuplicateVoteProof.of(
            pair,
            total_power=proof.total_power,
            validator_power=proof.validator_power,
            time=proof.time,
        )
        assert made == proof


def test_lists_of_evidence_are_hashed_over_encodings(evidence: Any, votes: dict[str, Vote]) -> None:
    cases = evidence["duplicate_vote_cases"]
    for case in evidence["list"]:
        proofs = [proof_of(cases[number], votes) for number in case["items"]]
        assert evidence_hash(proofs).hex() == case["evidence_hash"], case["desc"]
        assert evidence_size(proofs) == case["list_size"]


def test_pool_keys_hold_height_and_hash(evidence: Any, votes: dict[str, Vote]) -> None:
    (case,) = evidence["pending_key"]
    proof = proof_of(evidence["duplicate_vote_cases"][0], votes)
    assert pool_key(proof).decode() == case["suffix"]


class Offence:
    """The double sign of the public tests, with anything changed."""

    def __init__(self) -> None:
        self.time = ns("2019-01-01T00:00:00Z")
        self.view = View({"offender": 1}, {10: self.time}, chain_id="mychain")
        self.first = BlockId(sha256(b"one"), 1000, sha256(b"parts"))

    def vote(
        self,
        block: BlockId,
        *,
        height: int = 10,
        round_: int = 2,
        type_: int = PREVOTE,
        by: str = "offender",
        signer: str = "",
        chain_id: str = "mychain",
        later: int = 0,
    ) -> Vote:
        address = address_of(key(by).public_key)
        time = Timestamp(self.time + later)
        vote = Vote(type_, Height(height), round_, block, time, address, 0)
        return vote.signed(key(signer or by), chain_id)

    def proof(self, second: Vote, *, power: int = 1, time: int = 0) -> DuplicateVoteProof:
        return DuplicateVoteProof.of(
            (self.vote(self.first), second),
            total_power=Power(1),
            validator_power=Power(power),
            time=Timestamp(self.time + time),
        )


def test_duplicate_votes_are_judged_as_in_the_public_table(evidence: Any) -> None:
    o = Offence()
    other = BlockId(sha256(b"two"), 1000, sha256(b"parts"))
    year = 365 * 24 * 3600 * SECOND
    proofs = [
        o.proof(o.vote(other)),
        o.proof(o.vote(replace(o.first, parts_total=10_000))),
        o.proof(o.vote(BlockId(o.first.hash, 10_000, sha256(b"other parts")))),
        o.proof(o.vote(o.first)),
        o.proof(o.vote(other, chain_id="mychain2")),
        o.proof(o.vote(other, height=11)),
        o.proof(o.vote(other, round_=3)),
        o.proof(o.vote(other, type_=PRECOMMIT)),
        o.proof(o.vote(other, by="stranger")),
        o.proof(o.vote(other, later=year)),
        o.proof(o.vote(other, signer="stranger")),
        o.proof(o.vote(other), power=10),
        o.proof(o.vote(other), time=60 * SECOND),
    ]
    for case, proof in zip(evidence["verify_public"], proofs, strict=True):
        if case["valid"]:
            check_proof(proof, o.view, EvidenceLimits())
            continue
        with pytest.raises(EvidenceRefused):
            check_proof(proof, o.view, EvidenceLimits())


def test_basic_validation_is_that_of_the_public_table(
    evidence: Any, votes: dict[str, Vote]
) -> None:
    good = proof_of(evidence["duplicate_vote_cases"][1], votes)
    assert good.vote_a is not None
    proofs = [
        good,
        replace(good, vote_a=None),
        replace(good, vote_b=None),
        replace(good, vote_a=None, vote_b=None),
        replace(good, vote_a=replace(good.vote_a, type=0)),
        replace(good, vote_a=good.vote_b, vote_b=good.vote_a),
    ]
    for case, proof in zip(evidence["validate_basic_public"], proofs, strict=True):
        if case["valid"]:
            validate_basic(proof)
            continue
        with pytest.raises(EvidenceRefused):
            validate_basic(proof)


def test_evidence_expires_when_too_old_in_blocks_and_in_time(evidence: Any) -> None:
    for case in evidence["expiry"]:
        limits = EvidenceLimits(case["max_age_num_blocks"], case["max_age_seconds"] * SECOND)
        assert case["expired"] == is_expired(
            limits,
            height=case["height_evidence"],
            time=case["time_evidence"] * SECOND,
            now_height=case["height_now"],
            now_time=case["time_now"] * SECOND,
        ), case["desc"]


def test_a_pool_takes_old_evidence_as_the_public_one_does(evidence: Any) -> None:
    (public,) = evidence["expiry_public"]
    now = ns("2019-01-01T00:00:00Z")
    limits = EvidenceLimits(20, 20 * 60 * SECOND)
    for case in public["cases"]:
        times = {case["height"]: ns(case["header_time"])}
        view = View({"offender": 10}, times, now=(30, now))
        o = Offence()
        pair = [
            o.vote(
                BlockId(sha256(text), 1, bytes(32)), height=case["height"], chain_id=view.chain_id
            )
            for text in (b"one", b"two")
        ]
        proof = DuplicateVoteProof.of(
            (pair[0], pair[1]),
            total_power=Power(10),
            validator_power=Power(10),
            time=ns(case["evidence_time"]),
        )
        pool = EvidencePool(view, limits)
        if case["ok"]:
            assert pool.add(proof)
            continue
        with pytest.raises(EvidenceRefused) as refused:
            pool.add(proof)
        assert refused.value.check == ("time" if "time" in case["note"] else "expired")


def test_the_application_is_told_the_facts_of_an_offence(
    evidence: Any, votes: dict[str, Vote], view: View
) -> None:
    case = evidence["misbehavior"][0]
    proof = proof_of(evidence["duplicate_vote_cases"][0], votes)
    assert check_proof(proof, view, EvidenceLimits()) == Misbehavior(
        "duplicate_vote",
        ConsAddress(bytes.fromhex(case["validator"]["address"])),
        Power(case["validator"]["power"]),
        Height(case["height"]),
        ns(case["time"]),
        Power(case["total_voting_power"]),
    )


def test_one_item_has_the_published_size(evidence: Any) -> None:
    (case,) = evidence["size_public"]
    o = Offence()
    time = ns("2019-01-01T00:00:00Z")
    pair = [
        o.vote(BlockId(sha256(text), 1, bytes(32)), height=1, round_=0, type_=PRECOMMIT)
        for text in (b"one", b"two")
    ]
    proof = DuplicateVoteProof.of(
        (pair[0], pair[1]), total_power=Power(10), validator_power=Power(10), time=time
    )
    assert evidence_size([proof]) == case["bytes"]
