"""Section 2 of the design: the arrows of the house, and that each rule can fail."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest
from architecture import import_rules as rules
from architecture.plan import GUESTS
from architecture.source import Room, Violation, house

Rule = Callable[[Sequence[Room]], Iterator[Violation]]

RULES: tuple[Rule, ...] = (
    rules.unplanned_wings,
    rules.forbidden_arrows,
    rules.contracts_that_meet,
    rules.imports_from_packages,
    rules.missing_rooms,
    rules.eager_front_door,
    rules.circles,
    rules.misplaced_guests,
    rules.array_rooms_on_chain,
    rules.dynamic_imports,
)

NEIGHBOURS = (
    Room("devnet", "", is_package=True),
    Room("devnet.primitives", "", is_package=True),
    Room("devnet.curves", "", is_package=True),
    Room("devnet.primitives.types", ""),
    Room("devnet.crypto.hashing", ""),
    Room("devnet.crypto.keys", ""),
    Room("devnet.chain.tx", ""),
    Room("devnet.chain.router", ""),
    Room("devnet.consensus.votes", ""),
    Room("devnet.contracts.token", ""),
    Room("devnet.contracts.parts.hooks", ""),
    Room("devnet.cosmwasm.contract", ""),
    Room("devnet.cosmwasm.state", ""),
    Room("devnet.curves.sweep", ""),
    Room("devnet.live.devnet", ""),
    Room("devnet.node.node", ""),
    Room("devnet.x.bank.keeper", ""),
    Room("devnet.x.bank.messages", ""),
)
"""Empty rooms for the bad ones to import."""

BAD: tuple[tuple[Rule, str, str, str], ...] = (
    (rules.unplanned_wings, "devnet.utils.misc", "", "stands in no wing"),
    (
        rules.forbidden_arrows,
        "devnet.primitives.coins",
        "from devnet.crypto.hashing import sha256",
        "primitives may not import devnet.crypto.hashing",
    ),
    (
        rules.forbidden_arrows,
        "devnet.store.merkle",
        "from devnet.crypto.keys import Keyring",
        "store may not import devnet.crypto.keys",
    ),
    (
        rules.forbidden_arrows,
        "devnet.consensus.engine",
        "import devnet.chain.tx",
        "consensus may not import devnet.chain.tx",
    ),
    (
        rules.forbidden_arrows,
        "devnet.chain.base_app",
        "def run():\n    from devnet.consensus import votes",
        "chain may not import devnet.consensus.votes",
    ),
    (
        rules.forbidden_arrows,
        "devnet.x.wasm.keeper",
        "from devnet.x.bank.keeper import BankKeeper",
        "x/wasm may not import devnet.x.bank.keeper",
    ),
    (
        rules.forbidden_arrows,
        "devnet.x.wasm.module",
        "from ..bank.messages import MsgSend",
        "x/wasm may not import devnet.x.bank.messages",
    ),
    (
        rules.forbidden_arrows,
        "devnet.live.accounts",
        "from devnet.x.bank.keeper import BankKeeper",
        "live may not import devnet.x.bank.keeper",
    ),
    (
        rules.forbidden_arrows,
        "devnet.live.contracts",
        "from devnet.cosmwasm import state",
        "live may not import devnet.cosmwasm.state",
    ),
    (
        rules.forbidden_arrows,
        "devnet.rpc.queries",
        "from devnet.chain.router import QueryRouter",
        "rpc may not import devnet.chain.router",
    ),
    (
        rules.forbidden_arrows,
        "devnet.node.app",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import devnet.contracts.token",
        "node may not import devnet.contracts.token",
    ),
    (
        rules.forbidden_arrows,
        "devnet_widgets.panel",
        "from devnet.node.node import Node",
        "devnet_widgets may not import devnet.node.node",
    ),
    (
        rules.contracts_that_meet,
        "devnet.contracts.staking",
        "from devnet.contracts import token",
        "a contract imports devnet.contracts.token",
    ),
    (
        rules.contracts_that_meet,
        "devnet.contracts.parts.claims",
        "from devnet.contracts.token import Token",
        "a contract imports devnet.contracts.token",
    ),
    (
        rules.imports_from_packages,
        "devnet.contracts.mixer",
        "from devnet.curves import Curve",
        "imports from a face, devnet.curves",
    ),
    (
        rules.imports_from_packages,
        "devnet.chain.gas",
        "from devnet.primitives import Coin",
        "imports from an empty package, devnet.primitives",
    ),
    (
        rules.missing_rooms,
        "devnet.chain.gas",
        "def charge():\n    from devnet.primitives.coins import Coin",
        "there is no room devnet.primitives.coins",
    ),
    (
        rules.eager_front_door,
        "devnet",
        "from devnet.live.devnet import start",
        "loads devnet.live.devnet before it is used",
    ),
    (rules.misplaced_guests, "devnet.node.node", "import requests", "requests is not in the plan"),
    (
        rules.misplaced_guests,
        "devnet.node.node",
        "def open():\n    import plyvel",
        "plyvel may stand only in devnet.store.leveldb",
    ),
    (
        rules.misplaced_guests,
        "devnet.store.leveldb",
        "import plyvel",
        "plyvel is imported before its first use",
    ),
    (
        rules.misplaced_guests,
        "devnet.live.reprs",
        "from IPython.display import HTML",
        "IPython may stand only in devnet.notebook",
    ),
    (
        rules.misplaced_guests,
        "devnet.curves.exact",
        "import numpy as np",
        "numpy may stand only in",
    ),
    (
        rules.array_rooms_on_chain,
        "devnet.contracts.mixer",
        "from devnet.curves.sweep import sweep",
        "imports the array room devnet.curves.sweep",
    ),
    (
        rules.dynamic_imports,
        "devnet.node.app",
        "import importlib\nimportlib.import_module('devnet')",
        "imports by name at run time",
    ),
    (rules.dynamic_imports, "devnet.node.app", "__import__('devnet')", "imports by name"),
)

GOOD: tuple[tuple[str, str], ...] = (
    ("devnet.store.merkle", "from devnet.crypto.hashing import sha256"),
    ("devnet.x.wasm.keeper", "from devnet.cosmwasm.state import Item"),
    ("devnet.live.accounts", "from devnet.x.bank.messages import MsgSend"),
    ("devnet.contracts.group", "from devnet.contracts.parts.hooks import Hooks"),
    ("devnet.store.leveldb", "def db():\n    import plyvel"),
    (
        "devnet.store.leveldb",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import plyvel",
    ),
    ("devnet.vm.wasm_host", "def engine():\n    import wasmtime"),
    ("devnet.vm.python_code", "import importlib\nimportlib.import_module('x')"),
    ("devnet_widgets.charts", "import altair\nfrom devnet.live.devnet import Devnet"),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    violations = sorted(rule(house()))

    assert not violations, "\n".join(map(str, violations))


@pytest.mark.parametrize(
    ("rule", "module", "text", "complaint"),
    BAD,
    ids=[f"{rule.__name__}-{number}" for number, (rule, *_) in enumerate(BAD)],
)
def test_a_bad_room_breaks_the_rule(rule: Rule, module: str, text: str, complaint: str) -> None:
    bad = Room(module, text, is_package="." not in module)

    violations = list(rule([*(room for room in NEIGHBOURS if room.module != module), bad]))

    assert [found.module for found in violations] == [module]
    assert complaint in violations[0].text


@pytest.mark.parametrize(("module", "text"), GOOD, ids=[module for module, _ in GOOD])
def test_a_good_room_breaks_no_rule(module: str, text: str) -> None:
    rooms = [*NEIGHBOURS, Room(module, text)]

    assert [found for rule in RULES for found in rule(rooms)] == []


def test_a_circle_is_named_file_by_file() -> None:
    rooms = [
        Room("devnet.chain.a", "from devnet.chain.b import B"),
        Room("devnet.chain.b", "def late():\n    from devnet.chain import c"),
        Room("devnet.chain.c", "import devnet.chain.a"),
    ]

    (found,) = rules.circles(rooms)

    assert found.text == (
        "circle: devnet.chain.a -> devnet.chain.b -> devnet.chain.c -> devnet.chain.a"
    )


def test_the_house_is_not_empty() -> None:
    modules = {room.module for room in house()}

    assert {"devnet", "devnet.abci", "devnet.primitives.types", "devnet_widgets"} <= modules


def test_importing_devnet_loads_no_guest_and_no_wing() -> None:
    # Start-up hooks of the environment may load a guest before any of our code runs.
    script = "import sys; old = {*sys.modules}; import devnet; print(*{*sys.modules} - old)"

    done = subprocess.run(  # noqa: S603 - our own interpreter, a fixed script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split())
    assert loaded & set(GUESTS) == set()
    assert {name for name in loaded if name.startswith("devnet")} == {"devnet"}
