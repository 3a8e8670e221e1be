"""A proof-of-engagement chain in one Python process.

``import devnet`` costs next to nothing: every name is found when it is first used. Start
a chain with ``net = devnet.start()``, or type ``%load_ext devnet`` in a notebook.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devnet.cosmwasm.contract import (
        Contract,
        execute,
        instantiate,
        migrate,
        query,
        reply,
        sudo,
    )
    from devnet.cosmwasm.messages import Response, SubMsg
    from devnet.cosmwasm.state import Item, Map, SnapshotMap
    from devnet.live.devnet import Devnet
    from devnet.live.start import open, start  # noqa: A004 - devnet.open, as in the design
    from devnet.notebook.extension import load_ipython_extension, unload_ipython_extension
    from devnet.primitives.decimals import Decimal
    from devnet.primitives.errors import DevnetError
    from devnet.primitives.types import Coin, Coins

_ROOMS = {
    "Coin": "devnet.primitives.types",
    "Coins": "devnet.primitives.types",
    "Contract": "devnet.cosmwasm.contract",
    "Decimal": "devnet.primitives.decimals",
    "Devnet": "devnet.live.devnet",
    "DevnetError": "devnet.primitives.errors",
    "Item": "devnet.cosmwasm.state",
    "Map": "devnet.cosmwasm.state",
    "Response": "devnet.cosmwasm.messages",
    "SnapshotMap": "devnet.cosmwasm.state",
    "SubMsg": "devnet.cosmwasm.messages",
    "execute": "devnet.cosmwasm.contract",
    "instantiate": "devnet.cosmwasm.contract",
    "load_ipython_extension": "devnet.notebook.extension",
    "migrate": "devnet.cosmwasm.contract",
    "open": "devnet.live.start",
    "query": "devnet.cosmwasm.contract",
    "reply": "devnet.cosmwasm.contract",
    "start": "devnet.live.start",
    "sudo": "devnet.cosmwasm.contract",
    "unload_ipython_extension": "devnet.notebook.extension",
}

__all__ = [
    "Coin",
    "Coins",
    "Contract",
    "Decimal",
    "Devnet",
    "DevnetError",
    "Item",
    "Map",
    "Response",
    "SnapshotMap",
    "SubMsg",
    "execute",
    "instantiate",
    "load_ipython_extension",
    "migrate",
    "open",
    "query",
    "reply",
    "start",
    "sudo",
    "unload_ipython_extension",
]


_WINGS = ("contracts", "recipes")


def __getattr__(name: str) -> Any:
    if name in _WINGS:
        return import_module(f"devnet.{name}")
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"devnet has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(room), name)


def __dir__() -> list[str]:
    return [*__all__, *_WINGS]
