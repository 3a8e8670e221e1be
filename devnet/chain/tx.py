"""Transactions as Cosmos clients write them: ``cosmos.tx.v1beta1``, SIGN_MODE_DIRECT.

This room says what a message is, and reads and builds the envelope around messages.
Signatures are made here and checked in x/auth. Parts of an envelope that come again and
again (keys, fees, sign modes) are decoded once per content.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Protocol

from devnet.chain.envelope import (
    SECP256K1_KEY,
    SIGN_MODE_DIRECT,
    AuthInfo,
    Fee,
    ModeInfo,
    ProtoAny,
    ProtoCoin,
    PublicKey,
    SignDoc,
    SignerInfo,
    SingleMode,
    TxBody,
    TxMsgData,
    TxRaw,
)
from devnet.chain.errors import InvalidTx
from devnet.crypto.addresses import from_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.crypto.hashing import sha256
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.primitives.protobuf import decode, encode, length_prefixed
from devnet.primitives.types import Address, Coin, Coins, parse_denom, parse_uint

__all__ = [
    "Msg",
    "MsgResult",
    "Payment",
    "ProtoAny",
    "ProtoCoin",
    "Signer",
    "Tx",
    "TxMsgData",
    "build_tx",
    "check_address",
    "decode_tx",
    "read_coins",
    "tx_hash",
]

_REMEMBERED = 1 << 12


class Msg:
    """A signed request inside a transaction: a frozen, slotted protobuf dataclass.

    Attributes
    ----------
    type_url
        The kind, like ``/cosmos.bank.v1beta1.MsgSend``.
    """

    __slots__ = ()
    type_url: ClassVar[str]

    def signers(self) -> tuple[Address, ...]:
        """Who has to sign; the first one pays the fee unless the fee says otherwise."""
        raise NotImplementedError

    def validate_basic(self) -> None:
        """Check what can be checked without state; every error names its field."""


@dataclass(frozen=True, slots=True)
class MsgResult:
    """What carrying out a message gave: the bytes of its protobuf response."""

    data: bytes = b""


@lru_cache(maxsize=_REMEMBERED)
def read_coins(coins: tuple[ProtoCoin, ...], *, field: str) -> Coins:
    """Coins of their wire form: sorted by denomination, each once, all above zero.

    Raises
    ------
    InvalidMessage
        Naming the field, for a wrong denomination, amount or order.
    """
    found: list[Coin] = []
    last = ""
    for number, coin in enumerate(coins):
        try:
            denom = parse_denom(coin.denom)
            amount = parse_uint(coin.amount, bits=128, field="amount")
        except InvalidCoins as err:
            raise InvalidMessage(f"{field}[{number}].denom", err.reason) from None
        except InvalidMessage as err:
            raise InvalidMessage(f"{field}[{number}].amount", err.reason) from None
        if not amount:
            raise InvalidMessage(f"{field}[{number}].amount", "an amount of zero is left out")
        if denom <= last:
            raise InvalidMessage(
                f"{field}[{number}].denom", "sort by denomination and give each only once"
            )
        last = denom
        found.append(Coin(denom, amount))
    return Coins(tuple(found))


@lru_cache(maxsize=_REMEMBERED)
def check_address(text: str, *, field: str) -> None:
    """Check that a text is bech32, under whatever prefix; state knows which is right.

    Raises
    ------
    InvalidAddress
        Naming the field.
    """
    try:
        from_bech32(text, text.lower().rpartition("1")[0])
    except InvalidAddress as err:
        raise InvalidAddress(text, err.reason, field=field) from None


@dataclass(frozen=True, slots=True)
class Signer:
    """One signer's claim: the key, empty where the account has one, and the sequence."""

    public_key: bytes
    sequence: int


@dataclass(frozen=True, slots=True)
class Payment:
    """The fee, read: coins, gas limit and who pays (empty: the first signer)."""

    amount: Coins
    gas_limit: int
    payer: str


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction, decoded and checked as far as that goes without state.

    Attributes
    ----------
    size
        Bytes of the whole transaction.
    signed
        Body and signer information as they came, which every signature covers.
    """

    size: int
    signed: bytes
    signatures: tuple[bytes, ...]
    messages: tuple[Msg, ...]
    memo: str
    timeout_height: int
    signers: tuple[Signer, ...]
    fee: Payment

    def sign_bytes(self, chain_id: str, account_number: int) -> bytes:
        """What the signer with this account number had to sign."""
        return self.signed + _end_of_sign_doc(chain_id, account_number)


class MessageDecoder(Protocol):
    """What reading a transaction needs of the router."""

    def decode(self, type_url: str, value: bytes) -> Msg:
        """Message of an Any's two parts; ``UnknownMessage``, ``InvalidMessage``."""


