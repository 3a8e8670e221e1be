import json
from pathlib import Path
from typing import Any

import pytest
from fakes.bank_chain import BankChain

from devnet.chain.tx import ProtoCoin, build_tx, decode_tx
from devnet.crypto.secp256k1 import PrivateKey, verify
from devnet.primitives.types import Coins
from devnet.x.bank.messages import MsgSend

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "sign_documents.json").read_text()
)
CHAIN_ID, NUMBER = DATA["meta"]["chain_id"], DATA["meta"]["account_number"]
SIGNED = pytest.mark.parametrize(
    "signed", DATA["signed"], ids=lambda s: f"sequence {s['sequence']}"
)


def message() -> MsgSend:
    amount = ProtoCoin.of(Coins.parse(DATA["amount"]))
    return MsgSend(DATA["from_address"], DATA["to_address"], amount)


@SIGNED
def test_the_same_transaction_comes_out_byte_for_byte(signed: dict[str, Any]) -> None:
    key = PrivateKey.from_secret(bytes.fromhex(DATA["secret"]))
    built = build_tx(
        [message()],
        signer=(key, NUMBER, signed["sequence"]),
        fee=Coins.parse(DATA["fee"]),
        gas=DATA["gas"],
        chain_id=CHAIN_ID,
    )
    assert built.hex() == signed["tx"]


@SIGNED
def test_the_signed_bytes_of_a_foreign_transaction_are_found(signed: dict[str, Any]) -> None:
    tx = decode_tx(bytes.fromhex(signed["tx"]), BankChain({}).app.router)
    sign_bytes = tx.sign_bytes(CHAIN_ID, NUMBER)
    assert sign_bytes.hex() == signed["sign_bytes"]
    assert tx.messages == (message(),)
    assert verify(bytes.fromhex(DATA["public_key"]), sign_bytes, tx.signatures[0])
