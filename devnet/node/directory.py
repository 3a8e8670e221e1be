"""Who is behind an address: names of accounts and validators, labels of contracts.

Names are no state: the keyring only grows and a revert leaves it alone. Those that were
used are kept beside the chain, so that a reopened one still calls people by name.
"""

from collections.abc import Iterable

from devnet.consensus.engine import Engine
from devnet.consensus.inputs import Switch
from devnet.crypto.addresses import consensus_address, from_bech32, module_address, to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.crypto.keys import Keyring
from devnet.node.app import App
from devnet.node.genesis import FAUCET
from devnet.node.pending import Pending
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, ConsAddress

_NAMES = "names"
_MODULES = ("fee_collector", "validator")


class Directory:
    """Names and labels of one chain."""

    def __init__(
        self, app: App, engine: Engine, *, keyring: Keyring, prefix: str, pending: Pending
    ) -> None:
        self._app, self._engine, self._pending = app, engine, pending
        self._keyring, self.prefix = keyring, prefix
        # Kept under what it was made of, so that no going elsewhere makes it wrong.
        self._nodes: tuple[object, dict[ConsAddress, Switch]] = (None, {})
        self._modules = {module_address(name): name for name in _MODULES}
        kept = engine.history.meta(_NAMES)
        self._names: set[str] = set()
        self.remember([FAUCET] if kept is None else [str(name) for name in _texts(kept)])

    def remember(self, names: Iterable[str]) -> None:
        """Keep names beside the chain and make their keys."""
        new = sorted(set(names) - self._names)
        if not new:
            return
        for name in new:
            self._keyring.account(name)
            self._keyring.consensus(name)
        self._names.update(new)
        kept = dumps(sorted(self._names))
        if self._engine.history.height:
            self._engine.history.put_meta(_NAMES, kept)
        else:  # a chain begins with its first block, and so does everything beside it
            self._engine.history.record(b"m/" + _NAMES.encode(), kept)

    def names(self) -> list[str]:
        """Every name used so far, sorted."""
        return sorted(self._names)

    def address_of(self, name: str) -> Address:
        """Account address of a name."""
        return to_bech32(self.prefix, self._keyring.account(name).raw_address)

    def consensus_address(self, name: str) -> ConsAddress:
        """Consensus address of a name."""
        return consensus_address(self._keyring.consensus(name).public_key)

    def is_known(self, name: str) -> bool:
        """Has the chain an account of that name."""
        ctx = self._app.base.query_context()
        return self._app.accounts.find_account(ctx, self.address_of(name)) is not None

    def find_name(self, address: str) -> str | None:
        """Name of the account behind an address, if its key is here."""
        try:
            raw = from_bech32(address, self.prefix)
        except InvalidAddress:
            return None
        return self._keyring.find_account(raw) or self._modules.get(raw)

    def label(self, text: str) -> str:
        """A contract's label, an account's or module's name, or the text itself."""
        if not text.startswith(self.prefix + "1"):
            return text
        name = self.find_name(text)
        if name is not None:
            return name
        return next((label for label, at in self.instances() if at == text), text)

    def instances(self) -> list[tuple[str, Address]]:
        """Label and address of every contract, in the order in which they were made."""
        ctx = self._app.base.query_context()
        return [(found.label, found.address) for found in self._app.wasm.contracts(ctx)]

    def nodes(self) -> tuple[Switch, ...]:
        """Nodes ever started, those that wait for the next block included."""
        return tuple(self._by_address().values())

    def is_online(self, address: ConsAddress) -> bool:
        """Will this node sign the next block, if it has power."""
        asked = self._pending.online(address)
        if asked is not None:
            return asked
        node = self._by_address().get(address)
        return node is not None and node.online

    def validator_name(self, address: bytes) -> str:
        """Name of the node with a consensus address, or its hex where it runs elsewhere."""
        node = self._by_address().get(ConsAddress(address))
        return address.hex().upper() if node is None else node.name

    def _by_address(self) -> dict[ConsAddress, Switch]:
        known = (self._engine.state.switches, tuple(self._pending.started))
        if self._nodes[0] != known:
            found = {node.address: node for node in known[0]}
            for name, key in known[1]:
                address = consensus_address(key)
                found.setdefault(address, Switch(name, address, online=True))
            self._nodes = (known, found)
        return self._nodes[1]


def _texts(data: bytes) -> list[str]:
    names = loads(data)
    assert isinstance(names, list), "written by this room"
    return [str(name) for name in names]
