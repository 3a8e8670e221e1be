from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from devnet.abci import TxResult
from devnet.consensus import blocks
from devnet.consensus.blocks import Header
from devnet.consensus.clock import ZERO_TIME, rfc3339, stamp
from devnet.consensus.commits import (
    Commit,
    Slot,
    quorum,
    two_thirds,
    verify_commit,
    weighted_median,
)
from devnet.consensus.errors import CommitRefused
from devnet.consensus.validator_set import ValidatorSet
from devnet.consensus.vote_set import VoteSet
from devnet.consensus.votes import (
    NIL,
    PRECOMMIT,
    PREVOTE,
    BlockId,
    Vote,
    sign_template,
    timestamp_body,
)
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.primitives.types import ConsAddress, Height, Timestamp
from devnet.store.merkle import list_root

Vectors = Callable[[str], Any]


def ns(text: str) -> Timestamp:
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    days = (moment - datetime(1970, 1, 1, tzinfo=UTC)).days
    second = moment.hour * 3600 + moment.minute * 60 + moment.second
    return Timestamp((days * 86_400 + second) * 10**9 + int(fraction.ljust(9, "0")))


def block_id(case: dict[str, Any] | None) -> BlockId:
    if case is None:
        return NIL
    return BlockId(
        bytes.fromhex(case["hash"]), case["parts_total"], bytes.fromhex(case["parts_hash"])
    )


def keys(*names: str) -> dict[str, SigningKey]:
    return {name: SigningKey.from_seed(sha256(name.encode())) for name in names}


@pytest.fixture(scope="module")
def votes(vectors: Vectors) -> Any:
    return vectors("consensus")["votes"]


@pytest.fixture(scope="module")
def headers(vectors: Vectors) -> Any:
    return vectors("consensus")["quorum_time_header"]


def test_vote_types_have_the_published_numbers(votes: Any) -> None:
    numbers = votes["enums"]["signed_msg_type"]
    assert (numbers["PREVOTE"], numbers["PRECOMMIT"]) == (PREVOTE, PRECOMMIT)


def test_timestamps_are_encoded_as_published(votes: Any) -> None:
    for case in votes["timestamp_encoding"]:
        time = ns(case["time"])
        assert divmod(time, 10**9) == (case["seconds"], case["nanos"])
        assert timestamp_body(time).hex() == case["body"], case["desc"]
        assert rfc3339(time) == case["time"]
    assert timestamp_body(ZERO_TIME).hex() == votes["timestamp_encoding"][0]["body"]


def test_sign_bytes_are_the_published_ones(votes: Any) -> None:
    for case in votes["sign_bytes"]:
        vote = Vote(
            case["type"],
            Height(case["height"]),
            case["round"],
            block_id(case["block_id"]),
            ns(case["timestamp"]),
            ConsAddress(b""),
        )
        assert vote.sign_bytes(case["chain_id"]).hex() == case["sign_bytes"], case["desc"]


def test_block_ids_order_by_hash_and_encoded_parts(votes: Any) -> None:
    for case in votes["devnet_block_ids"]:
        id_ = block_id(case)
        assert id_.order_key.hex() == case["order_key"], case["name"]
        assert id_.is_nil == (case["name"] == "nil")


def test_signed_votes_have_the_published_bytes(votes: Any) -> None:
    for case in votes["signed"]:
        (key,) = keys(case["signed_by"]).values()
        vote = Vote(
            case["type"],
            Height(case["height"]),
            case["round"],
            block_id(case["block_id"]),
            ns(case["timestamp"]),
            ConsAddress(bytes.fromhex(case["validator_address"])),
            case["validator_index"],
        ).signed(key, case["chain_id"])
        vote.validate_basic()
        assert vote.sign_bytes(case["chain_id"]).hex() == case["sign_bytes"], case["id"]
        assert vote.signature.hex() == case["signature"]
        assert vote.encode().hex() == case["vote_proto"]
        assert Vote.decode(bytes.fromhex(case["vote_proto"])) == vote
        assert vote.is_signed_by(key.public_key, case["chain_id"])
        assert not vote.is_signed_by(key.public_key, "poe-devnet-9")


def test_a_vote_is_written_as_in_the_logs_of_cometbft(votes: Any) -> None:
    (case,) = votes["vote_string"]
    facts = case["vote"]
    vote = Vote(
        facts["type"],
        Height(facts["height"]),
        facts["round"],
        BlockId(sha256(facts["block_hash_text"].encode()), 1, bytes(32)),
        ns(facts["time"]),
        ConsAddress(sha256(facts["address_text"].encode())[:20]),
        facts["validator_index"],
        extension=facts["extension_text"].encode(),
    )
    assert str(vote) == case["text"]


def test_more_than_two_thirds_decide(headers: Any) -> None:
    for case in headers["thresholds"]:
        total = case["total"]
        assert two_thirds(total) == case["needed_more_than"]
        assert quorum(total) == case["quorum"]
        assert total - case["max_offline_still_live"] >= quorum(total)
        assert total - case["min_offline_that_halts"] < quorum(total)


