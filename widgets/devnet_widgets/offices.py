"""Who was the Authority, block by block: read off the chain, so that any panel knows it."""

from typing import TYPE_CHECKING

from devnet_widgets.readings import authorities_set, permission

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet


class Offices:
    """The Authorities of a chain so far, also of the time before a panel was opened.

    Blocks are looked through once; a revert or a look-ahead is noticed by the hash of the
    last block looked at, and the chain is then read again.
    """

    def __init__(self, net: "Devnet") -> None:
        self._net = net
        self._addresses: list[str] = []
        self._height: int = 0
        self._hash = ""

    def find_earlier(self) -> str | None:
        """Address of the latest Authority that is no longer in office; None if there was none."""
        self._read()
        present = permission(self._net, "authority")
        return next((a for a in reversed(self._addresses) if a and a != present), None)

    def _read(self) -> None:
        net = self._net
        if self._height > net.height or self._hash_at(self._height) != self._hash:
            self._forget()
        for height in range(self._height + 1, net.height + 1):
            self._addresses += authorities_set(net, height)
        self._height, self._hash = net.height, self._hash_at(net.height)

    def _hash_at(self, height: int) -> str:
        return self._net.block_at(height).hash if height else ""

    def _forget(self) -> None:
        self._addresses = []
        self._height, self._hash = 0, ""
