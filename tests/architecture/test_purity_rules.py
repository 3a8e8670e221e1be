"""Section 6 of the design: below live nothing depends on the machine."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from architecture import purity_rules as rules
from architecture.source import Room, Violation, house

Rule = Callable[[Sequence[Room]], Iterator[Violation]]

RULES: tuple[Rule, ...] = (
    rules.clocks_and_dice,
    rules.floats,
    rules.other_encoders,
    rules.salted_hashes,
    rules.unsorted_sets,
)

BAD: tuple[tuple[Rule, str], ...] = (
    (rules.clocks_and_dice, "import time"),
    (rules.clocks_and_dice, "from time import monotonic"),
    (rules.clocks_and_dice, "def f():\n    import random"),
    (rules.clocks_and_dice, "import secrets"),
    (rules.clocks_and_dice, "import uuid"),
    (rules.clocks_and_dice, "import datetime\nx = datetime.datetime.now()"),
    (rules.clocks_and_dice, "from datetime import date\nx = date.today()"),
    (rules.clocks_and_dice, "import os\nx = os.urandom(32)"),
    (rules.floats, "x = 0.5"),
    (rules.floats, "x = 2j"),
    (rules.floats, "x = a / b"),
    (rules.floats, "a /= 2"),
    (rules.floats, "x = float('1')"),
    (rules.floats, "def f(x: float): ..."),
    (rules.floats, "def f() -> float | None: ..."),
    (rules.floats, "import math\nx = math.sqrt(2)"),
    (rules.floats, "from math import exp"),
    (rules.other_encoders, "import json"),
    (rules.other_encoders, "from pickle import dumps"),
    (rules.salted_hashes, "x = hash('ana')"),
    (rules.salted_hashes, "x = id(y)"),
    (rules.unsorted_sets, "for x in {1, 2}: ..."),
    (rules.unsorted_sets, "for x in set(names): ..."),
    (rules.unsorted_sets, "x = [n for n in a.keys() - b]"),
    (rules.unsorted_sets, "def f():\n    seen = set()\n    return list(seen)"),
    (rules.unsorted_sets, "def f(names: set[str]):\n    return ','.join(names)"),
    (rules.unsorted_sets, "x = {n: 1 for n in frozenset(names)}"),
    (rules.unsorted_sets, "x = [*{1, 2}]"),
)

GOOD: tuple[str, ...] = (
    "import datetime\nx = datetime.datetime.fromisoformat('2024-01-01')",
    "x = clock.now",
    "x = isinstance(y, float)",
    "x = a // b",
    "x = folder / 'LOCK'",
    "x = folder / f'{name}' / other",
    "from math import isqrt\nimport math\nx = math.gcd(2, 4)",
    "class A:\n    def __hash__(self):\n        return hash(self.x)",
    "for x in sorted({1, 2}): ...",
    "x = sorted(n for n in set(names))",
    "x = {n for n in set(names)}",
    "x = any(n for n in {1, 2})",
    "def f():\n    seen = set()\n    seen.add(1)\n    return len(seen)",
    "x = a - b\nfor y in z: ...",
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_below_live_the_house_keeps_the_rule(rule: Rule) -> None:
    violations = sorted(rule(house()))

    assert not violations, "\n".join(map(str, violations))


@pytest.mark.parametrize(("rule", "text"), BAD, ids=[text for _, text in BAD])
def test_an_impure_room_breaks_the_rule(rule: Rule, text: str) -> None:
    assert len(list(rule([Room("devnet.chain.bad", text)]))) == 1


@pytest.mark.parametrize("text", GOOD)
def test_a_pure_room_breaks_no_rule(text: str) -> None:
    rooms = [Room("devnet.chain.good", text)]

    assert [found for rule in RULES for found in rule(rooms)] == []


@pytest.mark.parametrize("module", ["devnet.live.devnet", "devnet_widgets.panel"])
def test_above_the_node_a_clock_is_allowed(module: str) -> None:
    assert list(rules.clocks_and_dice([Room(module, "import time")])) == []


def test_array_rooms_may_compute_in_floats() -> None:
    assert list(rules.floats([Room("devnet.curves.vectorized", "x = 0.5")])) == []
