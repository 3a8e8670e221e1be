"""Yardsticks: straight-line Python doing only the necessary work of a path.

Encode, hash, sign, verify, put: with the libraries the house uses, as near to their C
entry as Python gets, and nothing else. No object is built that the path does not need. A
figure of the house is a ratio against the yardstick of its path, measured in the same
process right before and after, so that it means the same on any machine.

Each function prepares what is not part of the path (keys, transactions) and returns an
action that does the work so many times.
"""

import hashlib
import struct
from collections.abc import Callable

import coincurve
import orjson
from coincurve.ecdsa import cdata_to_der, deserialize_compact
from nacl._sodium import ffi, lib  # type: ignore[import-not-found]  # compiled, no stub
from nacl.bindings import crypto_sign_seed_keypair

Action = Callable[[int], None]
"""Does the work of a path so many times."""

CHAIN_ID = b"2\x0cpoe-devnet-1"
SIGNATURE = 64
TRANSFERS_PER_BLOCK = 100


def empty_blocks(validators: int) -> Action:
    """Blocks without transactions: header encoded and hashed, one precommit of every
    validator encoded, signed and verified, the block put under its height.
    """
    keys = [
        crypto_sign_seed_keypair(hashlib.sha256(b"validator %d" % n).digest())
        for n in range(validators)
    ]
    length = ffi.new("unsigned long long *")
    signed = ffi.new("unsigned char[]", 1024)
    opened = ffi.new("unsigned char[]", 1024)
    sign, check, sha256 = lib.crypto_sign, lib.crypto_sign_open, hashlib.sha256

    def run(blocks: int) -> None:
        store: dict[bytes, bytes] = {}
        last = bytes(32)
        for height in range(1, blocks + 1):
            header = b"".join((CHAIN_ID, struct.pack("<qq", height, 5 * height), last * 8))
            last = sha256(header).digest()
            votes = []
            for public, secret in keys:
                # CanonicalVote: type, height, round, block id, time, chain id.
                vote = b"".join(
                    (
                        b"\x08\x02\x11",
                        struct.pack("<q", height),
                        b'"\x48\x0a\x20',
                        last,
                        b"\x12\x24\x08\x01\x12\x20",
                        last,
                        b"*\x0b\x08",
                        struct.pack("<q", 5 * height),
                        CHAIN_ID,
                    )
                )
                sign(signed, length, vote, len(vote), secret)
                signature = ffi.buffer(signed, SIGNATURE)[:]
                whole = signature + vote
                if check(opened, length, whole, len(whole), public) != 0:
                    raise AssertionError("a true signature failed")
                votes.append(signature)
            store[struct.pack(">q", height)] = b"".join((header, *votes))

    return run


def transfers(*, sign_too: bool = False) -> Action:
    """Signed payments: decode, hash, verify, move coins, raise the sequence, put the result.

    Votes of the blocks that hold them are left out. With ``sign_too`` the sender's own
    signature is part of the path, as it is where one verb signs and delivers.
    """
    key = coincurve.PrivateKey(hashlib.sha256(b"ana").digest())
    public = key.public_key.format()
    bodies = [_payment(n) for n in range(TRANSFERS_PER_BLOCK)]
    txs = [(body, _sign(key, body)) for body in bodies]

    def run(count: int) -> None:
        balances, sequences, results = {b"ana": 1 << 60, b"ben": 0}, {b"ana": 0}, {}
        for number in range(count):
            body, signature = txs[number % TRANSFERS_PER_BLOCK]
            if sign_too:
                signature = _sign(key, body)
            name, sender = _admit(body, signature, public, sequences)
            amount, to = int(sender["amount"]), sender["to"].encode()
            if balances[b"ana"] < amount:
                raise AssertionError("too little")
            balances[b"ana"] -= amount
            balances[to] = balances[to] + amount
            results[name] = orjson.dumps({"code": 0, "gas": 60_000, "log": ""})

    return run


def contract_calls() -> Action:
    """Signed calls of a contract that reads three values and writes three, all as JSON.

    The writes go to an overlay first, so that a failing call could be forgotten.
    """
    key = coincurve.PrivateKey(hashlib.sha256(b"ana").digest())
    public = key.public_key.format()
    bodies = [_payment(n) for n in range(TRANSFERS_PER_BLOCK)]
    txs = [(body, _sign(key, body)) for body in bodies]
    names = (b"first", b"second", b"third")

    def run(count: int) -> None:
        store = dict.fromkeys(names, b"0")
        sequences, results = {b"ana": 0}, {}
        for number in range(count):
            body, signature = txs[number % TRANSFERS_PER_BLOCK]
            name, message = _admit(body, signature, public, sequences)
            overlay: dict[bytes, bytes] = {}
            amount = int(message["amount"])
            for place in names:
                overlay[place] = orjson.dumps(orjson.loads(store[place]) + amount)
            store.update(overlay)
            results[name] = orjson.dumps({"code": 0, "gas": 60_000, "data": amount})

    return run


IMPORTS = "import nacl.bindings, coincurve, plyvel"
"""What a fresh kernel must load before it can make a signed block."""


def _payment(number: int) -> bytes:
    return orjson.dumps(
        {
            "type": "/cosmos.bank.v1beta1.MsgSend",
            "from": "tgrade1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnw0zzgf",
            "to": "ben",
            "amount": "1",
            "denom": "utgd",
            "sequence": number,
        }
    )


def _sign(key: coincurve.PrivateKey, body: bytes) -> bytes:
    return key.sign_recoverable(body)[:SIGNATURE]


def _admit(
    body: bytes, signature: bytes, public: bytes, sequences: dict[bytes, int]
) -> tuple[bytes, dict[str, str]]:
    """Name and content of a transaction whose signature is true."""
    name = hashlib.sha256(body + signature).digest()
    der = cdata_to_der(deserialize_compact(signature))
    if not coincurve.PublicKey(public).verify(der, body):
        raise AssertionError("a true signature failed")
    sequences[b"ana"] += 1
    content: dict[str, str] = orjson.loads(body)
    return name, content