def test_the_median_of_stamps_is_weighted_by_power(headers: Any) -> None:
    for case in headers["weighted_median"]:
        stamps = [(entry["t"], entry["weight"]) for entry in case["weighted"]]
        assert weighted_median(stamps) == case["median"], case["desc"]


def test_a_vote_is_stamped_after_its_block(headers: Any) -> None:
    for case in headers["vote_time"]:
        assert stamp(ns(case["now"]), ns(case["block_time"])) == ns(case["vote_time"])


def header_of(case: dict[str, Any]) -> Header:
    def raw(name: str) -> bytes:
        return bytes.fromhex(case[name])

    return Header(
        chain_id=case["chain_id"],
        height=Height(case["height"]),
        time=ns(case["time"]),
        last_block_id=block_id(case["last_block_id"]),
        last_commit_hash=raw("last_commit_hash"),
        data_hash=raw("data_hash"),
        validators_hash=raw("validators_hash"),
        next_validators_hash=raw("next_validators_hash"),
        consensus_hash=raw("consensus_hash"),
        app_hash=raw("app_hash"),
        last_results_hash=raw("last_results_hash"),
        evidence_hash=raw("evidence_hash"),
        proposer_address=ConsAddress(raw("proposer_address")),
        version_block=case["version_block"],
        version_app=case["version_app"],
    )


def test_a_header_hash_covers_fourteen_fields(headers: Any) -> None:
    full, _, first = headers["header_hash"]
    for case in (full, first):
        header = header_of(case["header"])
        assert header.hash.hex() == case["hash"], case["desc"]
        assert list_root(header.leaves()) == header.hash
        assert len(header.leaves()) == 14


def test_a_header_without_validators_hash_has_no_hash(headers: Any) -> None:
    full = dict(headers["header_hash"][0]["header"], validators_hash="")
    assert header_of(full).hash == b""


def test_header_fields_are_encoded_as_published(headers: Any) -> None:
    full = header_of(headers["header_hash"][0]["header"]).leaves()
    first = header_of(headers["header_hash"][2]["header"]).leaves()
    found = {leaf.hex() for leaf in (*full, *first, b"")}
    assert {case["leaf"] for case in headers["header_field_encoding"]} <= found


def test_lists_are_hashed_as_published(headers: Any) -> None:
    for case in headers["merkle"]:
        assert list_root([bytes.fromhex(i) for i in case["items"]]).hex() == case["root"]


def test_a_commit_hash_covers_every_slot(headers: Any, votes: Any) -> None:
    full, none = headers["last_commit_hash"]
    signed = {case["id"]: case for case in votes["signed"]}
    a, nil = signed["precommit_A"], signed["precommit_nil"]
    key = keys("val1", "val2", "val3")
    validators = ValidatorSet.new(
        [(key[name].public_key, power) for name, power in (("val1", 1), ("val2", 2), ("val3", 3))]
    )
    time = ns(a["timestamp"])
    by_val3 = Vote(2, Height(10), 0, block_id(a["block_id"]), time, ConsAddress(b""))
    signatures = (
        key["val3"].sign(by_val3.sign_bytes("poe-devnet-1")),
        b"",
        bytes.fromhex(nil["signature"]),
    )
    commit = Commit(
        Height(10),
        0,
        block_id(a["block_id"]),
        validators.roster,
        bytes((2, 1, 3)),
        (time, ZERO_TIME, time),
        signatures,
    )
    assert [slot.hex() for slot in commit.encode_slots()] == full["slot_bytes"]
    assert commit.hash.hex() == full["hash"]
    assert [slot.kind for slot in commit.slots] == ["commit", "absent", "nil"]
    assert isinstance(commit.slots[1], Slot)
    assert list_root([]).hex() == none["hash"]


def test_the_consensus_hash_covers_block_size_and_gas(headers: Any) -> None:
    for case in headers["consensus_params_hash"]:
        assert blocks.consensus_hash(case["max_bytes"], case["max_gas"]).hex() == case["hash"]


def test_the_data_hash_covers_hashes_of_transactions(headers: Any) -> None:
    for case in headers["tx_hashes"]:
        txs = [bytes.fromhex(tx) for tx in case["txs"]]
        assert [sha256(tx).hex() for tx in txs] == case.get("tx_hash", [])
        assert blocks.data_hash(txs).hex() == case["data_hash"]


def test_the_results_hash_leaves_out_logs_and_events(headers: Any) -> None:
    for case in headers["last_results_hash"]:
        results = [
            TxResult(
                code=r["code"],
                data=r["data_text"].encode() if "data_text" in r else bytes.fromhex(r["data"]),
                log=r.get("log", ""),
                gas_wanted=r.get("gas_wanted", 0),
                gas_used=r.get("gas_used", 0),
            )
            for r in case["results"]
        ]
        assert [blocks.result_leaf(result).hex() for result in results] == case["leaf"]
        assert blocks.results_hash(results).hex() == case["hash"]


