from collections.abc import Callable
from dataclasses import replace

import pytest

from devnet.chain.tx import Msg, ProtoCoin
from devnet.crypto.addresses import to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.primitives.types import Address, Coins
from devnet.x.bank.messages import MsgBurn, MsgSend, from_contract

ANA, BEN = to_bech32("tgrade", bytes([1] * 20)), to_bech32("tgrade", bytes([2] * 20))
SEND = MsgSend(ANA, BEN, ProtoCoin.of(Coins.parse("5utgd")))
BURN = MsgBurn(ANA, ProtoCoin.of(Coins.parse("5utgd")))


@pytest.mark.parametrize("msg", [SEND, BURN], ids=["send", "burn"])
def test_a_good_message_passes_and_is_signed_by_who_pays(msg: MsgSend | MsgBurn) -> None:
    msg.validate_basic()
    assert msg.signers() == (ANA,)


def amount(*coins: tuple[str, str]) -> tuple[ProtoCoin, ...]:
    return tuple(ProtoCoin(*coin) for coin in coins)


AMOUNTS = {
    "none": (amount(), "amount"),
    "denom": (amount(("u", "5")), "amount[0].denom"),
    "empty denom": (amount(("", "5")), "amount[0].denom"),
    "empty": (amount(("utgd", "")), "amount[0].amount"),
    "negative": (amount(("utgd", "-5")), "amount[0].amount"),
    "fraction": (amount(("utgd", "5.5")), "amount[0].amount"),
    "words": (amount(("utgd", "five")), "amount[0].amount"),
    "zero": (amount(("utgd", "0")), "amount[0].amount"),
    "beyond uint128": (amount(("utgd", str(2**128))), "amount[0].amount"),
    "unsorted": (amount(("utgd", "5"), ("atom", "5")), "amount[1].denom"),
    "twice": (amount(("utgd", "5"), ("utgd", "5")), "amount[1].denom"),
}


@pytest.mark.parametrize("msg", [SEND, BURN], ids=["send", "burn"])
@pytest.mark.parametrize(("wrong", "named"), AMOUNTS.values(), ids=AMOUNTS)
def test_a_wrong_amount_is_named(
    msg: MsgSend | MsgBurn, wrong: tuple[ProtoCoin, ...], named: str
) -> None:
    with pytest.raises(InvalidMessage) as err:
        replace(msg, amount=wrong).validate_basic()
    assert err.value.field == named


@pytest.mark.parametrize("wrong", ["", "ana", ANA[:-1], ANA[:-1] + "b", "tgrade1", ANA.title()])
def test_a_wrong_address_is_named(wrong: str) -> None:
    cases: list[tuple[str, Callable[[], Msg]]] = [
        ("from_address", lambda: replace(SEND, from_address=wrong)),
        ("to_address", lambda: replace(SEND, to_address=wrong)),
        ("from_address", lambda: replace(BURN, from_address=wrong)),
    ]
    for named, spoil in cases:
        with pytest.raises(InvalidAddress) as err:
            spoil().validate_basic()
        assert err.value.field == named


def coins(*listed: tuple[str, str]) -> list[Json]:
    return [{"denom": denom, "amount": number} for denom, number in listed]


def test_what_a_contract_sends_is_paid_by_the_contract() -> None:
    payload: Json = {"send": {"to_address": BEN, "amount": coins(("utgd", "5"))}}
    assert from_contract(ANA, payload) == SEND
    assert from_contract(ANA, {"burn": {"amount": coins(("utgd", "5"))}}) == BURN


def test_coins_of_a_contract_are_summed_and_sorted() -> None:
    listed = coins(("utgd", "2"), ("atom", "1"), ("utgd", "3"), ("zero", "0"))
    msg = from_contract(ANA, {"burn": {"amount": listed}})
    assert msg == MsgBurn(ANA, amount(("atom", "1"), ("utgd", "5")))


def test_a_contract_may_send_an_empty_list_but_not_a_sum_of_zero() -> None:
    assert from_contract(ANA, {"send": {"to_address": BEN, "amount": []}}) == MsgSend(ANA, BEN, ())
    with pytest.raises(InvalidCoins, match="comes to nothing"):
        from_contract(ANA, {"send": {"to_address": BEN, "amount": coins(("utgd", "0"))}})


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ({}, "bank"),
        ({"mint": {}}, "bank"),
        ({"send": {}, "burn": {}}, "bank"),
        ([], "bank"),
        ({"send": []}, "bank.send"),
        ({"send": {"amount": []}}, "bank.send.to_address"),
        ({"send": {"to_address": "x", "amount": "5utgd"}}, "bank.send.amount"),
        ({"burn": {}}, "bank.burn.amount"),
        ({"burn": {"amount": [{"denom": "utgd", "amount": 1.5}]}}, "bank.burn.amount[0].amount"),
    ],
)
def test_a_wrong_wish_of_a_contract_is_named(payload: Json, named: str) -> None:
    with pytest.raises(InvalidMessage) as err:
        from_contract(Address(ANA), payload)
    assert err.value.field == named
