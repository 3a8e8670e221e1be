"""What can be wrong with a key or an address."""

from devnet.primitives.errors import DevnetError, TxError


class CryptoError(DevnetError):
    """A key, an address or a digest that is not what it should be."""


class InvalidAddress(CryptoError, TxError):
    """A text that is no address of this chain; inside a transaction it fails only that.

    Attributes
    ----------
    text
        What was given.
    reason
        What is wrong with it, and what an address of this chain looks like.
    field
        The field or argument it was given for, empty if none is known.
    """

    codespace = "sdk"
    code = 7

    def __init__(self, text: object, reason: str, *, field: str = "") -> None:
        where = f"{field}: " if field else ""
        super().__init__(f"{where}{text!r} is no address: {reason}")
        self.text, self.reason, self.field = text, reason, field


class InvalidKey(CryptoError):
    """Bytes that are no key of the kind asked for.

    Attributes
    ----------
    kind
        The kind of key, such as ``ed25519 seed``.
    reason
        What is wrong with the bytes. The bytes themselves may be secret and are not kept.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"no {kind}: {reason}")
        self.kind, self.reason = kind, reason
