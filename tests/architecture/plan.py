"""The plan of the house as tables: who may import whom, and where others may stand.

A change here is a change of the design and is discussed there first (``design.md``,
sections 2 and 3). The rules that read these tables live in ``rules.py``.
"""

from fnmatch import fnmatchcase
from typing import NamedTuple

PACKAGES = ("devnet", "devnet_widgets")
"""The two import packages of the one distribution."""

FACES = (
    "devnet",
    "devnet.contracts",
    "devnet.curves",
    "devnet.recipes",
    "devnet_widgets",
)
"""Packages whose ``__init__`` hands names on. All others are empty."""

MODULES = "x/*"
"""Stands for every module of ``devnet/x``; a module never reaches another one."""

ARROWS: dict[str, tuple[str, ...]] = {
    # wing: the wings, or the single rooms, it may import beside its own
    "primitives": (),
    "crypto": ("primitives",),
    "store": ("primitives", "crypto.hashing"),
    "abci": ("primitives",),
    "curves": ("primitives",),
    "cosmwasm": ("primitives",),
    "contracts": ("primitives", "cosmwasm", "curves"),
    "vm": ("primitives", "crypto", "cosmwasm"),
    "consensus": ("primitives", "crypto", "store", "abci"),
    "chain": ("primitives", "crypto", "store", "abci"),
    MODULES: ("primitives", "crypto", "abci", "chain", "cosmwasm"),
    "node": (
        "primitives",
        "crypto",
        "store",
        "abci",
        "cosmwasm",
        "vm",
        "consensus",
        "chain",
        MODULES,
    ),
    # abci and the schema hold types only: what an event or a contract's message looks like
    "live": (
        "node",
        "x/*.messages",
        "cosmwasm.schema",
        "cosmwasm.shapes",
        "abci",
        "primitives",
        "crypto",
    ),
    "recipes": ("live", "contracts", "curves", "primitives"),
    "notebook": ("live", "primitives"),
    "rpc": ("node", "chain.tx", "x/*.messages", "primitives"),
    "cli": ("live", "primitives"),
    "devnet_widgets": ("live", "recipes", "curves", "primitives"),
}

BELOW_LIVE = (
    "primitives",
    "crypto",
    "store",
    "abci",
    "curves",
    "cosmwasm",
    "contracts",
    "vm",
    "consensus",
    "chain",
    MODULES,
    "node",
)
"""Wings whose every byte must be the same on every machine."""

ARRAY_ROOMS = (
    "devnet.curves.vectorized",
    "devnet.curves.sweep",
    "devnet.curves.epochs",
    "devnet.curves.agents",
    "devnet.curves.metrics",
)
"""The only rooms below live that compute in floats; no on-chain room imports them."""


class Guest(NamedTuple):
    """Where a third-party package may be imported, and whether only at first use."""

    rooms: tuple[str, ...]
    at_first_use: bool = False


GUESTS: dict[str, Guest] = {
    "plyvel": Guest(("devnet.store.leveldb",), at_first_use=True),
    "wasmtime": Guest(("devnet.vm.wasm_*",), at_first_use=True),
    "nacl": Guest(("devnet.crypto.*",)),
    "coincurve": Guest(("devnet.crypto.*",)),
    "bech32": Guest(("devnet.crypto.*",)),
    "orjson": Guest(("devnet.primitives.canonical_json",)),
    "sortedcontainers": Guest(("devnet.store.kv",)),
    "click": Guest(("devnet.cli",)),
    "numpy": Guest(ARRAY_ROOMS),
    "dask": Guest(("devnet.curves.sweep",), at_first_use=True),
    "pandas": Guest(("devnet.curves.sweep",), at_first_use=True),
    "pyarrow": Guest(("devnet.curves.sweep",), at_first_use=True),
    "IPython": Guest(("devnet.notebook.*",)),
    "tornado": Guest(("devnet.rpc.server",)),
    "ipywidgets": Guest(("devnet_widgets.*",)),
    "anywidget": Guest(("devnet_widgets.*",)),
    "altair": Guest(("devnet_widgets.*",)),
    "vl_convert": Guest(("devnet_widgets.*",)),
    "traitlets": Guest(("devnet_widgets.*",)),
}
"""Every third-party package the house knows. One that is not here is nowhere allowed."""

DYNAMIC_IMPORT = "devnet.vm.python_code"
"""The one dynamic import of the house: what stored code reaches by name."""

FACE_FUNCTIONS = (
    "__getattr__",
    "__dir__",
    "load_ipython_extension",
    "unload_ipython_extension",
)
"""All that a face may define: ways of handing on."""

LINE_CEILING = 400
FUNCTION_CEILING = 80
"""Lines of a function without its docstring; one of 40 already asks whether it is two."""


def wing_of(module: str) -> str | None:
    """Wing a module belongs to, ``x/bank`` for a module of the chain; None outside the plan."""
    parts = module.split(".")
    if parts[0] == "devnet_widgets":
        return "devnet_widgets"
    if parts[0] != "devnet":
        return None
    if len(parts) == 1:
        return "devnet"
    if parts[1] == "x":
        return f"x/{parts[2]}" if len(parts) > 2 else "x"
    return parts[1]


def row_of(wing: str) -> str:
    """Key of a wing in the tables: all modules of the chain share one row."""
    return MODULES if wing.startswith("x/") else wing


def may_import(importer: str, target: str) -> bool:
    """Does the table allow this arrow between two different wings' rooms?"""
    wing, other = wing_of(importer), wing_of(target)
    if wing is None or other is None:
        return False
    return any(_covers(entry, target, other) for entry in ARROWS.get(row_of(wing), ()))


def _covers(entry: str, target: str, wing: str) -> bool:
    """Does an entry of the table (a wing, or a room of one) cover the target module?"""
    name, _, room = entry.partition(".")
    if not fnmatchcase(wing, name):
        return False
    if not room:
        return True
    folder = f"devnet.{wing.replace('/', '.')}"
    return target == f"{folder}.{room}"
