import pytest
from fakes.state import contents, make_ctx

from devnet.chain.context import Context
from devnet.chain.errors import InsufficientFunds
from devnet.crypto.addresses import module_address, to_bech32
from devnet.primitives.errors import InvalidCoins
from devnet.primitives.types import Address, Coins
from devnet.x.bank.keeper import BankKeeper

ANA, BEN = to_bech32("tgrade", bytes([1] * 20)), to_bech32("tgrade", bytes([2] * 20))


class Accounts:
    """Remembers in the store who got an account."""

    def ensure_account(self, ctx: Context, address: Address) -> None:
        ctx.store("auth").set(address.encode(), b"open")


BANK = BankKeeper(Accounts(), prefix="tgrade")


@pytest.fixture
def ctx() -> Context:
    ctx = make_ctx()
    BANK.import_balance(ctx, ANA, Coins.parse("10atom,100utgd"))
    return ctx


def said(ctx: Context) -> list[tuple[str, dict[str, str]]]:
    return [(event.type, {a.key: a.value for a in event.attributes}) for event in ctx.events]


def test_coins_move_and_supply_stays(ctx: Context) -> None:
    BANK.send(ctx, ANA, BEN, Coins.parse("4atom,30utgd"))
    assert BANK.balances(ctx, ANA) == "6atom,70utgd"
    assert BANK.balances(ctx, BEN) == "4atom,30utgd"
    assert BANK.total_supply(ctx) == "10atom,100utgd"
    assert BANK.get_balance(ctx, BEN, "utgd").amount == 30
    assert BANK.get_balance(ctx, BEN, "none").amount == 0


def test_a_transfer_says_who_spent_who_received_and_both(ctx: Context) -> None:
    BANK.send(ctx, ANA, BEN, Coins.parse("4atom,30utgd"))
    amount = "4atom,30utgd"
    assert said(ctx) == [
        ("coin_spent", {"spender": ANA, "amount": amount}),
        ("coin_received", {"receiver": BEN, "amount": amount}),
        ("transfer", {"recipient": BEN, "sender": ANA, "amount": amount}),
    ]


def test_who_receives_coins_gets_an_account(ctx: Context) -> None:
    assert ctx.store("auth").get(BEN.encode()) is None
    BANK.send(ctx, ANA, BEN, Coins.parse("1utgd"))
    assert ctx.store("auth").get(BEN.encode()) == b"open"


def test_paying_oneself_changes_nothing(ctx: Context) -> None:
    before = contents(ctx)
    BANK.send(ctx, ANA, ANA, Coins.parse("100utgd"))
    assert contents(ctx) == before


def test_no_coins_are_no_transfer(ctx: Context) -> None:
    BANK.send(ctx, ANA, BEN, Coins())
    BANK.mint(ctx, "validator", Coins())
    BANK.burn(ctx, "validator", Coins())
    assert not ctx.events
    assert ctx.store("auth").get(BEN.encode()) is None


@pytest.mark.parametrize("amount", ["101utgd", "10atom,101utgd", "1none"])
def test_nobody_pays_more_than_they_hold(ctx: Context, amount: str) -> None:
    with pytest.raises(InsufficientFunds) as err:
        BANK.send(ctx, ANA, BEN, Coins.parse(amount))
    assert (err.value.address, err.value.needs) == (ANA, Coins.parse(amount))
    assert (err.value.codespace, err.value.code) == ("sdk", 5)


def test_the_error_says_what_there_is_and_what_was_needed(ctx: Context) -> None:
    with pytest.raises(InsufficientFunds, match=f"{ANA} holds 10atom but needs 10atom,1none"):
        BANK.send(ctx, ANA, BEN, Coins.parse("10atom,1none"))
    with pytest.raises(InsufficientFunds, match="holds nothing but needs 1utgd"):
        BANK.send(ctx, BEN, ANA, Coins.parse("1utgd"))


def test_minting_raises_the_supply_in_a_modules_account(ctx: Context) -> None:
    BANK.mint(ctx, "validator", Coins.parse("5utgd"))
    module = BANK.module_account("validator")
    assert module == to_bech32("tgrade", module_address("validator"))
    assert BANK.balances(ctx, module) == "5utgd"
    assert BANK.get_supply(ctx, "utgd").amount == 105
    assert [event.type for event in ctx.events] == ["coin_received", "coinbase"]
    assert ctx.events[-1]["minter"] == module
    BANK.send_from_module(ctx, "validator", BEN, Coins.parse("5utgd"))
    assert BANK.balances(ctx, BEN) == "5utgd"


def test_burning_lowers_the_supply(ctx: Context) -> None:
    BANK.send_to_module(ctx, ANA, "validator", Coins.parse("100utgd"))
    BANK.burn(ctx, "validator", Coins.parse("40utgd"))
    BANK.burn_from(ctx, ANA, Coins.parse("10atom"))
    assert BANK.total_supply(ctx) == "60utgd"
    assert [event.type for event in ctx.events[3:]] == ["coin_spent", "burn", "coin_spent", "burn"]
    assert ctx.events[-1]["burner"] == ANA


def test_burning_more_than_there_is_is_refused(ctx: Context) -> None:
    with pytest.raises(InsufficientFunds):
        BANK.burn(ctx, "validator", Coins.parse("1utgd"))


def test_supply_never_passes_uint128(ctx: Context) -> None:
    with pytest.raises(InvalidCoins, match="supply"):
        BANK.mint(ctx, "validator", Coins.parse(f"{2**128 - 100}utgd"))


def test_what_is_zero_is_not_stored(ctx: Context) -> None:
    BANK.burn_from(ctx, ANA, Coins.parse("10atom"))
    assert not [key for key in contents(ctx) if key.endswith(b"atom")]


def test_balances_and_supply_have_the_layout_of_the_cosmos_sdk(ctx: Context) -> None:
    store = ctx.store("bank")
    assert store.get(b"\x02\x14" + bytes([1] * 20) + b"utgd") == b"100"
    assert store.get(b"\x00utgd") == b"100"


def test_addresses_of_other_lengths_do_not_mix(ctx: Context) -> None:
    long = to_bech32("tgrade", bytes([1] * 32))
    BANK.send(ctx, ANA, long, Coins.parse("1utgd"))
    assert BANK.balances(ctx, ANA) == "10atom,99utgd"
    assert BANK.balances(ctx, long) == "1utgd"
    assert [(address, str(coin)) for address, coin in BANK.holders(ctx)] == [
        (ANA, "10atom"),
        (ANA, "99utgd"),
        (long, "1utgd"),
    ]
