import pytest

from devnet.chain.params import Params, coins_of_json, coins_to_json
from devnet.crypto.addresses import to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Coins

ADDRESS = to_bech32("tgrade", bytes(20))


def params(**values: Json) -> Params:
    return Params(values, field="send", known=("to", "amount", "note", "list"))


def test_values_are_read_by_name() -> None:
    given = params(to=ADDRESS, amount="5", note="x")
    assert given.address("to", prefix="tgrade") == ADDRESS
    assert given.uint("amount", bits=64) == 5
    assert given.text("note") == "x"


def test_none_is_the_empty_object() -> None:
    assert Params(None, field="bank", known=("balances",)).items("balances") == []


def test_a_default_stands_in_for_what_is_missing() -> None:
    assert params().text("note", default="none") == "none"
    assert params().uint("amount", bits=8, default=0) == 0


@pytest.mark.parametrize("value", [[], "text", 5, True])
def test_anything_but_an_object_is_refused(value: Json) -> None:
    with pytest.raises(InvalidMessage, match="no object") as err:
        Params(value, field="app_state", known=())
    assert err.value.field == "app_state"


def test_an_unknown_name_is_refused_and_the_nearest_offered() -> None:
    with pytest.raises(InvalidMessage, match="did you mean 'amount'") as err:
        params(amont="5")
    assert err.value.field == "send.amont"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(InvalidMessage, match=r"send\.amount: missing"):
        params().uint("amount", bits=64)


@pytest.mark.parametrize("value", [-1, 1.5, "five", True, None, 2**64])
def test_a_wrong_number_is_named(value: Json) -> None:
    with pytest.raises(InvalidMessage) as err:
        params(amount=value).uint("amount", bits=64)
    assert err.value.field == "send.amount"


@pytest.mark.parametrize("value", [ADDRESS[:-1], to_bech32("cosmos", bytes(20)), "", 5, None])
def test_a_wrong_address_is_named(value: Json) -> None:
    with pytest.raises(InvalidAddress) as err:
        params(to=value).address("to", prefix="tgrade")
    assert err.value.field == "send.to"


def test_a_wrong_text_or_list_is_named() -> None:
    with pytest.raises(InvalidMessage, match=r"send\.note: 5 is no text"):
        params(note=5).text("note")
    with pytest.raises(InvalidMessage, match=r"send\.list: 5 is no list"):
        params(list=5).items("list")


def test_a_record_in_a_list_is_named_by_its_place() -> None:
    listed = params(list=[{"a": "1"}, {"a": "x"}]).records("list", known=("a",))
    assert listed[0].uint("a", bits=8) == 1
    with pytest.raises(InvalidMessage, match=r"send\.list\[1\]\.a"):
        listed[1].uint("a", bits=8)


def test_coins_are_summed_sorted_and_zeros_dropped() -> None:
    listed: Json = [
        {"denom": "utgd", "amount": "2"},
        {"denom": "atom", "amount": "1"},
        {"denom": "utgd", "amount": "3"},
        {"denom": "zero", "amount": "0"},
    ]
    assert coins_of_json(listed, field="funds") == "1atom,5utgd"


def test_coins_go_out_as_they_come_in() -> None:
    coins = Coins.parse("1atom,5utgd")
    assert coins_of_json(coins_to_json(coins), field="funds") == coins


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        ("5utgd", "funds"),
        (["5utgd"], "funds[0]"),
        ([{"denom": "utgd"}], "funds[0].amount"),
        ([{"denom": "u", "amount": "1"}], "funds[0].denom"),
        ([{"denom": "utgd", "amount": "-1"}], "funds[0].amount"),
        ([{"denom": "utgd", "amount": str(2**128)}], "funds[0].amount"),
        ([{"denom": "utgd", "amount": "1", "x": 1}], "funds[0].x"),
        ([{"denom": "utgd", "amount": str(2**128 - 1)}] * 2, "funds"),
    ],
)
def test_wrong_coins_are_named_by_their_place(listed: Json, named: str) -> None:
    with pytest.raises(InvalidMessage) as err:
        coins_of_json(listed, field="funds")
    assert err.value.field == named
