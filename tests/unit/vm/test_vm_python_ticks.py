"""Ticks: what is paid, that it is the same for the same steps, and what is bounded."""

import ast
from typing import Any

import pytest

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.vm.python_meter import GAS_PER_TICK, HostFailure, Ticks
from devnet.vm.python_ticks import insert_ticks


class Meter:
    def __init__(self, limit: int = 10**12) -> None:
        self.used, self.limit = 0, limit

    def consume(self, amount: int, what: str) -> None:
        self.used += amount
        if self.used > self.limit:
            raise OverflowError(what)


def run(text: str, *, limit: int = 10**12) -> tuple[int, dict[str, Any]]:
    """Ticks that a text pays, and its names."""
    ticks, meter = Ticks(), Meter(limit * GAS_PER_TICK)
    names: dict[str, Any] = dict(ticks.names())
    outer = ticks.begin(meter)
    exec(compile(insert_ticks(ast.parse(text)), "<text>", "exec"), names)  # noqa: S102
    ticks.settle()
    ticks.end(outer)
    return meter.used // GAS_PER_TICK, names


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("x = 1 + 2", 0),
        ("def f(): pass", 0),
        ("def f(): pass\nf()", 2),
        ("def f(): pass\nfor _ in range(3): f()", 1 + 3 * 3),
        ("for _ in (1, 2, 3): pass", 3),
        ("n = 5\nwhile n: n -= 1", 5),
        ("x = [n for n in (1, 2, 3)]", 3),
        ("x = [n for n in (1, 2) for _ in (1, 2)]", 2 + 4),
        ("x = sum(n for n in (1, 2, 3))", 1 + 3),
        ("x = {n: n for n in (1, 2)}", 2),
        ("x = {n for n in (1, 2)}", 2),
        ("f = lambda: 1\nf()", 2),
        ("if True:\n    len('ab')\nelse:\n    len('ab')\n    len('ab')", 1),
        ("x = list((1, 2, 3))", 1 + 3),
        ("x = max((1, 2, 3))", 1 + 3),
        ("x = max(1, 2, 3)", 1),
        ("x = [*(1, 2, 3)]", 3),
        ("try:\n    len('')\nexcept ValueError:\n    len('')\n    len('')", 1),
        ("with_nothing = [n for n in ()]", 0),
    ],
)
def test_each_call_and_each_turn_is_paid(text: str, ticks: int) -> None:
    assert run(text)[0] == ticks


def test_a_program_means_the_same_with_ticks() -> None:
    text = """
def fib(n):
    '''Docstring.'''
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def squares(n):
    for i in range(n):
        if i % 2:
            yield i * i
        elif i == 4:
            continue
        else:
            yield -i

numbers = [fib(n) for n in range(10)]
total = 0
for value in squares(6):
    total += value
words = {k: v for k, v in zip("abc", range(3))}
text = "ab" * 3 + "c"
power, shift = 2 ** 10, 1 << 4
table = {}
table["x"] = table.get("x", 0) + 1
match (1, "two"):
    case (1, str(word)) if len(word) == 3:
        matched = word
"""
    plain: dict[str, Any] = {}
    exec(text, plain)  # noqa: S102

    ticked = run(text)[1]

    for name in ("numbers", "total", "words", "text", "power", "shift", "table", "matched"):
        assert ticked[name] == plain[name]
    assert ticked["fib"].__doc__ == "Docstring."


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "n = 0\nwhile True:\n    n += 1",
        "while True:\n    try:\n        len('')\n    except Exception:\n        pass",
        "x = [n for n in iter(lambda: 1, 0)]",
        "def g():\n    while True:\n        yield 1\nx = list(g())",
        "x = list(range(10**12))",
        "x = sum(range(10**12))",
        "x = sorted(range(10**12))",
        "x = [*range(10**12)]",
        "x = 1\nwhile True:\n    x = x + 0",
    ],
)
def test_what_never_ends_runs_out(text: str) -> None:
    with pytest.raises(HostFailure) as caught:
        run(text, limit=100_000)

    assert isinstance(caught.value.cause, OverflowError)


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a' * 10**9",
        "x = 10**9 * [0]",
        "x = 2 ** 10**9",
        "x = 1 << 10**9",
        "x = bytes(10**9)",
        "x = 2\nwhile True: x *= x",
        "x = 2\nwhile True: x = x + x",
        "x = 'ab'\nwhile True: x += x",
        "x = [1]\nwhile True: x = x + x",
    ],
)
def test_what_grows_without_end_is_refused(text: str) -> None:
    with pytest.raises(Overflow, match="at most"):
        run(text)


@pytest.mark.parametrize(
    "text",
    [
        "for x in {1, 2}: pass",
        "x = [n for n in frozenset((1, 2))]",
        "x = list({1, 2})",
        "x = tuple(set((1, 2)))",
        "x = [*{1, 2}]",
        "x = dict(enumerate({1, 2}))",
        "','.join({'a', 'b'})",
        "[].extend({1, 2})",
        "dict.fromkeys({1, 2})",
        "{1, 2}.pop()",
        "str({'a', 'b'})",
        "f'{set()}'",
        "'%s' % {'a', 'b'}",
        "sorted({'a', 'b'}, key=len)",
        "min({'a', 'b'}, key=len)",
        "a, b = {1, 2}",
        "[a, *b] = {1, 2}",
        "x = []\nx[:] = {1, 2}",
        "x = []\nx += {1, 2}",
        "def f():\n    yield from {1, 2}\nlist(f())",
        "','.join({'a': 1, 'b': 2}.keys() & {'a', 'b'})",
    ],
)
def test_the_order_of_a_set_is_never_used(text: str) -> None:
    with pytest.raises(Refuse, match=r"use sorted\(...\)"):
        run(text)


def test_a_set_may_be_counted_sorted_and_asked() -> None:
    names = run("s = {2, 1}\nx = sorted(s)\ny = max(s)\nz = len(s)\nw = 1 in s")[1]

    assert (names["x"], names["y"], names["z"], names["w"]) == ([1, 2], 2, 2, True)


def test_texts_lists_and_pops_without_sets_mean_the_same() -> None:
    text = "x = [1, 2]\nx += (3,)\nx.extend([4])\na, *b = x\nx[:1] = [0]\ny = x.pop()\n"
    text += "z = f'{y:>3}' + ','.join(sorted({'b', 'a'})) + '%s' % 5 + str(max(x, key=str))\n"
    _, names = run(text)
    assert (names["a"], names["b"], names["y"], names["z"]) == (1, [2, 3, 4], 4, "  4a,b53")


def test_a_function_stands_inside_itself_up_to_a_depth() -> None:
    text = "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n"

    assert run(text + "x = f(127)")[1]["x"] == 127
    with pytest.raises(Refuse, match="more than 128 times"):
        run(text + "f(128)")


def test_functions_that_call_each_other_are_counted_too() -> None:
    text = "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(1)"

    with pytest.raises(Refuse, match="more than 128 times"):
        run(text)


def test_powers_stay_whole() -> None:
    with pytest.raises(Refuse, match="a negative power is a fraction"):
        run("x = 2 ** -1")
    with pytest.raises(Refuse, match="takes whole numbers"):
        run("x = 'a' ** 2")
    assert run("x = 7 ** 2")[1]["x"] == 49


def test_lines_stay_where_they_were() -> None:
    text = "x = 1\nfor n in (1, 2):\n    x = x + n\nraise ValueError(x)\n"
    with pytest.raises(ValueError, match="4") as caught:
        run(text)

    frame = caught.tb
    while frame.tb_next:
        frame = frame.tb_next
    assert frame.tb_lineno == 4
