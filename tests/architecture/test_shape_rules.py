"""Rooms stay small, public names are documented, packages without a face are empty."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from architecture import shape_rules as rules
from architecture.source import ROOT, Room, Violation, house, room_at

Rule = Callable[[Sequence[Room]], Iterator[Violation]]

RULES: tuple[Rule, ...] = (
    rules.long_rooms,
    rules.long_functions,
    rules.undocumented,
    rules.busy_packages,
)

BAD: tuple[tuple[Rule, str, str], ...] = (
    (rules.long_rooms, "devnet.chain.tx", "x = 1\n" * 401),
    (rules.long_functions, "devnet.chain.tx", "def f():\n" + "    x = 1\n" * 81),
    (rules.undocumented, "devnet.chain.tx", "x = 1"),
    (rules.undocumented, "devnet.chain.tx", '"""Room."""\ndef f(): ...'),
    (rules.undocumented, "devnet.chain.tx", '"""Room."""\nclass A: ...'),
    (
        rules.undocumented,
        "devnet.chain.tx",
        '"""Room."""\nclass A:\n    """A."""\n    def f(self): ...',
    ),
    (rules.busy_packages, "devnet.chain", '"""Room."""'),
    (rules.busy_packages, "devnet.contracts", "class Group: ..."),
    (rules.busy_packages, "devnet.contracts", "def make(): ..."),
    (rules.busy_packages, "devnet.contracts", "print('hello')"),
)

GOOD: tuple[tuple[str, str], ...] = (
    ("devnet.chain", ""),
    ("devnet.chain.tx", '"""Room."""\ndef _f(): ...\nclass _A:\n    def f(self): ...'),
    (
        "devnet.contracts",
        '"""Face."""\nfrom devnet.contracts import group\n_ROOMS = {}\ndef __getattr__(name): ...',
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_shape(rule: Rule) -> None:
    violations = sorted(rule(house()))

    assert not violations, "\n".join(map(str, violations))


def test_rooms_of_tests_stay_small_too() -> None:
    tests = [room_at(path, ROOT) for path in sorted((ROOT / "tests").rglob("*.py"))]

    violations = list(rules.long_rooms(tests))

    assert not violations, "\n".join(map(str, violations))


@pytest.mark.parametrize(
    ("rule", "module", "text"),
    BAD,
    ids=[f"{rule.__name__}-{number}" for number, (rule, *_) in enumerate(BAD)],
)
def test_a_misshapen_room_breaks_the_rule(rule: Rule, module: str, text: str) -> None:
    is_package = module in {"devnet.chain", "devnet.contracts"}

    assert len(list(rule([Room(module, text, is_package=is_package)]))) == 1


@pytest.mark.parametrize(("module", "text"), GOOD, ids=[module for module, _ in GOOD])
def test_a_well_shaped_room_breaks_no_rule(module: str, text: str) -> None:
    rooms = [Room(module, text, is_package=module.count(".") < 2)]

    assert [found for rule in RULES for found in rule(rooms)] == []
