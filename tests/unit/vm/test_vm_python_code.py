"""From text to class: scope, imports, digests, and the text of a class from a cell."""

import linecache
from types import ModuleType
from typing import Any

import pytest

from devnet import contracts
from devnet.cosmwasm.contract import Contract, execute, instantiate, query
from devnet.cosmwasm.errors import CodeRejected
from devnet.cosmwasm.state import Item
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import loads
from devnet.vm.python_code import Compiled, compile_source, digests_of, source_of
from devnet.vm.python_meter import Ticks
from devnet.vm.python_runtime import PythonRuntime
from devnet.vm.python_scope import SCOPE

HANDED = "self, deps, env, info"
OPEN = "    @instantiate\n    def open(self, deps, env, info) -> None: ...\n"


def load(text: str) -> Compiled:
    return compile_source(text.encode(), sha256(text.encode()), Ticks())


def rejected(text: str) -> CodeRejected:
    with pytest.raises(CodeRejected) as caught:
        load(text)
    return caught.value


class Guestbook(Contract):
    """Signs and counts."""

    visits: Item[int] = Item("visits", int)

    @instantiate
    def open(self, deps: Any, env: Any, info: Any) -> None:
        self.visits.save(deps, 0)

    @execute
    def sign(self, deps: Any, env: Any, info: Any) -> dict[str, str]:
        return {"count": str(self.visits.update(deps, lambda n: n + 1))}

    @query
    def count(self, deps: Any, env: Any) -> int:
        return self.visits.load(deps)


@pytest.mark.parametrize(
    "room", [contracts.group, contracts.multisig, contracts.staking, contracts.slashing]
)
def test_the_rooms_of_the_house_are_contracts_that_can_be_stored(room: ModuleType) -> None:
    source = source_of(room)

    digests = loads(PythonRuntime("tgrade").check(source))

    assert isinstance(digests, dict)
    assert "devnet.cosmwasm.state" in digests
    assert all(len(str(digest)) == 64 for digest in digests.values())


def test_the_text_of_a_class_stands_alone() -> None:
    source = source_of(Guestbook)

    assert source.startswith(b"class Guestbook(Contract):")
    assert source.rstrip().endswith(b"return self.visits.load(deps)")
    assert load(source.decode()).schema.names("execute") == ("sign",)


def test_a_class_from_a_cell_is_found_through_its_methods() -> None:
    cell = f"# a cell\nfrom devnet import Contract\n\nclass Cell(Contract):\n{OPEN}\nx = 1\n"
    linecache.cache["<cell 7>"] = (len(cell), None, cell.splitlines(keepends=True), "<cell 7>")
    names: dict[str, Any] = {"instantiate": instantiate}
    exec(compile(cell, "<cell 7>", "exec"), names)  # noqa: S102

    assert source_of(names["Cell"]).decode() == f"class Cell(Contract):\n{OPEN}"


def test_a_class_without_text_is_refused() -> None:
    names: dict[str, Any] = {"Contract": Contract, "instantiate": instantiate}
    exec(f"class Lost(Contract):\n{OPEN}", names)  # noqa: S102

    with pytest.raises(CodeRejected, match="the text of Lost is not known"):
        source_of(names["Lost"])


def test_every_name_in_scope_can_be_had() -> None:
    names = "\n".join(f"    _{name} = {name}" for name in sorted(SCOPE))

    load(f"class Everything(Contract):\n{names}\n{OPEN}")


def test_scope_names_may_be_imported_from_the_front_door() -> None:
    load(f"from devnet import Contract, instantiate\nclass C(Contract):\n{OPEN}")

    refused = rejected(f"from devnet import start\nclass C(Contract):\n{OPEN}")
    assert "start is no contract-side name of devnet" in refused.rule


@pytest.mark.parametrize(
    ("imported", "words"),
    [
        ("from devnet.primitives.types import Coim", "did you mean Coin?"),
        ("from devnet.primitives.nowhere import Coin", "there is no room"),
        ("from devnet.primitives.types import re", "has no re"),
    ],
)
def test_an_import_that_finds_nothing_is_refused_with_its_line(imported: str, words: str) -> None:
    refused = rejected(f"# first\n{imported}\nclass C(Contract):\n{OPEN}")

    assert words in refused.rule
    assert refused.line == 2


