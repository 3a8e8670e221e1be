"""The shape of rooms: their size, their documentation, their faces."""

import ast
from collections.abc import Iterator, Sequence

from architecture.plan import FACE_FUNCTIONS, FACES, FUNCTION_CEILING, LINE_CEILING
from architecture.source import Room, Violation

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_rooms(rooms: Sequence[Room]) -> Iterator[Violation]:
    """A room above the ceiling has outgrown its subject."""
    for room in rooms:
        lines = len(room.text.splitlines())
        if lines > LINE_CEILING:
            yield Violation(room.module, lines, f"holds {lines} lines of {LINE_CEILING}")


def long_functions(rooms: Sequence[Room]) -> Iterator[Violation]:
    """A function above the ceiling is several; its docstring does not count."""
    for room in rooms:
        for node in ast.walk(room.tree):
            if isinstance(node, Function):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                lines -= len((ast.get_docstring(node, clean=False) or "").splitlines())
                if lines > FUNCTION_CEILING:
                    yield Violation(room.module, node.lineno, f"{node.name} is {lines} lines long")


def undocumented(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Every public name says what it means: rooms, classes, functions and methods."""
    for room in rooms:
        if not room.text.strip():
            continue
        if ast.get_docstring(room.tree) is None:
            yield Violation(room.module, 1, "the room has no docstring")
        yield from _undocumented_in(room, room.tree, "")


def busy_packages(rooms: Sequence[Room]) -> Iterator[Violation]:
    """An ``__init__`` is empty; the faces only hand names on."""
    for room in rooms:
        if not room.is_package:
            continue
        if room.module not in FACES and room.text:
            yield Violation(room.module, 1, "is no face and must be empty")
        for node in room.tree.body:
            if not _hands_on(node):
                yield Violation(
                    room.module, node.lineno, "does more than hand names on: move it to a room"
                )


def _undocumented_in(room: Room, parent: ast.AST, prefix: str) -> Iterator[Violation]:
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not _is_excused(node):
            yield Violation(room.module, node.lineno, f"{prefix}{node.name} has no docstring")
        if isinstance(node, ast.ClassDef):
            yield from _undocumented_in(room, node, f"{node.name}.")


def _is_excused(node: Function | ast.ClassDef) -> bool:
    """Overloads, overriding methods and setters repeat what was said before."""
    words = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(words & {"overload", "override", "setter", "deleter"})


def _hands_on(node: ast.stmt) -> bool:
    """Is this statement of a package's file a way of handing names on, and nothing more?"""
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=test, body=body):
            typing_only = ast.unparse(test).endswith("TYPE_CHECKING")
            return typing_only and all(_hands_on(part) for part in body)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("_")
        case ast.FunctionDef(name=name):
            return name in FACE_FUNCTIONS
        case _:
            return False
