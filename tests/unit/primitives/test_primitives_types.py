import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.primitives.errors import InvalidCoins, InvalidMessage, MissingExtra, TxError
from devnet.primitives.types import MAX_UINT128, Coin, Coins, Denom, parse_denom, parse_uint

DENOMS = st.sampled_from(["utgd", "uatom", "ibc/AB:c.d-e_f"]).map(Denom)
COINS = st.lists(st.builds(Coin, DENOMS, st.integers(0, 10**9)), max_size=6)


@pytest.mark.parametrize("value", [0, 7, "7", "007", 2**64 - 1, str(2**64 - 1)])
def test_whole_numbers_are_read_from_numbers_and_digits(value: object) -> None:
    assert parse_uint(value, bits=64, field="weight") == int(str(value))


@pytest.mark.parametrize(
    "value",
    [-1, 2**64, "-1", "+1", " 1", "1_000", "1.0", "", "٣", "9" * 10_000, 1.0, True, None, b"1"],
    ids=lambda value: repr(value)[:12],
)
def test_anything_else_is_refused_by_field(value: object) -> None:
    with pytest.raises(InvalidMessage, match=r"^weight: ") as caught:
        parse_uint(value, bits=64, field="weight")
    assert caught.value.field == "weight"


@pytest.mark.parametrize("denom", ["utgd", "abc", "a/:._-9", "A" * 128, "ibc/27394FB092D2ECCD"])
def test_a_denomination_is_3_to_128_letters_and_digits(denom: str) -> None:
    assert parse_denom(denom) == denom


@pytest.mark.parametrize("denom", ["ab", "1abc", "A" * 129, "ut gd", "utgd\n", "", "ütgd", None])
def test_a_bad_denomination_is_refused(denom: object) -> None:
    with pytest.raises(InvalidCoins, match="a denomination is"):
        parse_denom(denom)


@given(coin=st.builds(Coin, DENOMS, st.integers(0, MAX_UINT128)))
def test_a_coin_reads_what_it_shows(coin: Coin) -> None:
    assert Coin.parse(str(coin)) == coin


@pytest.mark.parametrize(
    "text",
    ["utgd", "5", "5 utgd", "-5utgd", "5.5utgd", f"{2**128}utgd", "9" * 9999 + "utgd", "", 5],
    ids=lambda text: repr(text)[:12],
)
def test_a_bad_coin_is_refused(text: object) -> None:
    with pytest.raises(InvalidCoins):
        Coin.parse(text)


@given(coins=COINS)
def test_coins_are_sorted_summed_and_never_zero(coins: list[Coin]) -> None:
    whole = Coins.of(coins)
    denoms = [coin.denom for coin in whole]
    assert denoms == sorted(set(denoms))
    assert all(coin.amount for coin in whole)
    for denom in {coin.denom for coin in coins}:
        assert whole.amount_of(denom) == sum(c.amount for c in coins if c.denom == denom)
    assert Coins.parse(str(whole)) == whole
    assert len(whole) == len(denoms)
    assert bool(whole) == bool(denoms)


@given(left=COINS, right=COINS)
def test_adding_coins_is_summing_them(left: list[Coin], right: list[Coin]) -> None:
    assert Coins.of(left) + Coins.of(right) == Coins.of([*left, *right])


def test_coins_equal_any_spelling_of_their_text() -> None:
    coins = Coins.parse("5utgd, 3uatom")
    assert coins == "5utgd,3uatom"
    assert coins == "3uatom,5utgd"
    assert coins != "5utgd"
    assert coins != "nonsense"
    assert coins != 5
    assert hash(coins) == hash(Coins.parse("3uatom,5utgd"))


def test_coins_pass_through_and_a_coin_is_coins() -> None:
    coin = Coin.parse("5utgd")
    assert Coins.parse(coin) == Coins.parse(Coins.of([coin])) == "5utgd"
    assert Coins.parse("") == Coins()
    assert repr(Coins()) == "no coins"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5utgd,5utgd", "stands twice"),
        ("0utgd", "zero is left out"),
        ("5utgd,", "digits and the denomination"),
        (5, "write coins as text"),
        (None, "write coins as text"),
    ],
)
def test_bad_coins_are_refused_and_the_error_says_why(text: object, said: str) -> None:
    with pytest.raises(InvalidCoins, match=said):
        Coins.parse(text)


def test_sums_beyond_128_bits_are_refused() -> None:
    most = Coin(Denom("utgd"), MAX_UINT128)
    with pytest.raises(InvalidCoins, match="passes"):
        Coins.of([most, Coin(Denom("utgd"), 1)])
    with pytest.raises(InvalidCoins, match="never negative"):
        Coins.of([Coin(Denom("utgd"), -1)])


def test_errors_carry_their_facts() -> None:
    error = InvalidMessage("weight", "too heavy")
    assert (error.codespace, error.code, error.reason) == ("sdk", 18, "too heavy")
    assert (TxError.codespace, TxError.code) == ("devnet", 1)
    missing = MissingExtra("numpy", "pip install 'poe-devnet[sweep]'")
    assert str(missing) == "numpy is not installed; run: pip install 'poe-devnet[sweep]'"
