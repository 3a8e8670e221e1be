"""Contract source: what is stored, what it may import, how it becomes a class.

What is stored is text: the whole text of a room of ``devnet.contracts``, or the text of one
class from a notebook cell. The names of the contract side (``Contract``, ``Item``,
``execute``, ``Coin``, ...) are in scope for both; every other name must be defined or
imported in the text itself.

This room holds the one dynamic import of the house. The rooms that stored code takes from
the package belong to what the code is, so :func:`digests_of` covers them and all they
import on the contract side.
"""

import ast
import builtins
import importlib
import inspect
import linecache
import textwrap
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from devnet.cosmwasm.contract import Contract, schema_of
from devnet.cosmwasm.errors import CodeRejected, SchemaError, nearest
from devnet.cosmwasm.schema import ContractSchema
from devnet.crypto.hashing import sha256
from devnet.primitives.errors import DevnetError
from devnet.vm.python_guards import power
from devnet.vm.python_memory import refuse_memory
from devnet.vm.python_meter import HostFailure, Ticks
from devnet.vm.python_rules import check_rules, no_python, parse, too_nested
from devnet.vm.python_scope import BUILTINS, FACE, ROOTS, SCOPE
from devnet.vm.python_ticks import insert_ticks

MAX_SIZE = 800 * 1024
"""Bytes of source (cosmwasm reference, section 1)."""
LOADING_TICKS = 100_000
"""What the top of a source may take when it is loaded; nobody pays for it."""

_BASE = "devnet.cosmwasm.contract"


@dataclass(frozen=True, slots=True)
class Compiled:
    """Source that is ready to run.

    Attributes
    ----------
    filename
        What tracebacks call it; its lines are known to ``linecache``.
    raises
        Lines on which the source raises an error itself.
    """

    cls: type[Contract]
    schema: ContractSchema
    filename: str
    lines: tuple[str, ...]
    raises: frozenset[int]


def compile_source(code: bytes, checksum: bytes, ticks: Ticks) -> Compiled:
    """The contract class of stored source, paying by ``ticks`` when it runs.

    Raises
    ------
    CodeRejected
        If the source breaks a rule, does not load, or holds no contract that can be called.
    """
    text = _text_of(code)
    tree = parse(text)
    try:
        used = check_rules(tree, text, frozenset(SCOPE))
        raises = frozenset(
            line
            for node in ast.walk(tree)
            if isinstance(node, ast.Raise)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        )
        places = _places(tree)
        filename = f"<contract {checksum.hex()[:8]}>"
        compiled = compile(insert_ticks(tree), filename, "exec", dont_inherit=True, optimize=0)
    except SyntaxError as err:  # what only the compiler sees, like a return at the top
        raise no_python(err) from err
    except RecursionError as err:
        raise too_nested() from err
    lines = tuple(text.splitlines())
    linecache.cache[filename] = (len(text), None, [f"{line}\n" for line in lines], filename)

    namespace = {
        "__name__": f"contract_{checksum.hex()[:8]}",
        "__builtins__": _builtins(),
        **ticks.names(),
        **{name: _resolve(SCOPE[name], name) for name in sorted(used)},
    }
    outer = ticks.begin(_LoadingMeter())
    try:
        exec(compiled, namespace)  # noqa: S102 - the source was checked above
    except (CodeRejected, HostFailure) as err:
        raise _not_loaded(err, filename, lines) from err
    except Exception as err:  # contract code: whatever it raises rejects it
        raise _not_loaded(err, filename, lines) from err
    finally:
        ticks.end(outer)

    cls = _contract_in(namespace, places)
    refuse_memory(namespace, places, _rebound(tree))
    try:
        schema = schema_of(cls)
    except SchemaError as err:
        name = err.place.partition("(")[0].rpartition(".")[2]
        raise CodeRejected(places.get(name, 0), str(err)) from err
    return Compiled(cls, schema, filename, lines, raises)


def digests_of(code: bytes) -> dict[str, str]:
    """SHA-256 of every room on the contract side that this source depends on."""
    text = _text_of(code)
    tree = parse(text)
    rooms = {_BASE, *_rooms_of(tree)}
    rooms |= {SCOPE[name] for name in check_rules(tree, text, frozenset(SCOPE))}
    waiting = sorted(room for room in rooms if _is_ours(room))
    digests: dict[str, str] = {}
    while waiting:
        room = waiting.pop()
        if room not in digests:
            digests[room], imported = _room(room)
            waiting += imported
    return digests


def source_of(code: ModuleType | type) -> bytes:
    """Text to store for a room of contracts, or for a class from a cell or a file.

    Raises
    ------
    CodeRejected
        If Python does not know the text any more.
    """
    try:
        text = inspect.getsource(code) if isinstance(code, ModuleType) else _class_text(code)
    except (OSError, TypeError) as err:
        raise CodeRejected(
            0, f"the text of {code.__name__} is not known; define it in a cell or a file"
        ) from err
    return text.encode()


