"""Keys by name: whoever is called ana has the same keys on every machine.

A key is SHA-256 of a text that holds its purpose, the chain's seed and the name, so
nothing here is random and nothing needs to be saved. The keyring is no state of the
chain: it only grows, and going back in time leaves it alone.
"""

from dataclasses import dataclass, field

from devnet.crypto.addresses import account_address, consensus_address
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.hashing import sha256
from devnet.crypto.secp256k1 import PrivateKey
from devnet.primitives.types import ConsAddress


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The account key of a name.

    Attributes
    ----------
    public_key
        33 bytes, compressed.
    raw_address
        20 bytes.
    """

    name: str
    secret: bytes = field(repr=False)
    public_key: bytes
    raw_address: bytes
    _key: PrivateKey = field(repr=False, compare=False)

    @classmethod
    def of(cls, name: str, *, secret: bytes) -> "KeyPair":
        """Key pair of a secret of 32 bytes.

        Raises
        ------
        InvalidKey
            If the secret is no number below the order of the curve.
        """
        key = PrivateKey.from_secret(secret)
        return cls(name, secret, key.public_key, account_address(key.public_key), key)

    def sign(self, message: bytes) -> bytes:
        """Low-S signature of SHA-256 of the message, 64 bytes."""
        return self._key.sign(message)


class Keyring:
    """All keys of one chain, made from its seed when first asked for.

    An account key and a consensus key of one name are unrelated secrets.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._accounts: dict[str, KeyPair] = {}
        self._consensus: dict[str, SigningKey] = {}
        self._by_account: dict[bytes, str] = {}
        self._by_consensus: dict[ConsAddress, tuple[str, SigningKey]] = {}

    def account(self, name: str) -> KeyPair:
        """Account key of a name."""
        pair = self._accounts.get(name)
        if pair is None:
            pair = KeyPair.of(name, secret=self._secret("account", name))
            self._accounts[name] = pair
            self._by_account[pair.raw_address] = name
        return pair

    def consensus(self, name: str) -> SigningKey:
        """Consensus key of a name."""
        key = self._consensus.get(name)
        if key is None:
            key = SigningKey.from_seed(self._secret("consensus", name))
            self._consensus[name] = key
            self._by_consensus[consensus_address(key.public_key)] = (name, key)
        return key

    def find_account(self, raw_address: bytes) -> str | None:
        """Name behind an account address, if its key was made here."""
        return self._by_account.get(raw_address)

    def find_consensus(self, address: ConsAddress) -> tuple[str, SigningKey] | None:
        """Name and key behind a consensus address, if its key was made here."""
        return self._by_consensus.get(address)

    def names(self) -> tuple[str, ...]:
        """Every name that was asked for, sorted."""
        return tuple(sorted(self._accounts.keys() | self._consensus.keys()))

    def _secret(self, purpose: str, name: str) -> bytes:
        return sha256(f"devnet/{purpose}/{self.seed}/{name}".encode())
