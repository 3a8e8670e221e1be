"""Starting a chain, and opening one again."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from devnet.live.devnet import Devnet
from devnet.live.errors import UnknownName
from devnet.node.genesis import StartOptions
from devnet.node.node import Node

_OPTIONS = tuple(StartOptions.__dataclass_fields__)


def start(
    *,
    seed: int = 0,
    validators: Mapping[str, int] | None = None,
    admin: str | None = None,
    path: str | PathLike[str] | None = None,
    **options: Any,
) -> Devnet:
    """Start a chain and make its first block.

    Parameters
    ----------
    seed
        All keys follow from it: same seed and calls, same bytes.
    validators
        Name and power of the genesis set; ``{"genesis": 1}`` by default.
    admin
        Name of the account that is x/validator admin; nobody by default.
    path
        A new folder to keep the chain in; without it the chain lives in memory.
    options
        ``chain_id``, ``prefix``, ``genesis_time``, ``denom``, ``block_seconds`` and
        ``votes`` (``verified``, ``signed`` or ``off``).

    Raises
    ------
    InvalidMessage
        Naming an option that holds what it must not.
    UnknownName
        For an option there is not, offering the nearest.
    StoreError
        If the folder is in use, or holds something already.
    """
    for name in options:
        if name not in _OPTIONS:
            raise UnknownName("option", name, (*_OPTIONS, "path"))
    if validators is not None:
        options["validators"] = validators
    chosen = StartOptions(seed=seed, admin=admin, **options)
    return Devnet(Node.start(chosen, None if path is None else Path(path)))


def open(path: str | PathLike[str]) -> Devnet:  # noqa: A001 - devnet.open, as in the design
    """Open a chain again, at the last block it made.

    Raises
    ------
    StoreError
        If there is no chain in the folder, another kernel has it open, or a later
        version of the package wrote it.
    """
    return Devnet(Node.open(Path(path)))
