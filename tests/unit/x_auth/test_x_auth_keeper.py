import re

import pytest
from fakes.state import make_ctx

from devnet.chain.context import Context
from devnet.chain.errors import UnknownAccount
from devnet.crypto.addresses import to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address
from devnet.x.auth.keeper import Account, AccountKeeper
from devnet.x.auth.module import AuthModule

KEEPER = AccountKeeper(prefix="tgrade")
MODULE = AuthModule(KEEPER)
ANA, BEN = to_bech32("tgrade", bytes([1] * 20)), to_bech32("tgrade", bytes([2] * 20))


@pytest.fixture
def ctx() -> Context:
    return make_ctx()


def test_numbers_are_given_in_order_and_once(ctx: Context) -> None:
    for address in (BEN, ANA, BEN):
        KEEPER.ensure_account(ctx, address)
    assert KEEPER.get_account(ctx, BEN).number == 0
    assert KEEPER.get_account(ctx, ANA).number == 1
    assert [address for address, _ in KEEPER.accounts(ctx)] == [ANA, BEN]


def test_an_unknown_account_is_none_or_an_error(ctx: Context) -> None:
    assert KEEPER.find_account(ctx, ANA) is None
    with pytest.raises(UnknownAccount, match=ANA):
        KEEPER.get_account(ctx, ANA)


def test_an_address_of_another_chain_is_refused(ctx: Context) -> None:
    with pytest.raises(InvalidAddress):
        KEEPER.ensure_account(ctx, to_bech32("cosmos", bytes(20)))


def test_an_account_is_stored_under_its_raw_address(ctx: Context) -> None:
    account = Account(bytes(33), 5, 7)
    KEEPER.put_account(ctx, ANA, account)
    assert ctx.store("auth").get(b"\x01" + bytes([1] * 20)) is not None
    assert KEEPER.get_account(ctx, ANA) == account


def entry(address: object = ANA, **changes: Json) -> dict[str, Json]:
    plain: dict[str, Json] = {
        "address": str(address),
        "pub_key": "",
        "account_number": "4",
        "sequence": "0",
    }
    return plain | changes


def test_genesis_accounts_keep_their_numbers_and_later_ones_count_on(ctx: Context) -> None:
    MODULE.init_genesis(ctx, {"accounts": [entry(), entry(BEN, account_number="2")]})
    KEEPER.ensure_account(ctx, to_bech32("tgrade", bytes(20)))
    assert KEEPER.get_account(ctx, to_bech32("tgrade", bytes(20))).number == 5


def test_what_is_exported_can_be_imported(ctx: Context) -> None:
    KEEPER.put_account(ctx, ANA, Account(bytes(33), 5, 7))
    KEEPER.ensure_account(ctx, BEN)
    again = make_ctx()
    MODULE.init_genesis(again, MODULE.export_genesis(ctx))
    assert MODULE.export_genesis(again) == MODULE.export_genesis(ctx)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"address": "ana"}, "auth.accounts[0].address"),
        ({"account_number": "-1"}, "auth.accounts[0].account_number"),
        ({"sequence": True}, "auth.accounts[0].sequence"),
        ({"pub_key": "?"}, "auth.accounts[0].pub_key"),
        ({"balance": "1"}, "auth.accounts[0].balance"),
    ],
)
def test_a_wrong_genesis_account_is_named(
    ctx: Context, changes: dict[str, Json], named: str
) -> None:
    with pytest.raises((InvalidMessage, InvalidAddress), match=re.escape(f"{named}: ")):
        MODULE.init_genesis(ctx, {"accounts": [entry() | changes]})


def test_an_account_can_be_asked_for(ctx: Context) -> None:
    KEEPER.put_account(ctx, ANA, Account(b"", 5, 7))
    answer = MODULE.query_handlers()["account"](ctx, {"address": ANA})
    assert answer == {"account": entry(account_number="5", sequence="7")}
    assert MODULE.query_handlers()["accounts"](ctx, {}) == {
        "accounts": [entry(account_number="5", sequence="7")]
    }
    with pytest.raises(UnknownAccount):
        MODULE.query_handlers()["account"](ctx, {"address": BEN})


def test_stored_keys_are_described_in_words(ctx: Context) -> None:
    KEEPER.ensure_account(ctx, ANA)
    said = [MODULE.describe(key, value) for key, value in ctx.store("auth").iterate()]
    assert [(line.subject, line.value) for line in said] == [
        (f"account {ANA}", "number 0, sequence 0"),
        ("next account number", "1"),
    ]
    assert MODULE.describe(b"?", b"x").subject == "auth 0x3f"


def test_an_address_in_capitals_is_the_same_account(ctx: Context) -> None:
    KEEPER.ensure_account(ctx, ANA)
    assert KEEPER.find_account(ctx, Address(ANA.upper())) is not None
