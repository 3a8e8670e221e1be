"""Addresses: who an account, a validator, a module or a contract is.

Raw bytes are what is stored; bech32 text is what people and messages carry. One prefix
serves accounts, operators and contracts; consensus addresses are shown in hex. The rules
are those of the Cosmos SDK (ADR-028) and of wasmd (keeper/addresses).
"""

from functools import lru_cache

from bech32 import bech32_decode, bech32_encode, convertbits

from devnet.crypto.errors import InvalidAddress, InvalidKey
from devnet.crypto.hashing import ripemd160, sha256
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, ConsAddress

ADDRESS_SIZE = 20
MAX_ADDRESS_SIZE = 255
MAX_SALT_SIZE = 64
CHECKSUM_SIZE = 32
_ACCOUNT_KEY_SIZE = 33
_CONSENSUS_KEY_SIZE = 32
_REMEMBERED = 1 << 14


@lru_cache(maxsize=_REMEMBERED)
def to_bech32(prefix: str, raw: bytes) -> Address:
    """Text of an address under a prefix, in lower case with its checksum.

    Raises
    ------
    InvalidAddress
        If there are no bytes, or more than 255.
    """
    _check_size(raw, "0x" + raw.hex())
    words = convertbits(raw, 8, 5)
    assert words is not None  # whole bytes always fall into padded groups of five bits
    return Address(bech32_encode(prefix, words))


@lru_cache(maxsize=_REMEMBERED)
def from_bech32(text: str, prefix: str) -> bytes:
    """Raw bytes of an address text that carries the expected prefix.

    Raises
    ------
    InvalidAddress
        If the text is empty, in mixed case, fails its checksum or has another prefix.
    """
    if not text:
        raise InvalidAddress(text, f"it is empty; write one like {prefix}1...")
    found, words = bech32_decode(text)
    if words is None:
        raise InvalidAddress(
            text, f"not bech32, or a letter is wrong; an address here looks like {prefix}1..."
        )
    if found != prefix:
        raise InvalidAddress(text, f"it is for {found}..., addresses here begin with {prefix}1")
    data = convertbits(words, 5, 8, False)  # noqa: FBT003 - the library's own signature: no padding
    if data is None:
        raise InvalidAddress(text, "its letters do not come out as whole bytes")
    raw = bytes(data)
    _check_size(raw, text)
    return raw


def parse_address(text: object, prefix: str, *, field: str) -> Address:
    """Checked address of a text from outside, in its one spelling (lower case).

    Raises
    ------
    InvalidAddress
        Naming the field, if the value is no address under this prefix.
    """
    if not isinstance(text, str):
        raise InvalidAddress(text, f"write it as text, like {prefix}1...", field=field)
    try:
        from_bech32(text, prefix)
    except InvalidAddress as err:
        raise InvalidAddress(text, err.reason, field=field) from None
    return Address(text.lower())


def account_address(public_key: bytes) -> bytes:
    """Raw address of an account: RIPEMD-160 of SHA-256 of its compressed key, 20 bytes.

    Raises
    ------
    InvalidKey
        If the key is not 33 bytes long.
    """
    if len(public_key) != _ACCOUNT_KEY_SIZE:
        raise InvalidKey("secp256k1 public key", f"{len(public_key)} bytes, compressed it has 33")
    return ripemd160(sha256(public_key))


def consensus_address(public_key: bytes) -> ConsAddress:
    """Address of a validator in consensus: SHA-256 of its ed25519 key, first 20 bytes.

    Raises
    ------
    InvalidKey
        If the key is not 32 bytes long.
    """
    if len(public_key) != _CONSENSUS_KEY_SIZE:
        raise InvalidKey("ed25519 public key", f"{len(public_key)} bytes, it has 32")
    return ConsAddress(sha256(public_key)[:ADDRESS_SIZE])


def module_address(name: str) -> bytes:
    """Raw address of a module's account: SHA-256 of its name, first 20 bytes."""
    return sha256(name.encode())[:ADDRESS_SIZE]


def derived_address(type_text: str, key: bytes) -> bytes:
    """Address of 32 bytes of a kind and a key (ADR-028, Hash)."""
    return sha256(sha256(type_text.encode()) + key)


def module_derived_address(name: str, key: bytes) -> bytes:
    """Address of 32 bytes that a module gives to one of its things (ADR-028, Module)."""
    return derived_address("module", name.encode() + b"\0" + key)


def contract_address(code_id: int, instance_id: int) -> bytes:
    """Raw classic address of a contract (wasmd, BuildContractAddressClassic)."""
    return module_derived_address("wasm", code_id.to_bytes(8) + instance_id.to_bytes(8))


def predictable_address(checksum: bytes, creator: bytes, salt: bytes, msg: bytes = b"") -> bytes:
    """Raw address of a contract that follows from its code, its maker and a salt.

    ``msg`` holds the exact bytes of the instantiate message where it is fixed, and is
    empty where it is not (wasmd, BuildContractAddressPredictable).

    Raises
    ------
    InvalidMessage
        If the checksum is not 32 bytes long or the salt not 1 to 64.
    """
    if len(checksum) != CHECKSUM_SIZE:
        raise InvalidMessage("checksum", f"{len(checksum)} bytes, it has {CHECKSUM_SIZE}")
    if not 1 <= len(salt) <= MAX_SALT_SIZE:
        raise InvalidMessage("salt", f"{len(salt)} bytes, give 1 to {MAX_SALT_SIZE}")
    parts = (checksum, creator, salt, msg)
    return module_derived_address("wasm", b"".join(len(p).to_bytes(8) + p for p in parts))


def _check_size(raw: bytes, text: str) -> None:
    if not 1 <= len(raw) <= MAX_ADDRESS_SIZE:
        raise InvalidAddress(text, f"{len(raw)} bytes, an address has 1 to {MAX_ADDRESS_SIZE}")