def decode_tx(raw: bytes, messages: MessageDecoder) -> Tx:
    """Transaction of its bytes, every message passed through its own basic checks.

    Raises
    ------
    InvalidTx
        If the envelope is broken; naming the part.
    TxError
        If a message is unknown or wrong; naming its field.
    """
    try:
        envelope = decode(TxRaw, raw)
        body = decode(TxBody, envelope.body_bytes)
        auth = decode(AuthInfo, envelope.auth_info_bytes)
        signers = tuple([_signer(info, n) for n, info in enumerate(auth.signer_infos)])
        fee = _fee(auth.fee)
    except InvalidMessage as err:
        raise InvalidTx(err.field, err.reason) from None
    signed = _signed_part(envelope.body_bytes, envelope.auth_info_bytes)
    if signed + b"".join([b"\x1a" + length_prefixed(s) for s in envelope.signatures]) != raw:
        # ADR-027: or a stranger could give one transaction many hashes.
        raise InvalidTx("TxRaw", "fields are out of order or written in more bytes than needed")
    if body.extension_options:
        raise InvalidTx("extension_options", "this chain knows none; leave them out")
    if not body.messages:
        raise InvalidTx("messages", "there is none; a transaction asks for something")
    found = tuple([messages.decode(part.type_url, part.value) for part in body.messages])
    for msg in found:
        msg.validate_basic()
    return Tx(
        len(raw), signed, envelope.signatures, found, body.memo, body.timeout_height, signers, fee
    )


def _signed_part(body: bytes, auth: bytes) -> bytes:
    """First two fields of the envelope, which are the first two of the sign document too."""
    return (b"\x0a" + length_prefixed(body) if body else b"") + (
        b"\x12" + length_prefixed(auth) if auth else b""
    )


@lru_cache(maxsize=_REMEMBERED)
def _end_of_sign_doc(chain_id: str, account_number: int) -> bytes:
    return encode(SignDoc(chain_id=chain_id, account_number=account_number))


def _signer(info: SignerInfo, number: int) -> Signer:
    _check_mode(info.mode_info, number)
    return Signer(_public_key(info.public_key, number), info.sequence)


@lru_cache(maxsize=_REMEMBERED)
def _public_key(raw: bytes, number: int) -> bytes:
    if not raw:
        return b""
    part = decode(ProtoAny, raw)
    if part.type_url != SECP256K1_KEY:
        raise InvalidTx(
            f"signer_infos[{number}].public_key", f"{part.type_url!r} is not {SECP256K1_KEY}"
        )
    return decode(PublicKey, part.value).key


@lru_cache(maxsize=64)
def _check_mode(raw: bytes, number: int) -> None:
    mode = decode(ModeInfo, raw)
    if mode.single is None or mode.single.mode != SIGN_MODE_DIRECT:
        raise InvalidTx(f"signer_infos[{number}].mode_info", "sign with SIGN_MODE_DIRECT (1)")


@lru_cache(maxsize=_REMEMBERED)
def _fee(raw: bytes) -> Payment:
    fee = decode(Fee, raw)
    if fee.granter:
        raise InvalidTx("fee.granter", "fee grants are not known here; leave it empty")
    return Payment(read_coins(fee.amount, field="fee.amount"), fee.gas_limit, fee.payer)


def tx_hash(raw: bytes) -> bytes:
    """Name of a transaction: SHA-256 of its bytes; people see it in upper-case hex."""
    return sha256(raw)


class SigningKey(Protocol):
    """What building a transaction needs of a private key."""

    @property
    def public_key(self) -> bytes:
        """33 bytes, compressed."""

    def sign(self, message: bytes) -> bytes:
        """Low-S signature ``r || s`` of SHA-256 of the message."""


def build_tx(
    msgs: Sequence[Msg],
    *,
    signer: tuple[SigningKey, int, int],
    fee: Coins,
    gas: int,
    chain_id: str,
    memo: str = "",
    timeout_height: int = 0,
) -> bytes:
    """Bytes of a transaction signed by one account.

    Parameters
    ----------
    signer
        Private key, account number and next sequence of the account.
    gas
        Gas limit in chain gas.
    """
    key, account_number, sequence = signer
    body = encode(
        TxBody(tuple(ProtoAny(m.type_url, encode(m)) for m in msgs), memo, timeout_height)
    )
    info = SignerInfo(_wire_key(key.public_key), _wire_mode(SIGN_MODE_DIRECT), sequence)
    signed = _signed_part(body, encode(AuthInfo((info,), _wire_fee(fee, gas))))
    signature = key.sign(signed + _end_of_sign_doc(chain_id, account_number))
    return signed + b"\x1a" + length_prefixed(signature)


@lru_cache(maxsize=_REMEMBERED)
def _wire_key(public_key: bytes) -> bytes:
    return encode(ProtoAny(SECP256K1_KEY, encode(PublicKey(public_key))))


@lru_cache(maxsize=64)
def _wire_mode(mode: int) -> bytes:
    return encode(ModeInfo(SingleMode(mode)))


@lru_cache(maxsize=_REMEMBERED)
def _wire_fee(fee: Coins, gas: int) -> bytes:
    return encode(Fee(ProtoCoin.of(fee), gas))
