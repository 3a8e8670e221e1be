import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.bank_chain import BankChain

from devnet.chain.envelope import (
    AuthInfo,
    Fee,
    ModeInfo,
    ProtoAny,
    ProtoCoin,
    SignerInfo,
    SingleMode,
    TxBody,
    TxRaw,
)
from devnet.chain.errors import InvalidTx, UnknownMessage
from devnet.chain.tx import decode_tx, read_coins, tx_hash
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.protobuf import decode, encode, length_prefixed

CHAIN = BankChain({"ana": "100utgd", "ben": "100utgd"})
GOOD = decode(TxRaw, CHAIN.tx("ana", CHAIN.send("ana", "ben", "5utgd"), fee="2utgd"))
BODY = decode(TxBody, GOOD.body_bytes)
AUTH = decode(AuthInfo, GOOD.auth_info_bytes)
SIGNER = AUTH.signer_infos[0]

Spoiled = Callable[[], TxRaw]


def body(changed: TxBody) -> TxRaw:
    return replace(GOOD, body_bytes=encode(changed))


def fee(changed: Fee) -> TxRaw:
    auth = replace(AUTH, fee=encode(changed))
    return replace(GOOD, auth_info_bytes=encode(auth))


def signer(changed: SignerInfo) -> TxRaw:
    return replace(GOOD, auth_info_bytes=encode(replace(AUTH, signer_infos=(changed,))))


def key(type_url: str, value: bytes) -> TxRaw:
    return signer(replace(SIGNER, public_key=encode(ProtoAny(type_url, value))))


def read(raw: bytes) -> None:
    decode_tx(raw, CHAIN.app.router)


def test_a_good_transaction_is_read_whole() -> None:
    tx = decode_tx(encode(GOOD), CHAIN.app.router)
    assert tx.messages == (CHAIN.send("ana", "ben", "5utgd"),)
    assert (tx.memo, tx.timeout_height, tx.size) == ("", 0, len(encode(GOOD)))
    assert (str(tx.fee.amount), tx.fee.gas_limit, tx.fee.payer) == ("2utgd", 1_000_000, "")
    assert tx.signers[0].public_key == CHAIN.people["ana"].key.public_key


def test_a_transaction_is_named_by_the_hash_of_its_bytes() -> None:
    assert tx_hash(b"tx") == hashlib.sha256(b"tx").digest()


SPOILED: dict[str, tuple[str, Spoiled]] = {
    "messages": ("messages", lambda: body(replace(BODY, messages=()))),
    "body": ("TxBody", lambda: replace(GOOD, body_bytes=b"\x7a\x01a")),
    "extension": (
        "extension_options",
        lambda: body(replace(BODY, extension_options=(ProtoAny("/x", b""),))),
    ),
    "memo": ("TxBody.memo", lambda: replace(GOOD, body_bytes=GOOD.body_bytes + b"\x10\x01")),
    "auth info": ("protobuf", lambda: replace(GOOD, auth_info_bytes=b"\x0a\x05a")),
    "signer key type": (
        "signer_infos[0].public_key",
        lambda: key("/cosmos.crypto.ed25519.PubKey", b""),
    ),
    "signer key": ("PublicKey.key", lambda: key("/cosmos.crypto.secp256k1.PubKey", b"\x08\x01")),
    "sign mode": (
        "signer_infos[0].mode_info",
        lambda: signer(replace(SIGNER, mode_info=encode(ModeInfo(SingleMode(127))))),
    ),
    "no sign mode": (
        "signer_infos[0].mode_info",
        lambda: signer(replace(SIGNER, mode_info=b"")),
    ),
    "fee denom": ("fee.amount[0].denom", lambda: fee(Fee((ProtoCoin("u", "1"),)))),
    "fee amount": ("fee.amount[0].amount", lambda: fee(Fee((ProtoCoin("utgd", "-1"),)))),
    "fee granter": ("fee.granter", lambda: fee(Fee(granter="tgrade1x"))),
}


@pytest.mark.parametrize(("field", "spoil"), SPOILED.values(), ids=SPOILED)
def test_a_wrong_part_of_the_envelope_is_named(field: str, spoil: Spoiled) -> None:
    with pytest.raises(InvalidTx) as err:
        read(encode(spoil()))
    assert err.value.field == field
    assert (err.value.codespace, err.value.code) == ("sdk", 2)


def test_an_unknown_message_is_named() -> None:
    with pytest.raises(
        UnknownMessage, match=r"MsgSendd.*did you mean '/cosmos.bank.v1beta1.MsgSend"
    ):
        read(encode(body(TxBody((ProtoAny("/cosmos.bank.v1beta1.MsgSendd", b""),)))))


@pytest.mark.parametrize("raw", [b"", b"\x00", b"no transaction", b"\x0a\xff\xff\xff\xff\x0f"])
def test_bytes_that_are_no_transaction_are_refused(raw: bytes) -> None:
    with pytest.raises(TxError):
        read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        encode(GOOD) + encode(replace(GOOD, signatures=())),
        b"\x1a" + length_prefixed(GOOD.signatures[0]) + encode(replace(GOOD, signatures=())),
        encode(GOOD).replace(b"\x1a\x40", b"\x1a\xc0\x00"),
    ],
    ids=["fields twice", "out of order", "longer length"],
)
def test_a_second_spelling_of_a_transaction_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidTx, match="out of order") as err:
        read(raw)
    assert err.value.field == "TxRaw"


def test_coins_are_sorted_and_stand_once() -> None:
    a, b = ProtoCoin("aaa", "1"), ProtoCoin("bbb", "2")
    assert read_coins((a, b), field="amount") == "1aaa,2bbb"
    for wrong in ((b, a), (a, a)):
        with pytest.raises(InvalidMessage, match=r"amount\[1\]\.denom: sort"):
            read_coins(wrong, field="amount")
    with pytest.raises(InvalidMessage, match=r"amount\[0\]\.amount: an amount of zero"):
        read_coins((ProtoCoin("aaa", "0"),), field="amount")