COUNTER = """def make():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
count = make()
"""
LASTING = """
KINDS = ("a", ("b", 1), frozenset({"c"}), range(3), list[int], Decimal.parse("0.5"))
class Kind(StrEnum):
    ONE = "one"
class Pair(NamedTuple):
    left: int
    right: int = 0
@dataclass(frozen=True)
class Fixed:
    kinds: tuple[Kind, ...] = (Kind.ONE,)
FIXED = (Fixed(), Pair(1))
def offset(by):
    def add(n):
        return n + by
    return add
plus = offset(5)
def deep():
    def count(n):
        return 0 if n == 0 else count(n - 1)
    return count
down = deep()
class A(Contract):
    fixed = Fixed()
    members = Map("members", list[int])
    @property
    def six(self):
        total = 1
        def bump():
            nonlocal total
            total += 5
        bump()
        return total
"""


def test_what_cannot_change_may_last() -> None:
    assert load(LASTING + OPEN).schema.name == "A"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\n", 0, "holds no contract"),
        (f"class A(Contract):\n{OPEN}class B(Contract):\n{OPEN}", 4, "B is a second contract"),
        ("class A(Contract):\n    pass\n", 1, "has no @instantiate"),
        (f"SEEN = []\nclass A(Contract):\n{OPEN}", 1, "SEEN would remember between calls"),
        (f"class A(Contract):\n    seen = {{}}\n{OPEN}", 2, "seen would remember"),
        (f"X = ([],)\nclass A(Contract):\n{OPEN}", 1, "X would remember"),
        (f"IDS = iter((1, 2))\nclass A(Contract):\n{OPEN}", 1, "IDS would remember"),
        (f"IDS = (n for n in (1, 2))\nclass A(Contract):\n{OPEN}", 1, "IDS would remember"),
        (f"class B:\n    seen = []\nclass A(Contract):\n{OPEN}", 2, "seen would remember"),
        (f"def f(seen=dict()): ...\nclass A(Contract):\n{OPEN}", 1, "f would remember"),
        (f"def f(*, seen=set()): ...\nclass A(Contract):\n{OPEN}", 1, "f would remember"),
        (f"{COUNTER}class A(Contract):\n{OPEN}", 2, "n would remember"),
        (f"class A(Contract):\n    box = ([1],)\n{OPEN}", 2, "box would remember"),
        (
            f"class A(Contract):\n{OPEN}    @staticmethod\n    def f(seen=list()): ...\n",
            5,
            "f would remember",
        ),
        (
            f"@dataclass\nclass B:\n    n: int = 0\nBOX = B()\nclass A(Contract):\n{OPEN}",
            4,
            "BOX would remember",
        ),
        (f"x = 1 // 0\nclass A(Contract):\n{OPEN}", 1, "fails while it is loaded: ZeroDivision"),
        (f"while True:\n    pass\nclass A(Contract):\n{OPEN}", 2, "does not come to an end"),
        (f"class A(Contract):\n    i = Item('i', object())\n{OPEN}", 2, "object is not"),
        (f"class A(Contract):\n    i = Item('i', slice)\n{OPEN}", 2, "slice cannot travel"),
        (
            f"class A(Contract):\n{OPEN}    @execute\n    def go({HANDED}, x: slice): ...\n",
            5,
            r"A.go(x): slice cannot travel",
        ),
        (
            f"class A(Contract):\n{OPEN}    @execute\n    def go({HANDED}, x: 'int'): ...\n",
            5,
            "write the type itself, without quotes",
        ),
        (
            f"class A(Contract):\n{OPEN}    @execute\n    def go(self, deps): ...\n",
            5,
            "takes (self, deps, env, info) and the fields",
        ),
    ],
)  # fmt: skip
def test_source_that_is_no_contract_is_refused_with_its_line(
    text: str, line: int, words: str
) -> None:
    refused = rejected(text)

    assert words in refused.rule
    assert refused.line == line


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CodeRejected, match="neither a compiled contract nor text"):
        compile_source(b"\xff\xfe", bytes(32), Ticks())
    with pytest.raises(CodeRejected, match="at most 819200"):
        compile_source(b"#" * 819_201, bytes(32), Ticks())


def test_digests_cover_what_is_used_and_what_that_imports() -> None:
    small = digests_of(f"class C(Contract):\n{OPEN}".encode())
    bigger = digests_of(f"class C(Contract):\n    h = Hooks()\n{OPEN}".encode())

    assert "devnet.cosmwasm.contract" in small
    assert "devnet.primitives.canonical_json" in small
    assert "devnet.contracts.parts.hooks" in set(bigger) - set(small)


def test_a_traceback_shows_the_contracts_own_line() -> None:
    compiled = load(f"class C(Contract):\n{OPEN}")

    assert linecache.getline(compiled.filename, 1) == "class C(Contract):\n"
