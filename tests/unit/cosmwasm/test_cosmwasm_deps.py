"""What a contract is handed, and how its questions travel."""

from base64 import b64encode
from typing import Any

import pytest

from devnet.cosmwasm.deps import (
    BlockInfo,
    ContractInfo,
    Env,
    MessageInfo,
    Querier,
    TransactionInfo,
    read_env,
    read_info,
)
from devnet.cosmwasm.errors import QueryFailed
from devnet.cosmwasm.expiration import (
    AtHeight,
    AtTime,
    Blocks,
    Expiration,
    Never,
    Seconds,
    after,
    earlier,
    is_expired,
)
from devnet.cosmwasm.specs.cw4 import Cw4
from devnet.cosmwasm.specs.cw7 import find_permissions, is_authority
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins, Height, Timestamp

ANN = Address("tgrade1ann")
BLOCK = BlockInfo(Height(12), Timestamp(99), "test-1")


class Raw:
    """Answers everything with the same, and remembers what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: Any = None

    def query(self, request: bytes) -> bytes:
        self.asked = loads(request)
        return dumps(self.answer)


def answering(data: bytes) -> Raw:
    return Raw({"ok": {"ok": b64encode(data).decode()}})


@pytest.mark.parametrize("transaction", [None, TransactionInfo(3)])
def test_env_is_spelled_as_the_protocol_says(transaction: TransactionInfo | None) -> None:
    env = Env(BLOCK, ContractInfo(ANN), transaction)

    assert loads(env.to_json()) == {
        "block": {"height": 12, "time": "99", "chain_id": "test-1"},
        "transaction": None if transaction is None else {"index": 3},
        "contract": {"address": ANN},
    }
    assert read_env(env.to_json()) == env


def test_info_carries_sender_and_coins() -> None:
    info = MessageInfo(ANN, Coins.parse("5utgd"))

    assert loads(info.to_json()) == {
        "sender": ANN,
        "funds": [{"denom": "utgd", "amount": "5"}],
    }
    assert read_info(info.to_json()) == info


def test_questions_travel_as_the_protocol_says() -> None:
    raw = answering(b'{"amount":{"denom":"utgd","amount":"5"}}')
    assert str(Querier(raw).balance(ANN, "utgd")) == "5utgd"
    assert raw.asked == {"bank": {"balance": {"address": ANN, "denom": "utgd"}}}

    raw = answering(b'{"weight":5}')
    assert Querier(raw).smart(ANN, {"member": {}}) == {"weight": 5}
    assert raw.asked == {"wasm": {"smart": {"contract_addr": ANN, "msg": "eyJtZW1iZXIiOnt9fQ=="}}}

    raw = answering(b"7")
    assert Querier(raw).raw(ANN, b"total") == b"7"
    assert raw.asked == {"wasm": {"raw": {"contract_addr": ANN, "key": "dG90YWw="}}}
    assert Querier(answering(b"")).raw(ANN, b"total") is None

    raw = answering(b'{"code_id":1}')
    assert Querier(raw).contract_info(ANN) == {"code_id": 1}
    assert raw.asked == {"wasm": {"contract_info": {"contract_addr": ANN}}}

    raw = answering(b"{}")
    Querier(raw).custom({"validator": {}})
    assert raw.asked == {"custom": {"validator": {}}}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": {"no_such_contract": {"addr": "x"}}}, "system error: No such contract: x"),
        ({"error": {"no_such_code": {"code_id": 5}}}, "system error: No such code: 5"),
        ({"error": {"invalid_request": {"error": "e"}}}, "Cannot parse request: e"),
        ({"error": {"invalid_response": {"error": "e"}}}, "Cannot parse response: e"),
        ({"error": {"unsupported_request": {"kind": "k"}}}, "Unsupported query type: k"),
        ({"error": {"unknown": {}}}, "Unknown system error"),
        ({"ok": {"error": "no"}}, "Querier contract error: no"),
    ],
)
def test_a_question_without_answer_is_a_refusal(answer: Any, words: str) -> None:
    with pytest.raises(QueryFailed, match=words):
        Querier(Raw(answer)).ask({"bank": {}})


def test_a_group_is_read_past_its_code() -> None:
    group = Cw4(ANN)

    assert group.total(Querier(answering(b"10"))) == 10
    assert group.weight(Querier(answering(b"0")), ANN) == 0
    assert group.weight(Querier(answering(b"")), ANN) is None
    with pytest.raises(QueryFailed, match="it is no group"):
        group.total(Querier(answering(b"")))
    with pytest.raises(QueryFailed, match="keeps no plain weights"):
        group.weight(Querier(answering(b'{"points":5}')), ANN)


def test_offices_are_asked_and_may_not_exist() -> None:
    offices = {"admin": None, "authority": ANN, "distribution": None, "slashing": None}
    querier = Querier(answering(dumps(offices)))

    assert is_authority(querier, ANN)
    assert not is_authority(querier, Address("tgrade1ben"))
    assert find_permissions(Querier(Raw({"error": {"unknown": {}}}))) is None


@pytest.mark.parametrize(
    ("expires", "expired"),
    [
        (AtHeight(Height(13)), False),
        (AtHeight(Height(12)), True),
        (AtTime(Timestamp(100)), False),
        (AtTime(Timestamp(99)), True),
        (Never(), False),
    ],
)
def test_an_end_is_reached_with_its_own_block(expires: Expiration, *, expired: bool) -> None:
    assert is_expired(expires, BLOCK) is expired


def test_a_duration_begins_with_the_block() -> None:
    assert after(Blocks(5), BLOCK) == AtHeight(Height(17))
    assert after(Seconds(2), BLOCK) == AtTime(Timestamp(2_000_000_099))


def test_ends_of_one_kind_can_be_compared() -> None:
    five, six = AtHeight(Height(5)), AtHeight(Height(6))
    soon, late = AtTime(Timestamp(5)), AtTime(Timestamp(6))

    assert (earlier(five, six), earlier(six, five)) == (five, five)
    assert (earlier(soon, late), earlier(late, soon)) == (soon, soon)
    assert (earlier(Never(), five), earlier(soon, Never())) == (five, soon)
    assert earlier(five, soon) is None
