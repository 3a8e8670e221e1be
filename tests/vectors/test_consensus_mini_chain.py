"""Four linked blocks, rebuilt from the rooms and then by the engine's own proposals."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from devnet.abci import TxResult
from devnet.consensus.blocks import Block, results_hash
from devnet.consensus.clock import ZERO_TIME
from devnet.consensus.commits import (
    ABSENT,
    COMMIT,
    NO_COMMIT,
    Commit,
    two_thirds,
    verify_commit,
    weighted_median,
)
from devnet.consensus.inputs import Nodes
from devnet.consensus.options import EngineOptions
from devnet.consensus.proposal import propose
from devnet.consensus.state import EngineState
from devnet.consensus.validator_set import EMPTY, ValidatorSet
from devnet.consensus.vote_set import VoteSet
from devnet.consensus.votes import NIL, PRECOMMIT, BlockId, Vote
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.primitives.types import SECOND, Height, Timestamp

Vectors = Callable[[str], Any]
KEYS = {n: SigningKey.from_seed(sha256(n.encode())) for n in ("val1", "val2", "val3")}
NAMES = {key.public_key: name for name, key in KEYS.items()}
GENESIS = Timestamp(1_704_067_200 * SECOND)
OPTIONS = EngineOptions("poe-devnet-1", GENESIS)


def ns(text: str) -> Timestamp:
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    days = (moment - datetime(1970, 1, 1, tzinfo=UTC)).days
    second = moment.hour * 3600 + moment.minute * 60 + moment.second
    return Timestamp((days * 86_400 + second) * SECOND + int(fraction.ljust(9, "0")))


def app_hash(height: int) -> bytes:
    return sha256(b"app state %d" % height)


def block_id_of(case: dict[str, Any]) -> BlockId:
    return BlockId(
        bytes.fromhex(case["hash"]), case["parts_total"], bytes.fromhex(case["parts_hash"])
    )


def genesis() -> EngineState:
    first = ValidatorSet.new([(KEYS[f"val{i}"].public_key, 10 * i) for i in range(1, 4)])
    return EngineState(
        place=bytes(32),
        height=Height(0),
        time=GENESIS,
        clock=GENESIS,
        last_block_id=NIL,
        last_commit=NO_COMMIT,
        app_hash=app_hash(0),
        last_results_hash=results_hash([]),
        last_validators=EMPTY,
        validators=first,
        next_validators=first.increment(1),
        nodes=Nodes(),
    )


def commit_of(case: dict[str, Any], validators: ValidatorSet, block_id: BlockId) -> Commit:
    """The commit of the published precommits, every vote made again and counted."""
    votes = VoteSet(
        OPTIONS.chain_id, validators, type_=PRECOMMIT, height=Height(case["height"]), round_=0
    )
    for index, slot in enumerate(case["precommits"]):
        member = validators.validators[index]
        assert NAMES[member.pub_key] == slot["validator"]
        if slot["flag"] == ABSENT:
            continue
        voted = block_id if slot["flag"] == COMMIT else NIL
        vote = Vote(
            PRECOMMIT,
            Height(case["height"]),
            0,
            voted,
            ns(slot["timestamp"]),
            member.address,
            index,
        ).signed(KEYS[slot["validator"]], OPTIONS.chain_id)
        assert vote.sign_bytes(OPTIONS.chain_id).hex() == slot["sign_bytes"]
        assert vote.signature.hex() == slot["signature"]
        votes.add(vote)
    return votes.commit()


def check_block(case: dict[str, Any], block: Block, block_id: BlockId) -> None:
    header = block.header
    for name, value in case["header"].items():
        found = getattr(header, name)
        match name:
            case "time":
                assert found == ns(value)
            case "last_block_id":
                assert found == (NIL if value is None else block_id_of(value))
            case _:
                assert (found.hex() if isinstance(found, bytes) else found) == value, name
    assert block_id.hash.hex() == case["header_hash"]
    assert len(block.encode()) == case["block_size"]
    assert (block_id.parts_total, block_id.parts_hash.hex()) == (1, case["parts_hash"])


@pytest.fixture(scope="module")
def chain(vectors: Vectors) -> Any:
    return vectors("consensus")["mini_chain"][0]


def test_four_linked_blocks_are_rebuilt_byte_for_byte(chain: Any) -> None:
    state = genesis()
    for case in chain["blocks"]:
        txs = tuple(bytes.fromhex(tx) for tx in case["txs"])
        proposer = state.validators.proposer
        assert NAMES[proposer.pub_key] == case["proposer"]
        proposal = propose(state, OPTIONS, txs=txs, evidence=(), proposer=proposer.address)
        check_block(case, proposal.block, proposal.block_id)
        if "precommits" not in case:
            return
        commit = commit_of(case, state.validators, proposal.block_id)
        verify_commit(
            commit,
            state.validators,
            chain_id=OPTIONS.chain_id,
            height=case["height"],
            block_id=proposal.block_id,
        )
        assert commit.signed_power == case["power_for_block"]
        assert two_thirds(state.validators.total) == case["needed_more_than"]
        assert app_hash(case["height"]).hex() == case["app_hash_after"]
        results = [
            TxResult(r["code"], gas_wanted=r["gas_wanted"], gas_used=r["gas_used"])
            for r in case["results"]
        ]
        state = EngineState(
            place=bytes(32),
            height=Height(case["height"]),
            time=proposal.block.header.time,
            clock=state.clock,
            last_block_id=proposal.block_id,
            last_commit=commit,
            app_hash=app_hash(case["height"]),
            last_results_hash=results_hash(results),
            last_validators=state.validators,
            validators=state.next_validators,
            next_validators=state.next_validators.increment(1),
            nodes=state.nodes,
        )
    pytest.fail("the last block has no precommits")


def test_counting_nil_stamps_would_give_another_time(chain: Any) -> None:
    third = chain["blocks"][2]["precommits"]
    powers = {"val1": 10, "val2": 20, "val3": 30}
    every = [(ns(slot["timestamp"]), powers[slot["validator"]]) for slot in third]
    assert weighted_median(every) == ns(chain["block4_time_if_nil_stamps_are_counted"])
    assert weighted_median(every) != ns(chain["blocks"][3]["header"]["time"])


def test_absent_slots_have_the_zero_time(chain: Any) -> None:
    first, second = chain["blocks"][:2]
    state = genesis()
    block_id = BlockId(bytes.fromhex(second["header_hash"]), 1, bytes.fromhex(second["parts_hash"]))
    commit = commit_of(second, state.next_validators, block_id)
    assert commit.slots[2].kind == "absent"
    assert commit.slots[2].time == ZERO_TIME
    assert first["precommits"][2]["flag"] == COMMIT
