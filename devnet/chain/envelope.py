"""The protobuf messages around what a transaction asks for: ``cosmos.tx.v1beta1``.

Shapes only; what they mean, and how they are read and built, stands in ``chain/tx``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from devnet.primitives.protobuf import field
from devnet.primitives.types import Coin

SECP256K1_KEY = "/cosmos.crypto.secp256k1.PubKey"
SIGN_MODE_DIRECT = 1


@dataclass(frozen=True, slots=True)
class ProtoCoin:
    """``cosmos.base.v1beta1.Coin``: the amount travels as decimal text."""

    denom: str = field(1, "string")
    amount: str = field(2, "string")

    @classmethod
    def of(cls, coins: Iterable[Coin]) -> tuple[Self, ...]:
        """Wire form of coins, in their order."""
        return tuple(cls(coin.denom, str(coin.amount)) for coin in coins)


@dataclass(frozen=True, slots=True)
class ProtoAny:
    """``google.protobuf.Any``: bytes of a message and which message it is."""

    type_url: str = field(1, "string")
    value: bytes = field(2, "bytes")


@dataclass(frozen=True, slots=True)
class TxBody:
    """What is asked for."""

    messages: tuple[ProtoAny, ...] = field(1, ProtoAny, repeated=True)
    memo: str = field(2, "string")
    timeout_height: int = field(3, "uint64")
    extension_options: tuple[ProtoAny, ...] = field(1023, ProtoAny, repeated=True)
    non_critical_extension_options: tuple[ProtoAny, ...] = field(2047, ProtoAny, repeated=True)


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid for it, and how much gas it may use."""

    amount: tuple[ProtoCoin, ...] = field(1, ProtoCoin, repeated=True)
    gas_limit: int = field(2, "uint64")
    payer: str = field(3, "string")
    granter: str = field(4, "string")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``cosmos.crypto.secp256k1.PubKey``."""

    key: bytes = field(1, "bytes")


@dataclass(frozen=True, slots=True)
class SingleMode:
    """The sign mode of one key."""

    mode: int = field(1, "uint64")


@dataclass(frozen=True, slots=True)
class ModeInfo:
    """How a signer signed; signatures by several keys of one account are not known here."""

    single: SingleMode | None = field(1, SingleMode)  # noqa: RUF009 - describes, as all here


# Inside another message, a message is just bytes behind a length. What repeats from one
# transaction to the next is therefore kept as bytes first and decoded through a memo.
@dataclass(frozen=True, slots=True)
class SignerInfo:
    """Who signs with which sequence; key (an Any) and mode still as their bytes."""

    public_key: bytes = field(1, "bytes")
    mode_info: bytes = field(2, "bytes")
    sequence: int = field(3, "uint64")


@dataclass(frozen=True, slots=True)
class AuthInfo:
    """Signers and fee; the fee still as its bytes."""

    signer_infos: tuple[SignerInfo, ...] = field(1, SignerInfo, repeated=True)
    fee: bytes = field(2, "bytes")


@dataclass(frozen=True, slots=True)
class TxRaw:
    """The envelope: exactly the bytes that were signed, and the signatures."""

    body_bytes: bytes = field(1, "bytes")
    auth_info_bytes: bytes = field(2, "bytes")
    signatures: tuple[bytes, ...] = field(3, "bytes", repeated=True)


@dataclass(frozen=True, slots=True)
class SignDoc:
    """What a signature covers."""

    body_bytes: bytes = field(1, "bytes")
    auth_info_bytes: bytes = field(2, "bytes")
    chain_id: str = field(3, "string")
    account_number: int = field(4, "uint64")


@dataclass(frozen=True, slots=True)
class TxMsgData:
    """Data of a successful transaction: one response per message."""

    msg_responses: tuple[ProtoAny, ...] = field(2, ProtoAny, repeated=True)
