"""What a transaction can fail with, whichever module it reaches.

Codes and codespace are those of the Cosmos SDK (``types/errors``), so that clients see
what they know. A module's own failures live in that module; ``InvalidMessage`` and
``InvalidCoins``, which parsing raises everywhere, live in ``primitives``.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from devnet.primitives.errors import DevnetError, InvalidMessage, TxError
from devnet.primitives.types import Address, Coins


class SdkError(TxError):
    """A failure whose code belongs to the Cosmos SDK's own codespace."""

    codespace = "sdk"


class InvalidTx(InvalidMessage):
    """The bytes are no transaction: the envelope, not a message in it, is wrong."""

    code = 2


class Unauthorized(SdkError):
    """Who asks is not who may."""

    code = 4

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidSignature(Unauthorized):
    """A signature does not cover this transaction for this signer.

    Attributes
    ----------
    signer
        The account that was to sign.
    account_number, sequence, chain_id
        What the signature had to cover besides body, fee and keys.
    """

    def __init__(self, signer: str, *, account_number: int, sequence: int, chain_id: str) -> None:
        super().__init__(
            f"signature verification failed for {signer}; sign account number {account_number},"
            f" sequence {sequence} and chain id {chain_id}"
        )
        self.signer, self.chain_id = signer, chain_id
        self.account_number, self.sequence = account_number, sequence


class InsufficientFunds(SdkError):
    """An account holds less than it is to pay.

    Attributes
    ----------
    address
        The account.
    has, needs
        Of the coins asked for, what it holds and what was asked.
    """

    code = 5

    def __init__(self, address: Address, has: Coins, needs: Coins) -> None:
        super().__init__(f"{address} holds {has or 'nothing'} but needs {needs}")
        self.address, self.has, self.needs = address, has, needs


class UnknownMessage(SdkError):
    """No module handles this kind of message.

    Attributes
    ----------
    type_url
        The kind that was asked for.
    """

    code = 6

    def __init__(self, type_url: str, known: Iterable[str]) -> None:
        super().__init__(f"no module handles {type_url!r}{nearest(type_url, known)}")
        self.type_url = type_url


class UnknownQuery(SdkError):
    """No module, or not this module, answers a query of this name.

    Attributes
    ----------
    name
        The module or query that was asked for.
    """

    code = 6

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no {what} {name!r}{nearest(name, known)}")
        self.name = name


class InvalidPublicKey(SdkError):
    """A signer's public key is missing, malformed, or somebody else's."""

    code = 8

    def __init__(self, signer: str, reason: str) -> None:
        super().__init__(f"public_key of {signer}: {reason}")
        self.signer, self.reason = signer, reason


class UnknownAccount(SdkError):
    """The chain has no account at this address yet."""

    code = 9

    def __init__(self, address: str) -> None:
        super().__init__(f"account {address} does not exist; send it some coins first")
        self.address = address


class OutOfGas(SdkError):
    """The gas limit is used up.

    Attributes
    ----------
    what
        What was being paid for.
    limit, used
        Gas units; ``used`` includes the amount that did not fit.
    """

    code = 11

    def __init__(self, what: str, *, limit: int, used: int) -> None:
        super().__init__(
            f"out of gas in location: {what}; gas wanted: {limit}, gas used: {used};"
            " give the transaction more gas"
        )
        self.what, self.limit, self.used = what, limit, used


class MemoTooLarge(SdkError):
    """The memo is longer than an account may write."""

    code = 12

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"memo: {length} characters, at most {limit} are allowed")
        self.length, self.limit = length, limit


class InsufficientFee(SdkError):
    """The fee offered is below what this chain asks for."""

    code = 13

    def __init__(self, offered: Coins, required: Coins) -> None:
        super().__init__(f"fee: {offered or 'nothing'} is offered, {required} is required")
        self.offered, self.required = offered, required


class NoSignatures(SdkError):
    """Nobody signed."""

    code = 15

    def __init__(self) -> None:
        super().__init__("signatures: there is none; sign with every signer's key")


class TxTimeout(SdkError):
    """The block is beyond the height up to which the transaction was meant."""

    code = 30

    def __init__(self, height: int, timeout_height: int) -> None:
        super().__init__(f"timeout_height: {timeout_height} is over, this is block {height}")
        self.height, self.timeout_height = height, timeout_height


class SequenceMismatch(SdkError):
    """The signer's sequence is not the next one of the account.

    Attributes
    ----------
    expected, got
        The account's next sequence, and the one that was signed.
    """

    code = 32

    def __init__(self, signer: str, *, expected: int, got: int) -> None:
        super().__init__(
            f"account sequence mismatch, expected {expected}, got {got} (signer {signer})"
        )
        self.signer, self.expected, self.got = signer, expected, got


class WriteRefused(DevnetError):
    """A query tried to write; a bug of its handler, so no failed transaction."""

    def __init__(self) -> None:
        super().__init__("a query reads only: nothing may be written or deleted in it")


def nearest(name: str, known: Iterable[str]) -> str:
    """Words that offer the known name most like this one, or list what there is."""
    names = sorted(known)
    matches = get_close_matches(name, names, n=1)
    if matches:
        return f"; did you mean {matches[0]!r}?"
    return f"; there are {', '.join(names)}" if names else "; there are none"
