"""What contract code turns into text reads the same on every machine, or is refused."""

import ast
from typing import Any

import pytest

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.vm.python_meter import Ticks
from devnet.vm.python_ticks import insert_ticks

TOP = """
from dataclasses import dataclass
from devnet.cosmwasm.deps import Deps
from devnet.cosmwasm.messages import Response
from devnet.primitives.decimals import Decimal
deps = Deps(None, None, None)
class Plain:
    def go(self): pass
class Named:
    def __str__(self): return "named"
@dataclass
class Box:
    inner: object
@dataclass
class Own:
    inner: object
    def __repr__(self): return "own"
def f(): yield 1
"""


class Free:
    def consume(self, amount: int, what: str) -> None: ...


def run(text: str) -> Any:
    names: dict[str, Any] = {"__name__": "contract", **(ticks := Ticks()).names()}
    ticks.begin(Free())
    tree = insert_ticks(ast.parse(f"{TOP}x = {text}"))
    exec(compile(tree, "<text>", "exec"), names)  # noqa: S102
    return names["x"]


@pytest.mark.parametrize(
    "text",
    [
        "str(deps)",
        "f'{(lambda: 1)}'",
        "f'{f!r}'",
        "f'{Named()!r}'",
        "'%s' % Plain()",
        "'%s %s' % (1, f())",
        "str([Plain()])",
        "str({'a': (deps,)})",
        "str(Box(Plain()))",
        "str([Named()])",
        "str(Plain().go)",
        "str(len)",
        "str([].append)",
        "str(enumerate(()))",
        "str(ValueError(deps))",
        "','.join(map(str, [deps]))",
        "sorted([f, f], key=str)",
        "Response().add_attribute('a', deps)",
        "Response().add_event('a', b=lambda: 1)",
    ],
)
def test_places_in_memory_never_become_text(text: str) -> None:
    with pytest.raises(Refuse, match="no text that is the same on every machine"):
        run(text)


@pytest.mark.parametrize(
    "text",
    ["str([{1}])", "'%s' % ({'a'},)", "f'{(1, {2})}'", "str({1: {2}})", "str(Box({1}))"],
)
def test_sets_inside_of_other_values_do_not_become_text(text: str) -> None:
    with pytest.raises(Refuse, match=r"use sorted\(...\)"):
        run(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("str(Named())", "named"),
        ("str([Own(deps)])", "[own]"),
        ("str([1, 'a', b'b', None, True, (2,)])", "[1, 'a', b'b', None, True, (2,)]"),
        ("str(Decimal.parse('0.5'))", "0.5"),
        ("f'{Box(1)}'", "Box(inner=1)"),
        ("str(ValueError('no'))", "no"),
        ("str(range(3))", "range(0, 3)"),
        ("str({'a': 1}.items())", "dict_items([('a', 1)])"),
        ("'%s and %5d%%' % ('a', 5)", "a and     5%"),
        ("','.join(map(str, (1, 2)))", "1,2"),
        ("str()", ""),
        ("str(b'a', 'ascii')", "a"),
        ("str(int)", "<class 'int'>"),
        ("7 % 4", 3),
    ],
)
def test_values_become_the_text_they_always_were(text: str, meant: object) -> None:
    assert run(text) == meant


def test_values_that_hold_themselves_make_no_text() -> None:
    with pytest.raises(Refuse, match="more than 64 deep"):
        run("(lambda a: [a.append(a), str(a)])([])")


@pytest.mark.parametrize("text", ["'%500000000d' % 1", "'%*d' % (10**9, 1)", "'%.99999d' % 1"])
def test_widths_are_bounded(text: str) -> None:
    with pytest.raises(Overflow, match="width"):
        run(text)


def test_percent_makes_no_floats() -> None:
    with pytest.raises(Refuse, match="makes a float"):
        run("'%.2f' % 5")
