import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from fakes.bank_chain import CHAIN_ID, GAS, PREFIX, BankChain, Person

from devnet.abci import TxResult
from devnet.chain.envelope import (
    SECP256K1_KEY,
    AuthInfo,
    Fee,
    ProtoAny,
    ProtoCoin,
    PublicKey,
    SignDoc,
    TxRaw,
)
from devnet.chain.errors import (
    InsufficientFee,
    InsufficientFunds,
    InvalidPublicKey,
    InvalidSignature,
    InvalidTx,
    MemoTooLarge,
    NoSignatures,
    OutOfGas,
    SequenceMismatch,
    TxTimeout,
    Unauthorized,
    UnknownAccount,
)
from devnet.chain.module import Handler, Module
from devnet.chain.tx import Msg, MsgResult
from devnet.crypto.addresses import to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.errors import TxError
from devnet.primitives.protobuf import decode, encode, field
from devnet.primitives.types import Address


@dataclass(frozen=True, slots=True)
class MsgAgree(Msg):
    """Something that needs two signatures."""

    type_url = "/devnet.agree.v1.MsgAgree"

    one: str = field(1, "string")
    other: str = field(2, "string")

    def signers(self) -> tuple[Address, ...]:
        return Address(self.one), Address(self.other)


class Agree(Module):
    name = "agree"

    def message_handlers(self) -> dict[type[Msg], Handler]:
        return {MsgAgree: lambda _ctx, _msg: MsgResult()}


@pytest.fixture
def chain() -> BankChain:
    return BankChain({"ana": "1000utgd", "ben": "1000utgd"}, modules=[Agree()])


def unsigned(
    chain: BankChain, *names: str, msg: Msg | None = None, fee: Fee | None = None
) -> TxRaw:
    """A payment by ana or a message, with signer infos of these people."""
    asked = msg or chain.send("ana", "ben", "5utgd")
    raw = decode(TxRaw, chain.tx("ana", asked))
    auth = decode(AuthInfo, raw.auth_info_bytes)
    infos = tuple(
        replace(
            auth.signer_infos[0],
            public_key=encode(
                ProtoAny(SECP256K1_KEY, encode(PublicKey(chain.people[name].key.public_key)))
            ),
            sequence=chain.sequence(name),
        )
        for name in names
    )
    changed = AuthInfo(infos, encode(fee) if fee else auth.fee)
    return replace(raw, auth_info_bytes=encode(changed), signatures=())


def signed(chain: BankChain, raw: TxRaw, *names: str) -> bytes:
    signatures = []
    for name in names:
        ctx = chain.app.query_context()
        number = chain.accounts.get_account(ctx, chain.people[name].address).number
        doc = SignDoc(raw.body_bytes, raw.auth_info_bytes, CHAIN_ID, number)
        signatures.append(chain.people[name].key.sign(encode(doc)))
    return encode(replace(raw, signatures=tuple(signatures)))


def refused(chain: BankChain, tx: bytes, error: type[TxError]) -> TxError:
    """Deliver a transaction the ante must refuse; nothing may have changed."""
    before = chain.contents()
    [result] = chain.block(tx)
    assert isinstance(result.error, error), result.log
    assert (result.code, result.codespace) == (error.code, error.codespace)
    assert result.events == ()
    assert chain.contents() == before
    return result.error


def test_the_first_transaction_brings_the_key_and_later_ones_need_not(chain: BankChain) -> None:
    chain.block(chain.tx("ana", chain.send("ana", "ben", "5utgd")))
    ctx = chain.app.query_context()
    account = chain.accounts.get_account(ctx, chain.people["ana"].address)
    assert account.public_key == chain.people["ana"].key.public_key
    assert account.sequence == 1
    raw = decode(TxRaw, chain.tx("ana", chain.send("ana", "ben", "5utgd")))
    auth = decode(AuthInfo, raw.auth_info_bytes)
    without = replace(auth, signer_infos=(replace(auth.signer_infos[0], public_key=b""),))
    [result] = chain.block(signed(chain, replace(raw, auth_info_bytes=encode(without)), "ana"))
    assert result.code == 0


