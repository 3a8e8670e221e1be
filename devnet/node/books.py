"""Weight and stake of every validator after a past block, as the contracts said then.

What a place of the chain said never changes, so answers are kept under the place.
"""

from typing import Any

from devnet.node.app import App
from devnet.node.directory import Directory
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.errors import TxError
from devnet.primitives.types import Address
from devnet.store.history import History

_PAGE = 100


class Books:
    """Reads the contracts in office at any height."""

    def __init__(self, app: App, history: History, directory: Directory) -> None:
        self._app, self._history, self._directory = app, history, directory
        self._kept: dict[bytes, dict[str, dict[str, int]]] = {}

    def at(self, height: int) -> dict[str, dict[str, int]]:
        """``{name: {"weight": n, "stake": n}}`` after a block; stake only where there is one."""
        place = self._history.place_at(height)
        if place not in self._kept:
            self._kept[place] = self._read(height)
        return self._kept[place]

    def members(self, group: Address, height: int | None = None) -> list[dict[str, Any]]:
        """All validators of a CW7 group: operator, pubkey, weight; ``TxError`` if it is none."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            asked = {"list_validators": {"start_after": after, "limit": _PAGE}}
            page = self._ask(group, asked, height)["validators"]
            found += page
            if len(page) < _PAGE:
                return found
            after = page[-1]["operator"]

    def without_key(self) -> list[Address]:
        """Members of the Authority's group that have weight and no key."""
        authority = self._authority(None)
        if authority is None:
            return []
        keyed = {member["operator"] for member in self.members(authority)}
        found: list[Address] = []
        after: str | None = None
        while True:
            asked = {"list_members": {"start_after": after, "limit": 30}}
            page = self._find(authority, asked, None)
            members = page["members"] if isinstance(page, dict) else []
            found += [m["addr"] for m in members if m["weight"] and m["addr"] not in keyed]
            if not members:
                return found
            after = members[-1]["addr"]

    def _read(self, height: int) -> dict[str, dict[str, int]]:
        authority = self._authority(height)
        if authority is None:
            return {}
        ruler = self._find(authority, {"admin": {}}, height)
        staking = ruler.get("admin") if isinstance(ruler, dict) else None
        rows: dict[str, dict[str, int]] = {}
        for member in self.members(authority, height):
            name = self._directory.find_name(member["operator"]) or member["operator"]
            rows[name] = {"weight": member["weight"]}
        if staking is not None:
            for name in sorted({*rows, *(node.name for node in self._directory.nodes())}):
                asked = {"staked": {"addr": self._directory.address_of(name)}}
                stake = self._find(staking, asked, height)
                if isinstance(stake, str) and (int(stake) or name in rows):
                    rows.setdefault(name, {"weight": 0})["stake"] = int(stake)
        return rows

    def _authority(self, height: int | None) -> Address | None:
        return self._app.validator.permissions(self._app.base.query_context(height)).authority

    def _find(self, contract: str, msg: dict[str, Any], height: int | None) -> Any:
        """Answer of a contract, or None where it does not know the question."""
        try:
            return self._ask(Address(contract), msg, height)
        except TxError:
            return None

    def _ask(self, contract: Address, msg: dict[str, Any], height: int | None) -> Any:
        ctx = self._app.base.query_context(height)
        return loads(self._app.wasm.query_smart(ctx, contract, dumps(msg)))
