import re

import pytest
from fakes.bank_chain import PREFIX, BankChain
from fakes.state import make_ctx

from devnet.chain.module import Module
from devnet.chain.tx import Msg, ProtoCoin
from devnet.crypto.addresses import to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.types import Coins
from devnet.x.bank.messages import MsgBurn, MsgSend
from devnet.x.bank.module import BankModule


@pytest.fixture
def chain() -> BankChain:
    return BankChain({"ana": "10atom,100utgd", "ben": "5utgd"})


def module(chain: BankChain) -> Module:
    return chain.app.modules["bank"]


def test_a_signed_payment_arrives(chain: BankChain) -> None:
    [result] = chain.block(chain.tx("ana", chain.send("ana", "cho", "30utgd")))
    assert result.code == 0
    assert (chain.balance("ana"), chain.balance("cho")) == ("10atom,70utgd", "30utgd")
    assert result.events[-1].type == "transfer"


def test_a_first_payment_opens_an_account_that_can_sign(chain: BankChain) -> None:
    chain.block(chain.tx("ana", chain.send("ana", "cho", "30utgd")))
    [result] = chain.block(chain.tx("cho", chain.send("cho", "ana", "30utgd")))
    assert result.code == 0
    assert chain.balance("cho") == ""


def test_one_may_burn_ones_own_coins(chain: BankChain) -> None:
    burn = MsgBurn(chain.people["ana"].address, ProtoCoin.of(Coins.parse("100utgd")))
    [result] = chain.block(chain.tx("ana", burn))
    assert [event.type for event in result.events[2:]] == ["message", "coin_spent", "burn"]
    assert chain.app.query("bank", "supply", {"denom": "utgd"}) == {
        "amount": {"denom": "utgd", "amount": "5"}
    }


def test_an_overdraft_fails_and_says_who_has_what(chain: BankChain) -> None:
    [result] = chain.block(chain.tx("ben", chain.send("ben", "ana", "6utgd")))
    assert (result.code, result.codespace) == (5, "sdk")
    assert "holds 5utgd but needs 6utgd" in result.log
    assert chain.balance("ben") == "5utgd"


@pytest.mark.parametrize("named", ["to_address", "from_address"])
def test_an_address_of_another_chain_is_named(chain: BankChain, named: str) -> None:
    ana, foreign = chain.people["ana"].address, to_bech32("cosmos", bytes(20))
    wrong: dict[str, Msg] = {
        "to_address": MsgSend(ana, foreign, ProtoCoin.of(Coins.parse("5utgd"))),
        "from_address": MsgSend(foreign, ana, ProtoCoin.of(Coins.parse("5utgd"))),
    }
    ctx = make_ctx()
    with pytest.raises(InvalidAddress, match=f"{named}: .*begin with {PREFIX}1"):
        chain.app.router.handle(ctx, wrong[named])


def test_answers_have_the_shape_contracts_expect(chain: BankChain) -> None:
    ana = chain.people["ana"].address
    assert chain.app.query("bank", "balance", {"address": ana, "denom": "utgd"}) == {
        "amount": {"denom": "utgd", "amount": "100"}
    }
    assert chain.app.query("bank", "balance", {"address": ana, "denom": "none"}) == {
        "amount": {"denom": "none", "amount": "0"}
    }
    assert chain.app.query("bank", "all_balances", {"address": ana}) == {
        "amount": [{"denom": "atom", "amount": "10"}, {"denom": "utgd", "amount": "100"}]
    }


@pytest.mark.parametrize(
    ("name", "params", "named"),
    [
        ("balance", {"denom": "utgd"}, "balance.address"),
        ("balance", {"address": "ana", "denom": "utgd"}, "balance.address"),
        ("balance", {"address": "ANA", "denom": "u"}, "balance.denom"),
        ("all_balances", {"adress": "ANA"}, "all_balances.adress"),
        ("supply", {}, "supply.denom"),
    ],
)
def test_a_wrong_parameter_is_named(
    chain: BankChain, name: str, params: dict[str, Json], named: str
) -> None:
    ana = chain.people["ana"].address
    given: dict[str, Json] = {
        key: ana if value == "ANA" else value for key, value in params.items()
    }
    with pytest.raises(TxError, match=re.escape(f"{named}: ")):
        chain.app.query("bank", name, given)


def test_a_supply_in_genesis_must_be_the_sum_of_the_balances(chain: BankChain) -> None:
    exported = chain.app.export_genesis()["bank"]
    assert isinstance(exported, dict)
    supply: list[Json] = [{"denom": "utgd", "amount": "1"}]
    with pytest.raises(InvalidMessage, match="add up to 10atom,105utgd") as err:
        BankChain({}, app_state={"bank": exported | {"supply": supply}})
    assert err.value.field == "bank.supply"


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ([], "bank"),
        ({"balance": []}, "bank.balance"),
        ({"balances": [{"address": "ana", "coins": []}]}, "bank.balances[0].address"),
        ({"balances": [{"coins": []}]}, "bank.balances[0].address"),
        ({"balances": [{"address": "ANA"}]}, "bank.balances[0].coins"),
        (
            {"balances": [{"address": "ANA", "coins": [{"denom": "utgd", "amount": "x"}]}]},
            "bank.balances[0].coins[0].amount",
        ),
    ],
)
def test_a_wrong_genesis_balance_is_named(state: Json, named: str) -> None:
    ana = to_bech32(PREFIX, bytes(20))
    text = re.escape(f"{named}: ")
    state = _with_address(state, ana)
    with pytest.raises(TxError, match=text):
        BankChain({}, app_state={"bank": state})


def _with_address(state: Json, address: str) -> Json:
    match state:
        case list():
            return [_with_address(item, address) for item in state]
        case dict():
            return {key: _with_address(value, address) for key, value in state.items()}
        case "ANA":
            return address
        case _:
            return state


def test_stored_keys_are_described_in_words(chain: BankChain) -> None:
    ana = chain.people["ana"].address
    assert isinstance(module(chain), BankModule)
    said = [
        module(chain).describe(key[len(b"s/bank/") :], value)
        for key, value in chain.contents().items()
        if key.startswith(b"s/bank/")
    ]
    words = {line.subject: line.value for line in said}
    assert words["supply of utgd"] == "105"
    assert words[f"balance of {ana} in atom"] == "10"
    assert module(chain).describe(b"\x07", b"").subject == "bank 0x07"
