"""The source of the house as syntax trees, and what each room imports.

A room is one file. Tests read rooms from the disk; self-tests make them from a text, so
that every rule can be seen to fail.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
"""The top of the project."""

SOURCE_ROOTS = (ROOT / "devnet", ROOT / "widgets" / "devnet_widgets")


When = Literal["on import", "on first use", "for types"]


@dataclass(frozen=True)
class Room:
    """One file: its dotted name, its text, its syntax tree."""

    module: str
    text: str
    is_package: bool = False
    tree: ast.Module = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", ast.parse(self.text))

    @property
    def package(self) -> str:
        return self.module if self.is_package else self.module.rpartition(".")[0]


@dataclass(frozen=True)
class Import:
    """One module that a room imports, at a line, and when it happens."""

    target: str
    line: int
    when: When


@dataclass(frozen=True, order=True)
class Violation:
    """A rule broken, in words a newcomer can act on."""

    module: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.text}"


@cache
def house() -> tuple[Room, ...]:
    """Every room of both packages, in the order of their names."""
    return tuple(
        room_at(path, root.parent) for root in SOURCE_ROOTS for path in sorted(root.rglob("*.py"))
    )


def room_at(path: Path, base: Path) -> Room:
    """Room of one file, named from the folder that is on the import path."""
    parts = path.relative_to(base).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if is_package else parts)
    return Room(module, path.read_text(encoding="utf-8"), is_package=is_package)


def imports_of(room: Room, rooms: Sequence[Room]) -> list[Import]:
    """Every module a room names in an import, wherever the import stands.

    ``from package import name`` means ``package.name`` when that is a room. Imports for
    the type checker alone count too: they are knowledge all the same.
    """
    known = {other.module for other in rooms}
    found: dict[Import, None] = {}
    for node, when in _walk(room.tree, "on import"):
        if isinstance(node, ast.Import):
            found |= {Import(alias.name, node.lineno, when): None for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(room, node)
            for alias in node.names:
                submodule = f"{base}.{alias.name}"
                target = submodule if submodule in known else base
                found[Import(target, node.lineno, when)] = None
    return list(found)


def _base(room: Room, node: ast.ImportFrom) -> str:
    """Absolute name of the module behind ``from``, relative imports resolved."""
    if not node.level:
        return node.module or ""
    parts = room.package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


def _walk(node: ast.AST, when: When) -> Iterator[tuple[ast.AST, When]]:
    """All nodes, each with when it is reached."""
    for child in ast.iter_child_nodes(node):
        inside = when
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside = "on first use"
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            inside = "for types"
        yield child, inside
        yield from _walk(child, inside)
