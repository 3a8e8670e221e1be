"""ed25519: the keys of validators, which sign votes (RFC 8032, through libsodium).

Votes are the hottest path of a block, so both directions are single calls into the
library, past its wrapper, and keep no object between them but the key's own bytes.
"""

from typing import Self

from nacl._sodium import ffi, lib  # type: ignore[import-not-found]  # compiled, no stub
from nacl.bindings import crypto_sign_seed_keypair

from devnet.crypto.errors import InvalidKey

SEED_SIZE = 32
PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64
_BUFFER = ffi.typeof("unsigned char[]")
_NO_LENGTH = ffi.NULL  # how long the outcome is follows from what goes in


class SigningKey:
    """A private ed25519 key.

    Attributes
    ----------
    public_key
        32 bytes.
    """

    __slots__ = ("_secret", "public_key")

    def __init__(self, secret: bytes, public_key: bytes) -> None:
        self._secret, self.public_key = secret, public_key

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Key that follows from a seed of 32 bytes.

        Raises
        ------
        InvalidKey
            If the seed has another length.
        """
        if len(seed) != SEED_SIZE:
            raise InvalidKey("ed25519 seed", f"{len(seed)} bytes, it has {SEED_SIZE}")
        public_key, secret = crypto_sign_seed_keypair(seed)
        return cls(secret, public_key)

    @property
    def private_key(self) -> bytes:
        """64 bytes, seed and public key, as a validator's key file holds them."""
        return self._secret

    def sign(self, message: bytes) -> bytes:
        """Signature of a message, 64 bytes; the same message always has the same one."""
        signed = ffi.new(_BUFFER, SIGNATURE_SIZE + len(message))
        lib.crypto_sign(signed, _NO_LENGTH, message, len(message), self._secret)
        signature: bytes = ffi.buffer(signed, SIGNATURE_SIZE)[:]
        return signature


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is the key's for exactly this message; odd lengths never are."""
    if len(signature) != SIGNATURE_SIZE or len(public_key) != PUBLIC_KEY_SIZE:
        return False
    whole = signature + message
    opened = ffi.new(_BUFFER, len(whole))
    refused: int = lib.crypto_sign_open(opened, _NO_LENGTH, whole, len(whole), public_key)
    return refused == 0
