"""secp256k1: the keys of accounts, which sign transactions (through libsecp256k1).

Messages are hashed with SHA-256 here. A signature is ``r || s`` of 64 bytes with the low
one of the two possible ``s``, as the Cosmos SDK demands: the high one is refused, or a
stranger could give a transaction a second hash. Nonces follow RFC 6979.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Self

import coincurve
from coincurve._libsecp256k1 import lib  # type: ignore[import-not-found]  # compiled, no stub
from coincurve.ecdsa import deserialize_compact

from devnet.crypto.errors import InvalidKey

SECRET_SIZE = 32
PUBLIC_KEY_SIZE = 33
SIGNATURE_SIZE = 64
_REMEMBERED = 1 << 12


class PrivateKey:
    """A private secp256k1 key.

    Attributes
    ----------
    public_key
        33 bytes, compressed.
    """

    __slots__ = ("_key", "public_key")

    def __init__(self, key: coincurve.PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key.format(compressed=True)

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        """Key of a secret number of 32 bytes, big-endian.

        Raises
        ------
        InvalidKey
            If the length is another, or the number is zero or not below the curve's order.
        """
        if len(secret) != SECRET_SIZE:
            raise InvalidKey("secp256k1 secret", f"{len(secret)} bytes, it has {SECRET_SIZE}")
        try:
            return cls(coincurve.PrivateKey(secret))
        except ValueError as err:
            raise InvalidKey("secp256k1 secret", "outside 1 .. order of the curve - 1") from err

    def sign(self, message: bytes) -> bytes:
        """Low-S signature ``r || s`` of SHA-256 of the message, 64 bytes."""
        return self._key.sign_recoverable(message)[:SIGNATURE_SIZE]


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a low-S signature is the key's for SHA-256 of this message.

    Odd lengths, uncompressed keys, points off the curve and high-S twins are simply not.
    """
    if len(signature) != SIGNATURE_SIZE or len(public_key) != PUBLIC_KEY_SIZE:
        return False
    try:
        key, given = _parsed(public_key), deserialize_compact(signature)
    except ValueError:
        return False
    # Straight into the library: the wrapper would write the signature as DER and read it again.
    digest = sha256(message).digest()
    holds: int = lib.secp256k1_ecdsa_verify(key.context.ctx, given, digest, key.public_key)
    return holds == 1


# The same accounts sign again and again, and finding a point from its x takes a square root.
_parsed = lru_cache(maxsize=_REMEMBERED)(coincurve.PublicKey)
