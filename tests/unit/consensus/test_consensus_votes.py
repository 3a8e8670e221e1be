from dataclasses import replace

import pytest

from devnet.consensus.errors import VoteRefused
from devnet.consensus.votes import NIL, PRECOMMIT, PREVOTE, BlockId, Vote
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.primitives.types import ConsAddress, Height, Timestamp

ID = BlockId(sha256(b"block"), 1, sha256(b"parts"))
KEY = SigningKey.from_seed(bytes(32))
GOOD = Vote(PRECOMMIT, Height(1), 0, ID, Timestamp(1), ConsAddress(bytes(20))).signed(KEY, "c")


@pytest.mark.parametrize(
    "vote",
    [
        replace(GOOD, type=0),
        replace(GOOD, type=32),
        replace(GOOD, height=Height(0)),
        replace(GOOD, round=-1),
        replace(GOOD, block_id=replace(ID, hash=b"")),
        replace(GOOD, block_id=replace(ID, parts_total=0)),
        replace(GOOD, block_id=replace(ID, parts_hash=b"short")),
        replace(GOOD, address=ConsAddress(bytes(19))),
        replace(GOOD, index=-1),
        replace(GOOD, signature=b""),
        replace(GOOD, signature=bytes(65)),
        replace(GOOD, type=PREVOTE, extension=b"x"),
        replace(GOOD, block_id=NIL, extension=b"x"),
    ],
)
def test_votes_nobody_could_mean_are_refused(vote: Vote) -> None:
    with pytest.raises(VoteRefused):
        vote.validate_basic()


def test_good_votes_pass() -> None:
    for vote in (GOOD, replace(GOOD, block_id=NIL), replace(GOOD, extension=b"x")):
        vote.validate_basic()


def test_address_index_and_extension_are_not_signed() -> None:
    signed = GOOD.sign_bytes("c")
    for change in ({"address": ConsAddress(b"x" * 20)}, {"index": 3}, {"extension": b"x"}):
        assert replace(GOOD, **change).sign_bytes("c") == signed


def test_a_stamp_changes_what_is_signed_but_not_the_block() -> None:
    later = replace(GOOD, time=Timestamp(2))
    assert later.sign_bytes("c") != GOOD.sign_bytes("c")
    assert later.block_id == GOOD.block_id


def test_block_ids_with_many_parts_are_encoded_too() -> None:
    for total in (1, 127, 128, 70_000):
        id_ = replace(ID, parts_total=total)
        vote = replace(GOOD, block_id=id_)
        assert Vote.decode(vote.encode()).block_id == id_
        assert id_.encode() in vote.sign_bytes("c")
