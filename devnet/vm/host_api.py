"""The form of addresses, as every contract sees it, whatever machine runs it."""

from devnet.cosmwasm.errors import Refuse
from devnet.crypto.addresses import from_bech32, to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.types import Address


class HostApi:
    """Addresses of one chain, told apart by their prefix."""

    __slots__ = ("prefix",)

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def addr_validate(self, human: str) -> Address:
        """The address, if it is bech32 with the chain's prefix, in lower case.

        Raises
        ------
        Refuse
            With the text a compiled contract would see, and what is wrong.
        """
        if not human:
            raise _failed("addr_validate", "Input is empty")
        raw = self._raw("addr_validate", human)
        if to_bech32(self.prefix, raw) != human:
            raise _failed("addr_validate", f"Address is not normalized: {human}")
        return Address(human)

    def addr_canonicalize(self, human: str) -> bytes:
        """Raw bytes of an address; raises as :meth:`addr_validate`."""
        return self._raw("addr_canonicalize", human)

    def addr_humanize(self, canonical: bytes) -> Address:
        """Text of raw bytes.

        Raises
        ------
        Refuse
            If there are none, or more than an address has.
        """
        try:
            return to_bech32(self.prefix, canonical)
        except InvalidAddress as err:
            raise _failed("addr_humanize", err.reason) from None

    def _raw(self, operation: str, human: str) -> bytes:
        try:
            return from_bech32(human, self.prefix)
        except InvalidAddress as err:
            raise _failed(operation, f"{human!r} is no address: {err.reason}") from None


def _failed(operation: str, reason: str) -> Refuse:
    return Refuse(f"Generic error: {operation} errored: {reason}")