def test_fee_and_sequence_are_announced(chain: BankChain) -> None:
    ana = chain.people["ana"].address
    [result] = chain.block(chain.tx("ana", chain.send("ana", "ben", "5utgd"), fee="2utgd"))
    said = [event for event in result.events if event.type == "tx"]
    assert [(a.key, a.value) for event in said for a in event.attributes] == [
        ("fee", "2utgd"),
        ("fee_payer", ana),
        ("acc_seq", f"{ana}/0"),
    ]


def test_the_fee_goes_to_the_fee_collector(chain: BankChain) -> None:
    chain.block(chain.tx("ana", chain.send("ana", "ben", "5utgd"), fee="2utgd"))
    ctx = chain.app.query_context()
    assert chain.bank.balances(ctx, chain.bank.module_account("fee_collector")) == "2utgd"
    assert chain.balance("ana") == "993utgd"


def test_a_wrong_sequence_says_what_was_expected_and_what_came(chain: BankChain) -> None:
    ahead = chain.tx("ana", chain.send("ana", "ben", "5utgd"), ahead=3)
    error = refused(chain, ahead, SequenceMismatch)
    assert "account sequence mismatch, expected 0, got 3" in str(error)


def test_a_transaction_cannot_be_delivered_twice(chain: BankChain) -> None:
    tx = chain.tx("ana", chain.send("ana", "ben", "5utgd"))
    assert chain.block(tx)[0].code == 0
    assert "expected 1, got 0" in str(refused(chain, tx, SequenceMismatch))


Spoil = Callable[[BankChain], bytes]


def pay(chain: BankChain) -> Msg:
    return chain.send("ana", "ben", "5utgd")


def other_key(chain: BankChain) -> bytes:
    return signed(chain, unsigned(chain, "ben"), "ben")


def short_key(chain: BankChain) -> bytes:
    raw = unsigned(chain, "ana")
    auth = decode(AuthInfo, raw.auth_info_bytes)
    short = encode(ProtoAny(SECP256K1_KEY, encode(PublicKey(b"short"))))
    info = replace(auth.signer_infos[0], public_key=short)
    return signed(
        chain, replace(raw, auth_info_bytes=encode(replace(auth, signer_infos=(info,)))), "ana"
    )


def no_key(chain: BankChain) -> bytes:
    raw = unsigned(chain, "ana")
    auth = decode(AuthInfo, raw.auth_info_bytes)
    info = replace(auth.signer_infos[0], public_key=b"")
    return signed(
        chain, replace(raw, auth_info_bytes=encode(replace(auth, signer_infos=(info,)))), "ana"
    )


def spoiled_signature(chain: BankChain) -> bytes:
    tx = bytearray(chain.tx("ana", pay(chain)))
    tx[-1] ^= 1
    return bytes(tx)


def payer(chain: BankChain, address: str) -> bytes:
    return signed(chain, unsigned(chain, "ana", fee=Fee(gas_limit=GAS, payer=address)), "ana")


def stranger(chain: BankChain) -> bytes:
    eve = Person("eve")
    msg = replace(chain.send("ana", "ben", "5utgd"), from_address=eve.address)
    return signed(chain, unsigned(chain, "ana", msg=msg), "ana")


def foreign_sender(chain: BankChain) -> bytes:
    msg = replace(chain.send("ana", "ben", "5utgd"), from_address=to_bech32("cosmos", bytes(20)))
    return chain.tx("ana", msg)