ID = BlockId(sha256(b"block"), 1, sha256(b"parts"))


class Crowd:
    """Validators of equal power, in set order, and a vote set they vote in."""

    def __init__(self, count: int, power: int) -> None:
        made = [SigningKey.from_seed(sha256(b"crowd %d" % i)) for i in range(count)]
        self.validators = ValidatorSet.new([(key.public_key, power) for key in made])
        by_key = {key.public_key: key for key in made}
        self.keys = [by_key[v.pub_key] for v in self.validators.validators]
        self.votes = VoteSet("chain", self.validators, type_=PRECOMMIT, height=Height(1), round_=0)

    def vote(self, index: int, block: BlockId = ID, chain_id: str = "chain") -> Vote:
        address = self.validators.validators[index].address
        vote = Vote(PRECOMMIT, Height(1), 0, block, Timestamp(10**9), address, index)
        return vote.signed(self.keys[index], chain_id)

    def commit(self, block: int, nil: int, absent: int, chain_id: str = "chain") -> Commit:
        blank = Commit(Height(1), 0, ID, self.validators.roster, b"", (), ())
        signed = [self.vote(i, ID, chain_id).signature for i in range(block)]
        signed += [self.vote(block + i, NIL, chain_id).signature for i in range(nil)]
        return Commit(
            blank.height,
            0,
            ID,
            blank.roster,
            bytes([2] * block + [3] * nil + [1] * absent),
            (Timestamp(10**9),) * (block + nil) + (ZERO_TIME,) * absent,
            (*signed, *[b""] * absent),
        )


def test_commits_are_verified_as_published(headers: Any) -> None:
    for case in headers["verify_commit_public"]:
        if "block" not in case:
            continue
        crowd = Crowd(case["validators"], case["power_each"])
        commit = crowd.commit(case["block"], case["nil"], case["absent"])
        if case["ok"]:
            verify_commit(commit, crowd.validators, chain_id="chain", height=1, block_id=ID)
            continue
        with pytest.raises(CommitRefused) as refused:
            verify_commit(commit, crowd.validators, chain_id="chain", height=1, block_id=ID)
        wanted = f"got {case['got']}, needed more than {case['needed_more_than']}"
        assert wanted in str(refused.value), case["desc"]


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ("size", "wrong set"),
        ("chain", "wrong signature (#0)"),
        ("block", "wrong block id"),
        ("height", "wrong height"),
    ],
)
def test_a_commit_for_something_else_is_refused(spoiled: str, reason: str) -> None:
    crowd = Crowd(4, 10)
    commit = Crowd(3, 10).commit(3, 0, 0) if spoiled == "size" else crowd.commit(4, 0, 0)
    if spoiled == "chain":
        commit = crowd.commit(4, 0, 0, chain_id="other")
    with pytest.raises(CommitRefused, match=reason.replace("(", r"\(").replace(")", r"\)")):
        verify_commit(
            commit,
            crowd.validators,
            chain_id="chain",
            height=2 if spoiled == "height" else 1,
            block_id=BlockId(bytes(32), 1, bytes(32)) if spoiled == "block" else ID,
        )


def test_a_collected_commit_has_the_published_flags(headers: Any) -> None:
    majority, redux, flags, with_nil = headers["vote_set_public"]
    assert quorum(majority["total"]) == majority["nil_votes_needed"]
    assert quorum(redux["total"]) == redux["matching_votes_needed"]

    crowd = Crowd(10, 1)
    other = BlockId(sha256(b"other"), 1, sha256(b"other parts"))
    for i, block in enumerate([ID] * 6 + [other, ID, NIL]):
        crowd.votes.add(crowd.vote(i, block))
    assert list(crowd.votes.commit().flags) == flags["flags"]

    assert with_nil["valid"]
    crowd = Crowd(with_nil["total"], 1)
    for i in range(with_nil["total"]):
        crowd.votes.add(crowd.vote(i, ID if i < with_nil["block_votes"] else NIL))
    commit = crowd.votes.commit()
    verify_commit(commit, crowd.validators, chain_id="chain", height=1, block_id=ID)


def test_the_application_hears_of_every_member_of_the_last_commit(headers: Any) -> None:
    (public,) = headers["commit_info_public"]
    for absent in public["cases"]:
        crowd = Crowd(7, 10)
        whole = crowd.commit(7, 0, 0)
        flags = bytes(1 if i in absent else 2 for i in range(7))
        commit = Commit(whole.height, 0, ID, whole.roster, flags, whole.times, whole.signatures)
        infos = commit.vote_infos()
        assert len(infos) == 7
        assert [i for i, info in enumerate(infos) if not info.signed] == absent


def test_templates_and_votes_agree() -> None:
    before, after = sign_template("c", type_=2, height=1, round_=0, block_id=NIL)
    assert before.hex() == "080211" + "01".ljust(16, "0") + "2a"
    assert after.hex() == "320163"