def _class_text(cls: type) -> str:
    """Text of a class, found through its methods: cells have no file that inspect knows."""
    for method in vars(cls).values():
        if not isinstance(method, FunctionType):
            continue
        lines = linecache.getlines(method.__code__.co_filename)
        line = method.__code__.co_firstlineno
        for node in ast.walk(_parsed("".join(lines))):
            if (
                isinstance(node, ast.ClassDef)
                and node.name == cls.__name__
                and node.lineno <= line <= (node.end_lineno or line)
            ):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                return textwrap.dedent("".join(lines[first - 1 : node.end_lineno]))
    return textwrap.dedent(inspect.getsource(cls))


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:  # a cell with magics: inspect may still find the class
        return ast.Module([], [])


def _text_of(code: bytes) -> str:
    if len(code) > MAX_SIZE:
        raise CodeRejected(0, f"{len(code)} bytes, at most {MAX_SIZE}")
    try:
        return code.decode()
    except UnicodeDecodeError as err:
        raise CodeRejected(0, "neither a compiled contract nor text in UTF-8") from err


class _LoadingMeter:
    """Bounds the loading of a source; it is paid by nobody, for it may come from a cache."""

    def __init__(self) -> None:
        self._left = LOADING_TICKS

    def consume(self, amount: int, what: str) -> None:  # noqa: ARG002 - a GasMeter
        self._left -= amount
        if self._left < 0:
            raise CodeRejected(0, "does not come to an end while it is loaded")


def _not_loaded(err: BaseException, filename: str, lines: Sequence[str]) -> CodeRejected:
    """Why the top of the source failed, and on which line."""
    frames = traceback.extract_tb(err.__traceback__)
    line = max((f.lineno or 0 for f in frames[-1:] if f.filename == filename), default=0)
    line = line or next((f.lineno or 0 for f in reversed(frames) if f.filename == filename), 0)
    cause = err.cause if isinstance(err, HostFailure) else err
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    if isinstance(cause, CodeRejected):
        return CodeRejected(line, cause.rule, text=text)
    reason = str(cause) if isinstance(cause, DevnetError) else f"{type(cause).__name__}: {cause}"
    return CodeRejected(line, f"fails while it is loaded: {reason}", text=text)


def _builtins() -> dict[str, Any]:
    known = {name: getattr(builtins, name) for name in BUILTINS}
    return {
        **known,
        "pow": power,
        "__build_class__": builtins.__build_class__,
        "__import__": _import,
    }


def _import(
    room: str,
    _globals: Mapping[str, object] | None = None,
    _locals: Mapping[str, object] | None = None,
    names: Iterable[str] = (),
    _level: int = 0,
) -> object:
    """What ``from room import names`` finds; the rules have checked the room already."""
    found = {name: _resolve(SCOPE.get(name, "") if room == FACE else room, name) for name in names}
    return SimpleNamespace(**found)


def _resolve(room: str, name: str) -> object:
    if not room:
        hint = nearest(name, SCOPE)
        raise CodeRejected(0, f"{name} is no contract-side name of devnet; {hint}")
    try:
        module = importlib.import_module(room)
    except ModuleNotFoundError as err:
        raise CodeRejected(0, f"there is no room {room}") from err
    found = getattr(module, name, None)
    if found is None or isinstance(found, ModuleType):
        public = [
            n for n, v in vars(module).items() if not isinstance(v, ModuleType) and n[0] != "_"
        ]
        raise CodeRejected(0, f"{room} has no {name}; {nearest(name, public)}")
    return found


def _is_ours(room: str) -> bool:
    return any(f"{room}.".startswith(f"{root}.") for root in ROOTS)


def _rooms_of(tree: ast.Module) -> list[str]:
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    rooms = {n.module for n in imports if n.module and _is_ours(n.module)}
    faces = {a.name for n in imports if n.module == FACE for a in n.names}
    return sorted(rooms | {SCOPE[name] for name in faces if _is_ours(SCOPE.get(name, ""))})


@cache
def _room(room: str) -> tuple[str, list[str]]:
    """Digest of a room's text, and the rooms on the contract side that it imports."""
    text = inspect.getsource(importlib.import_module(room))
    return sha256(text.encode()).hex(), _rooms_of(ast.parse(text))


def _places(tree: ast.Module) -> dict[str, int]:
    """First line on which a name is defined, for errors found later."""
    places: dict[str, int] = {}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                places.setdefault(name, node.lineno)
            case ast.Name(id=name, ctx=ast.Store()):
                places.setdefault(name, node.lineno)
            case _:
                pass
    return places


def _rebound(tree: ast.Module) -> frozenset[str]:
    """Names that inner functions bind again outside of themselves."""
    found = [node.names for node in ast.walk(tree) if isinstance(node, ast.Nonlocal)]
    return frozenset(name for names in found for name in names)


def _contract_in(namespace: Mapping[str, Any], places: Mapping[str, int]) -> type[Contract]:
    own = namespace["__name__"]
    found = [
        value
        for name, value in namespace.items()
        if isinstance(value, type) and issubclass(value, Contract) and value.__module__ == own
    ]
    if not found:
        raise CodeRejected(0, "holds no contract; write class Name(Contract): ...")
    if len(found) > 1:
        second = found[1].__name__
        raise CodeRejected(places.get(second, 0), f"{second} is a second contract; store it alone")
    return found[0]
