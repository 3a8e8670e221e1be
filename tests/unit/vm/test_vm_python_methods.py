"""What makes much or takes long in one step of Python is paid by its size, or refused."""

import ast
from typing import Any

import pytest

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.vm.python_meter import GAS_PER_TICK, HostFailure, Ticks
from devnet.vm.python_ticks import insert_ticks

LIMIT = 5_000_000


class Meter:
    used = 0

    def consume(self, amount: int, what: str) -> None:
        self.used += amount
        if self.used > LIMIT:
            raise OverflowError(what)


def run(text: str) -> tuple[int, dict[str, Any]]:
    ticks, meter = Ticks(), Meter()
    names: dict[str, Any] = dict(ticks.names())
    ticks.begin(meter)
    exec(compile(insert_ticks(ast.parse(text)), "<text>", "exec"), names)  # noqa: S102
    ticks.settle()
    return meter.used // GAS_PER_TICK, names


@pytest.mark.parametrize(
    "text",
    [
        "f'{1:>500000000}'",
        "f'{1:>{5 * 10**8}}'",
        "'a'.ljust(5 * 10**8)",
        "'a'.center(5 * 10**8)",
        "'1'.zfill(5 * 10**8)",
        "('\\t' * 999).expandtabs(10**6)",
        "(1).to_bytes(5 * 10**8)",
        "(1).to_bytes(length=5 * 10**8)",
        "str.ljust('a', 5 * 10**8)",
        "('a' * 100000).join(['b'] * 5000)",
        "('a' * 30000).replace('a', 'a' * 30000)",
        "class B: pass\nb = B()\nb.t = 'a'\nwhile True: b.t += b.t",
        "d = {0: 'a'}\nwhile True: d[0] += d[0]",
        "d = {0: 2}\nwhile True: d[0] *= d[0]",
        "x = 'a'\nwhile True: x = f'{x}{x}'",
    ],
)
def test_what_would_be_too_large_is_refused(text: str) -> None:
    with pytest.raises(Overflow, match="at most"):
        run(text)


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\nwhile True: x.extend(x)",
        "x = [1]\nx[:] = range(10**9)",
        "x = set()\nx.update(range(10**9))",
        "x = list(iter(range(10**9)))",
        "-1 in iter(range(10**9))",
        "x = []\nwhile True: x.append('a' * 131000)",
        "x = []\ny = 'a' * 131000\nwhile True: x.append(y[1:])",
        "x = []\nwhile True: x.append(1 << 4000)",
    ],
)
def test_what_fills_the_memory_runs_out_of_gas(text: str) -> None:
    with pytest.raises(HostFailure) as caught:
        run(text)

    assert isinstance(caught.value.cause, OverflowError)


@pytest.mark.parametrize(
    ("text", "at_least"),
    [
        ("x = -1 in y", 1562),
        ("x = y.count(-1)", 1562),
        ("x = y.index(99999)", 1562),
        ("x = z.find('b')", 1562),
        ("x = z.upper()", 6250),
        ("x = z[1:]", 6249),
    ],
)
def test_what_is_searched_or_copied_is_paid_by_its_size(text: str, at_least: int) -> None:
    before = "y = list(range(100000))\nz = 'a' * 100000\n"

    assert run(before + text)[0] - run(before)[0] >= at_least


def test_translate_is_refused() -> None:
    with pytest.raises(Refuse, match="use replace"):
        run("'a'.translate({97: 'b' * 100000})")


def test_small_values_mean_the_same_and_cost_no_more() -> None:
    text = """
class Own:
    def find(self, what): return what
x = "ab".ljust(4) + "a,b".split(",")[1] + "-".join(c for c in "xy") + f"{5:>3}" + f"{'a'!r:>5}"
y = ["a".index("a"), [1, 2].count(2), Own().find(7), (5).to_bytes(2, "big"), {"a": 1}.copy()]
z = {"n": 1}
z["n"] += y[0] + 1
"""
    used, names = run(text)

    assert names["x"] == "ab  bx-y  5  'a'"
    assert names["y"] == [0, 1, 7, b"\0\5", {"a": 1}]
    assert names["z"] == {"n": 2}
    assert used < 20
