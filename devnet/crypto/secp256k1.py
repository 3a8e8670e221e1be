"""secp256k1: the keys of accounts, which sign transactions (through libsecp256k1).

Messages are hashed with SHA-256 here. A signature is ``r || s`` of 64 bytes with the low
one of the two possible ``s``, as the Cosmos SDK demands: the high one is refused, or a
stranger could give a transaction a second hash. Nonces follow RFC 6979.
"""

from typing import Self

import coincurve
from coincurve.ecdsa import cdata_to_der, deserialize_compact

from devnet.crypto.errors import InvalidKey

SECRET_SIZE = 32
PUBLIC_KEY_SIZE = 33
SIGNATURE_SIZE = 64


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
        der = cdata_to_der(deserialize_compact(signature))
        return coincurve.PublicKey(public_key).verify(der, message)
    except ValueError:
        return False
