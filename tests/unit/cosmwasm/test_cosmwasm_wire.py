"""Every annotation on the wire, in its four directions."""

from typing import Any

import pytest

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.cosmwasm.kinds import kind_of, plain, words_of
from devnet.cosmwasm.wire import Uint64, Uint128, UncheckedAddress
from devnet.primitives.canonical_json import Json
from devnet.primitives.decimals import Decimal
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.primitives.types import (
    MAX_UINT64,
    MAX_UINT128,
    Address,
    Coin,
    Coins,
    Denom,
    Timestamp,
    Weight,
)

HALF = Decimal.parse("0.5")
FIVE = Coin(Denom("utgd"), 5)


def check(text: str) -> Address:
    if not text.startswith("tgrade1"):
        raise Refuse(f"{text} is no address")
    return Address(text)


def resolve(value: object) -> str:
    return f"tgrade1{value}"


PAIRS: list[tuple[Any, Any, Json]] = [
    (int, 5, 5),
    (Weight, MAX_UINT64, MAX_UINT64),
    (Uint64, 5, "5"),
    (Uint128, MAX_UINT128, str(MAX_UINT128)),
    (Timestamp, 1_660_000_000_000_000_000, "1660000000000000000"),
    (str, "a", "a"),
    (bool, True, True),
    (Address, "tgrade1ann", "tgrade1ann"),
    (UncheckedAddress, "anything", "anything"),
    (Denom, "utgd", "utgd"),
    (bytes, b"ab", "YWI="),
    (Decimal, HALF, "0.5"),
    (Coin, FIVE, {"denom": "utgd", "amount": "5"}),
    (Coins, Coins.of([FIVE]), [{"denom": "utgd", "amount": "5"}]),
    (Coins, Coins(), []),
    (None, None, None),
    (Json, {"a": [1, None]}, {"a": [1, None]}),
    (Any, [1], [1]),
]


@pytest.mark.parametrize(
    ("annotation", "value", "json"), PAIRS, ids=[f"{words_of(p[0])}-{p[1]}" for p in PAIRS]
)
def test_a_value_and_its_json_are_one(annotation: Any, value: Any, json: Json) -> None:
    kind = kind_of(annotation)

    assert kind.read(json, check) == value
    assert kind.write(value) == json
    assert kind.show(json) == value


WRONG: list[tuple[Any, Any]] = [
    (int, "5"),
    (int, True),
    (int, -1),
    (int, MAX_UINT64 + 1),
    (int, None),
    (Uint128, 5),
    (Uint128, "-5"),
    (Uint128, "5.0"),
    (Uint128, "\N{ARABIC-INDIC DIGIT FIVE}"),
    (Uint128, ""),
    (Uint128, str(MAX_UINT128 + 1)),
    (Uint64, str(MAX_UINT64 + 1)),
    (Uint64, "1" * 5_000),
    (str, 5),
    (bool, 1),
    (bool, "true"),
    (Address, 5),
    (bytes, "YWI"),
    (bytes, "not base64!"),
    (bytes, 5),
    (Decimal, 5),
    (Decimal, "5e1"),
    (Decimal, "0.1234567890123456789"),
    (Coin, "5utgd"),
    (Coin, {"denom": "utgd"}),
    (Coin, {"denom": "utgd", "amount": 5}),
    (Coin, {"denom": "utgd", "amount": "5", "more": 1}),
    (Coins, {"denom": "utgd", "amount": "5"}),
    (None, 0),
]


@pytest.mark.parametrize(("annotation", "json"), WRONG)
def test_json_of_another_kind_is_refused(annotation: Any, json: Any) -> None:
    with pytest.raises(InvalidMessage):
        kind_of(annotation).read(json, check)


def test_an_address_is_checked_where_it_comes_from_outside() -> None:
    with pytest.raises(Refuse, match="nobody is no address"):
        kind_of(Address).read("nobody", check)
    assert kind_of(Address).read("nobody", None) == "nobody"
    assert kind_of(UncheckedAddress).read("nobody", check) == "nobody"
    with pytest.raises(InvalidMessage):
        kind_of(Denom).read("5", check)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [(int, -1), (int, MAX_UINT64 + 1), (Uint128, MAX_UINT128 + 1), (Uint64, MAX_UINT64 + 1)],
)
def test_what_does_not_fit_is_an_overflow_never_a_wrap(annotation: Any, value: int) -> None:
    with pytest.raises(Overflow, match=str(value)):
        kind_of(annotation).write(value)


def test_a_decimal_beyond_its_range_is_an_overflow() -> None:
    with pytest.raises(Overflow):
        kind_of(Decimal).write(Decimal(MAX_UINT128 + 1))


@pytest.mark.parametrize(
    ("annotation", "value"),
    [(int, "5"), (int, True), (Uint128, "5"), (str, 5), (Address, 5), (bytes, "a"),
     (Decimal, "0.5"), (Coin, "5utgd"), (Coins, [FIVE])],
)  # fmt: skip
def test_a_value_of_another_kind_is_not_written(annotation: Any, value: Any) -> None:
    with pytest.raises(InvalidMessage):
        kind_of(annotation).write(value)


DRAFTS: list[tuple[Any, Any, Json]] = [
    (int, "5", 5),
    (Uint128, 5, "5"),
    (Uint128, "5", "5"),
    (Address, "ann", "tgrade1ann"),
    (UncheckedAddress, "ann", "tgrade1ann"),
    (bytes, b"ab", "YWI="),
    (bytes, "YWI=", "YWI="),
    (Decimal, "0.50", "0.5"),
    (Decimal, 1, "1"),
    (Decimal, HALF, "0.5"),
    (Coin, "5utgd", {"denom": "utgd", "amount": "5"}),
    (Coin, FIVE, {"denom": "utgd", "amount": "5"}),
    (Coin, {"denom": "utgd", "amount": "5"}, {"denom": "utgd", "amount": "5"}),
    (Coins, "5utgd", [{"denom": "utgd", "amount": "5"}]),
    (Coins, ["5utgd", FIVE], [{"denom": "utgd", "amount": "10"}]),
    (Coins, "", []),
    (str, "text", "text"),
]


@pytest.mark.parametrize(("annotation", "typed", "json"), DRAFTS)
def test_people_may_spell_a_value_in_several_ways(annotation: Any, typed: Any, json: Json) -> None:
    assert kind_of(annotation).draft(typed, resolve) == json


@pytest.mark.parametrize(
    ("annotation", "typed"),
    [(int, 0.5), (int, "five"), (Uint128, -1), (bytes, "!"), (bytes, 5), (Decimal, 0.5), (str, 5),
     (Coin, "utgd"), (Coins, 5)],
)  # fmt: skip
def test_people_are_told_what_belongs_there(annotation: Any, typed: Any) -> None:
    with pytest.raises((InvalidMessage, InvalidCoins)):
        kind_of(annotation).draft(typed, resolve)


def test_undeclared_values_are_spelled_by_their_type() -> None:
    value = {"n": 1, "c": FIVE, "d": HALF, "b": b"a", "l": (True, None), "cs": Coins()}

    assert plain(value) == {
        "n": 1,
        "c": {"denom": "utgd", "amount": "5"},
        "d": "0.5",
        "b": "YQ==",
        "l": [True, None],
        "cs": [],
    }
    with pytest.raises(InvalidMessage, match="has no spelling in JSON"):
        plain(object())
