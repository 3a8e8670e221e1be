"""Python's own stack: what a contract may use of it never depends on who calls."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from fakes.contract_chain import Gas, Store

from devnet.cosmwasm.deps import BlockInfo, ContractInfo, Env
from devnet.cosmwasm.errors import CodeRejected, VmError
from devnet.cosmwasm.runtime import Call
from devnet.crypto.addresses import to_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import loads
from devnet.primitives.types import Height, Timestamp
from devnet.vm.python_runtime import PythonRuntime
from devnet.vm.python_stack import HeadRoom

HERE = to_bech32("tgrade", b"\2" * 32)
ENV = Env(BlockInfo(Height(7), Timestamp(9), "test-1"), ContractInfo(HERE)).to_json()
TOP = """
@dataclass
class Node:
    inner: Any
    def __add__(self, other):
        return self + other
    def __len__(self):
        return len(self)
    def __str__(self):
        return f"{self}"
    def __contains__(self, other):
        return other in self
    def __bool__(self):
        return not self
    @property
    def end(self):
        return self.end

"""
BODY = """
class Deep(Contract):
    @instantiate
    def open(self, deps, env, info) -> None: ...
    @query
    def go(self, deps, env) -> str:
"""


def contract(body: str) -> bytes:
    lines = body.splitlines()
    return (TOP + BODY + "".join(f"        {line}\n" for line in lines)).encode()


T = TypeVar("T")


class NoQuerier:
    def query(self, request: bytes) -> bytes:
        raise NotImplementedError


def outcome(source: bytes) -> tuple[str, int]:
    gas, machine = Gas(), PythonRuntime("tgrade")
    call = Call("query", ENV, None, b'{"go":{}}', Store(), NoQuerier(), gas, read_only=True)
    try:
        answer: Any = loads(machine.run(source, sha256(source), call))
    except (VmError, CodeRejected) as err:
        return f"{type(err).__name__}: {err}", gas.used
    return answer.get("error", "fine"), gas.used


def from_below(frames: int, act: Callable[[], T]) -> T:
    return from_below(frames - 1, act) if frames else act()


ENDLESS = [
    "f = [None]\nf[0] = lambda n: f[0](n + 1)\nreturn str(f[0](0))",
    "def f(n): return g(n)\ng = f\nreturn str(f(1))",
    "t = {}\ndef f(n): return t['f'](n)\nt['f'] = f\nreturn str(f(1))",
    "return str(Node(1) + Node(2))",
    "return str(len(Node(1)))",
    "return str(1 in Node(1))",
    "return 'a' if Node(1) else 'b'",
    "return str(Node(1).end)",
    "def g(n):\n    yield from g(n)\nreturn str(list(g(1)))",
    "def g(n):\n    for x in g(n):\n        yield x\nreturn str(list(g(1)))",
    "f = [None]\nf[0] = lambda: sum(f[0]() for _ in (1, 2))\nreturn str(f[0]())",
    "f = [None]\nf[0] = lambda n: sorted([1, 2], key=f[0])\nreturn str(f[0](1))",
    "f = [None]\nf[0] = lambda n: list(map(f[0], (1, 2)))\nreturn str(f[0](1))",
    "x = iter((1,))\nfor _ in range(5000):\n    x = map(lambda n: n, x)\nreturn str(list(x))",
    "x = iter((1,))\nfor _ in range(5000):\n    x = enumerate(x)\nreturn str(next(x))",
    "x = iter((1,))\nfor _ in range(5000):\n    x = (n for n in x)\nreturn str(list(x))",
]


@pytest.mark.parametrize("body", ENDLESS)
@pytest.mark.parametrize("below", [0, 400])
def test_endless_recursion_is_counted_by_whatever_name_it_goes(body: str, below: int) -> None:
    source = contract(body)

    text, gas = from_below(below, lambda: outcome(source))

    assert text == "functions stand inside one another more than 128 times"
    assert gas == outcome(source)[1]


@pytest.mark.parametrize(
    "body",
    [
        (
            "x = Node(None)\nfor _ in range(5000): x = Node(x)\ny = Node(None)\n"
            "for _ in range(5000): y = Node(y)\nreturn str(x == y)"
        ),
        pytest.param(
            "x, y = [], []\nfor _ in range(9000):\n    x, y = [x], [y]\n"
            "try:\n    return str(x == y)\nexcept Exception:\n    return 'caught'",
            marks=pytest.mark.xfail(
                sys.version_info >= (3, 13),
                reason="comparisons in C have a limit of their own from Python 3.13 on",
            ),
        ),
    ],
)
def test_what_only_the_interpreter_ends_is_the_same_from_everywhere(body: str) -> None:
    source = contract(body)

    first = outcome(source)

    assert first[0].startswith("VmError: values or calls stand too deep")
    assert from_below(400, lambda: outcome(source)) == first


@pytest.mark.parametrize("levels", [700, 740, 780])
def test_values_as_deep_as_the_stack_allows_end_alike_from_everywhere(levels: int) -> None:
    source = contract(
        f"x = Node(None)\nfor _ in range({levels}): x = Node(x)\ny = Node(None)\n"
        f"for _ in range({levels}): y = Node(y)\nreturn str(x == y)"
    )

    assert from_below(400, lambda: outcome(source)) == outcome(source)


@pytest.mark.parametrize(
    "text",
    [
        "x = 1" + " + 1" * 5000,
        "x = " + "not " * 3000 + "1",
        "x = " + "-" * 700 + "1",
        "if 1: x = 1\n" + "elif 2: x = 2\n" * 900,
        "x = y" + ".z" * 20_000,
        "x = y" + "()" * 500,
        "x = " + "1 if 1 else " * 600 + "1",
        "x = " + "lambda: " * 300 + "1",
        "x = 2" + " ** 2" * 300,
    ],
)
def test_deeply_nested_source_is_rejected_alike_from_everywhere(text: str) -> None:
    machine, code = PythonRuntime("tgrade"), f"{text}\n".encode() + contract("return ''")

    def check() -> str:
        with pytest.raises(CodeRejected, match="more than 200 deep") as caught:
            machine.check(code)
        return str(caught.value)

    assert from_below(500, check) == check()


def test_source_nested_less_deep_is_accepted_from_far_down() -> None:
    code = contract("return str(0" + " + 1" * 150 + ")")

    assert from_below(600, lambda: outcome(code)) == ("fine", outcome(code)[1])


def test_the_limit_of_the_interpreter_is_as_before_afterwards() -> None:
    before = sys.getrecursionlimit()

    with HeadRoom():
        assert sys.getrecursionlimit() > before
        with HeadRoom():
            pass
    outcome(contract("return str(Node(1).end)"))

    assert sys.getrecursionlimit() == before


def test_generators_that_wait_do_not_count() -> None:
    body = (
        "def g(n):\n    yield n\n    yield n + 1\n"
        "waiting = [g(n) for n in range(300)]\n"
        "first = [next(one) for one in waiting]\n"
        "second = [next(one) for one in waiting]\n"
        "return str(sum(first) + sum(second))"
    )

    assert outcome(contract(body))[0] == "fine"


def test_errors_that_are_caught_give_their_depth_back() -> None:
    body = (
        "def fail(n):\n    raise Refuse('no')\n"
        "def each(n):\n    yield fail(n)\n"
        "for n in range(300):\n"
        "    try:\n        list(map(lambda m: fail(m), (n,)))\n"
        "    except Refuse:\n        pass\n"
        "    try:\n        list(each(n))\n"
        "    except Refuse:\n        pass\n"
        "return 'fine'"
    )

    assert outcome(contract(body))[0] == "fine"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("m = map\nreturn ''", "map may only be called here"),
        ("def g():\n    x = yield from (1,)\nreturn ''", "yield from gives no value back"),
        ("f = lambda: (yield 1)\nreturn ''", "a lambda does not yield"),
        (
            "def g():\n    try:\n        yield 1\n    finally:\n        len('')\nreturn ''",
            "no finally or with may wait",
        ),
    ],
)
def test_what_would_hide_from_the_count_is_rejected(body: str, words: str) -> None:
    with pytest.raises(CodeRejected, match=words):
        PythonRuntime("tgrade").check(contract(body))