SPOILED: dict[str, tuple[Spoil, type[TxError], str]] = {
    "no signature": (lambda c: encode(unsigned(c, "ana")), NoSignatures, "signatures: there is"),
    "two signatures": (
        lambda c: signed(c, unsigned(c, "ana"), "ana", "ana"),
        Unauthorized,
        "signatures: 2 given",
    ),
    "no signer": (lambda c: signed(c, unsigned(c), "ana"), Unauthorized, "signer_infos: 0 given"),
    "wrong signature": (spoiled_signature, InvalidSignature, "account number 0, sequence 0"),
    "wrong chain": (
        lambda c: c.tx("ana", pay(c), chain_id="other-1"),
        InvalidSignature,
        f"chain id {CHAIN_ID}",
    ),
    "key of another": (other_key, InvalidPublicKey, "public_key of .*another address"),
    "short key": (short_key, InvalidPublicKey, "public_key of .*5 bytes"),
    "no key": (no_key, InvalidPublicKey, "public_key of .*missing"),
    "memo": (lambda c: c.tx("ana", pay(c), memo="x" * 257), MemoTooLarge, "memo: 257"),
    "timeout": (lambda c: c.tx("ana", pay(c), timeout_height=1), TxTimeout, "timeout_height: 1"),
    "fee": (
        lambda c: c.tx("ana", pay(c), fee="5000utgd"),
        InsufficientFunds,
        "holds 1000utgd but needs 5000utgd",
    ),
    "gas": (lambda c: c.tx("ana", pay(c), gas=1000), OutOfGas, "gas wanted: 1000"),
    "payer": (lambda c: payer(c, "ana"), InvalidAddress, "fee.payer"),
    "payer who does not sign": (
        lambda c: payer(c, c.people["ben"].address),
        Unauthorized,
        "signer_infos: 1 given",
    ),
    "unknown account": (stranger, UnknownAccount, "send it some coins"),
    "foreign account": (foreign_sender, InvalidAddress, f"signer: .*{PREFIX}1"),
    "granter": (
        lambda c: signed(c, unsigned(c, "ana", fee=Fee((), GAS, "", "ana")), "ana"),
        InvalidTx,
        "fee.granter",
    ),
}


@pytest.mark.parametrize(("spoil", "error", "said"), SPOILED.values(), ids=SPOILED)
def test_what_is_wrong_is_named_and_costs_nothing(
    chain: BankChain, spoil: Spoil, error: type[TxError], said: str
) -> None:
    assert re.search(said, str(refused(chain, spoil(chain), error)))


def test_two_signers_sign_one_transaction(chain: BankChain) -> None:
    msg = MsgAgree(chain.people["ana"].address, chain.people["ben"].address)
    [result] = chain.block(signed(chain, unsigned(chain, "ana", "ben", msg=msg), "ana", "ben"))
    assert result.code == 0
    assert (chain.sequence("ana"), chain.sequence("ben")) == (1, 1)


def test_both_have_to_sign_for_themselves(chain: BankChain) -> None:
    msg = MsgAgree(chain.people["ana"].address, chain.people["ben"].address)
    raw = unsigned(chain, "ana", "ben", msg=msg)
    error = refused(chain, signed(chain, raw, "ana", "ana"), InvalidSignature)
    assert chain.people["ben"].address in str(error)


def test_another_may_pay_the_fee(chain: BankChain) -> None:
    fee = Fee((ProtoCoin("utgd", "7"),), GAS, chain.people["ben"].address)
    [result] = chain.block(signed(chain, unsigned(chain, "ana", "ben", fee=fee), "ana", "ben"))
    assert result.code == 0
    assert (chain.balance("ana"), chain.balance("ben")) == ("995utgd", "998utgd")


def test_a_chain_may_ask_for_a_least_fee() -> None:
    chain = BankChain({"ana": "1000utgd", "ben": ""}, least_fee="2utgd")
    error = refused(chain, chain.tx("ana", pay(chain), fee="1utgd"), InsufficientFee)
    assert "1utgd is offered, 2utgd is required" in str(error)
    [result] = chain.block(chain.tx("ana", pay(chain), fee="2utgd"))
    assert result.code == 0


def test_a_message_of_the_result_is_about_the_first_thing_wrong(chain: BankChain) -> None:
    tx = chain.tx("ana", pay(chain), fee="5000utgd", ahead=3)
    [result] = chain.block(tx)
    assert isinstance(result, TxResult)
    assert isinstance(result.error, InsufficientFunds)
