"""What contract source may not say, and how it is told."""

from textwrap import dedent, indent

import pytest

from devnet.cosmwasm.errors import CodeRejected
from devnet.vm.python_rules import check_rules, parse
from devnet.vm.python_scope import SCOPE


def check(text: str) -> frozenset[str]:
    return check_rules(parse(text), text, frozenset(SCOPE))


def contract(body: str) -> str:
    """A contract whose first method, on line 3, has this body from line 4 on."""
    head = "class C(Contract):\n    @execute\n    def go(self, deps, env, info):\n"
    return head + indent(dedent(body), " " * 8)


BROKEN = [
    ("x = 0.5", "0.5 is a float; write Decimal.parse"),
    ("x = 1e3", "is a float"),
    ("x = 2j", "is a float"),
    ("x = 1 / 2", "/ makes floats; use //"),
    ("x = 1\nx /= 2", "/ makes floats"),
    ("x = float('1')", "float is not available: floats differ"),
    ("x = f'{1:.2f}'", "this format makes a float"),
    ("import time", "time cannot be imported: the time of the block is env.block.time"),
    ("import random", "nothing on a chain is random"),
    ("from datetime import datetime", "env.block.time"),
    ("from math import sqrt", "use whole numbers"),
    ("import requests", "requests cannot be imported; write `from"),
    ("from devnet.live.devnet import Devnet", "devnet.live.devnet cannot be imported"),
    ("from devnet.contracts.group import Group", "cannot be imported"),
    ("from devnet.primitives.types import _DENOM", "import public names"),
    ("from . import group", "write the whole path"),
    ("from typing import get_type_hints", "a contract may import only"),
    ("import devnet.primitives.types", "cannot be imported"),
    ("x = eval('1')", "eval is not available: code is checked"),
    ("x = exec('1')", "exec is not available"),
    ("x = open('f')", "a contract has no files"),
    ("x = getattr(self, 'y')", "write the attribute's name"),
    ("x = id(self)", "it differs from run to run"),
    ("x = hash('a')", "it differs from run to run"),
    ("x = type(self)", "use isinstance"),
    ("print('hello')", "Response().add_attribute"),
    ("x = globals()", "globals is not in scope"),
    ("x = self.__class__", ".__class__ reaches into Python's own machinery"),
    ("match 1:\n    case int(__class__=c):\n        pass", ".__class__ reaches into Python's own"),
    ("match 1:\n    case int(mro=c):\n        pass", ".mro reaches around the contract side"),
    ("x = __name__", "belongs to Python's own machinery"),
    ("x = '{0}'.format(self)", "write an f-string"),
    ("x = (i for i in []).gi_frame", "reaches around the contract side"),
    ("x = deps.storage._get", "._get belongs to what it stands on"),
    ("x = deps.querier._raw", "a method reaches it through self only"),
    ("match deps:\n    case Deps(_raw=r):\n        pass", "._raw belongs to what it stands on"),
    ("def f(self): return self._raw\nx = f(deps.querier)", "._raw belongs to what"),
    ("f = lambda self: self._raw\nx = f(deps.querier)", "._raw belongs to what"),
    ("self = deps.querier\nx = self._raw", "._raw belongs to what"),
    ("x = balance", "balance is not in scope; the text of a contract is stored alone"),
    ("self.count = 1", "self.count is forgotten when the call ends; store it: count = Item("),
    ("self.count += 1", "self.count is forgotten"),
    ("Contract.x = 1", "Contract.x is shared by all contracts"),
    ("del Contract.x", "Contract.x is shared by all contracts"),
    ("x = sum(iter(int, 1))", "write a while loop"),
    ("x = iter(*self.pair)", "write a while loop"),
    ("global y", "use an Item"),
    ("try:\n    pass\nexcept:\n    pass", "name the error that is expected"),
    ("while True:\n    try:\n        pass\n    finally:\n        continue", "swallow the error"),
    ("f = lambda x=[]: x", "shared by all calls"),
    ("async def f(): pass", "waits for nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "words"), BROKEN, ids=[body for body, _ in BROKEN])
def test_a_broken_rule_is_named_with_line_and_remedy(body: str, words: str) -> None:
    with pytest.raises(CodeRejected) as caught:
        check(contract(body))

    assert words in caught.value.rule
    assert caught.value.line >= 4
    assert f"line {caught.value.line} in `" in str(caught.value)


WHOLE = [
    ("def f():\n  pass\nclass C(Contract, metaclass=f): ...", "no metaclass"),
    ("class C(Contract):\n    def __init__(self): ...", "__init__ may not be defined"),
    ("class C(Contract):\n    def f(self, x={}): ...", "shared by all calls"),
    ("from devnet.primitives.types import *", "one by one"),
    ("def f():\n    from typing import *", "no Python"),
    ("from __future__ import annotations", "__future__ cannot be imported"),
    ("class C(", "no Python"),
    ("x = '\0'", "no Python"),
    ("x = " + "(" * 5_000, "no Python"),
]


@pytest.mark.parametrize(("text", "words"), WHOLE, ids=[words for _, words in WHOLE])
def test_a_broken_text_is_refused(text: str, words: str) -> None:
    with pytest.raises(CodeRejected, match=words):
        check(text)


def test_the_first_broken_line_is_the_one_that_is_named() -> None:
    with pytest.raises(CodeRejected) as caught:
        check("x = 1\ny = 0.5\nz = 1 / 2\n")

    assert (caught.value.line, caught.value.code, caught.value.codespace) == (2, 2, "wasm")


GOOD = [
    "x = 7 // 2 % 3",
    "x = [n * 2 for n in range(3) if n]",
    "x = sorted({1, 2})",
    "x = {'a': 1}\nx['b'] = 2",
    "try:\n    raise Refuse('no')\nexcept Refuse as err:\n    x = err.hint\nfinally:\n    pass",
    "from devnet.primitives.types import Coin\nx = Coin('utgd', 1)",
    "from devnet.cosmwasm.specs.cw4 import Cw4\nx = Cw4(info.sender)",
    "from devnet import Contract, Item\nx = Item",
    "def inner(n):\n    return n\nx = inner(1)",
    "match info:\n    case None:\n        pass\n    case _:\n        x = 1",
    "x = f'{info.sender} {5:03d}'",
    "with_reason: int = 5",
    "x = (lambda n: n + 1)(2)",
]


@pytest.mark.parametrize("body", GOOD)
def test_ordinary_source_breaks_no_rule(body: str) -> None:
    check(contract(body))


def test_a_dataclass_of_its_own_may_have_fields_that_change() -> None:
    used = check(
        dedent("""
            @dataclass
            class Tally:
                yes: int = 0

                def add(self, n: int) -> None:
                    self.yes += n

            class C(Contract):
                pass
        """)
    )

    assert used == {"dataclass", "Contract"}


def test_a_method_reaches_names_of_its_own_through_self() -> None:
    check(contract("x = [self._more() for _ in (1, 2)]\nreturn lambda: self._more"))
