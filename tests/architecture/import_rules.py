"""Who may import whom: section 2 of the design, as functions from rooms to violations."""

import ast
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from architecture.plan import (
    ARRAY_ROOMS,
    ARROWS,
    BELOW_LIVE,
    DYNAMIC_IMPORT,
    FACES,
    GUESTS,
    PACKAGES,
    may_import,
    row_of,
    wing_of,
)
from architecture.source import Import, Room, Violation, imports_of


def unplanned_wings(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Every room stands in a wing of the plan."""
    for room in rooms:
        wing = wing_of(room.module)
        if wing not in {"devnet", "x"} and (wing is None or row_of(wing) not in ARROWS):
            yield Violation(room.module, 1, "stands in no wing of the plan")


def forbidden_arrows(rooms: Sequence[Room]) -> Iterator[Violation]:
    """A wing imports the wings of its row and nothing else; modules never one another."""
    for room, found in _inner_imports(rooms):
        wing, other = wing_of(room.module), wing_of(found.target)
        if wing in {"devnet", other} or may_import(room.module, found.target):
            continue
        yield Violation(room.module, found.line, f"{wing} may not import {found.target}")


def contracts_that_meet(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Contracts never import one another: they share parts and speak specs."""
    for room, found in _inner_imports(rooms):
        inside = room.module.startswith("devnet.contracts.")
        if (
            inside
            and wing_of(found.target) == "contracts"
            and not found.target.startswith("devnet.contracts.parts")
        ):
            yield Violation(room.module, found.line, f"a contract imports {found.target}")


def imports_from_packages(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Inside the house we import from the room, never from a face or an empty package."""
    packages = {room.module for room in rooms if room.is_package}
    for room, found in _inner_imports(rooms):
        if found.target in packages:
            kind = "a face" if found.target in FACES else "an empty package"
            yield Violation(
                room.module, found.line, f"imports from {kind}, {found.target}; name the room"
            )


def missing_rooms(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Every import inside the house finds a room; lazy ones would fail only when used."""
    known = {room.module for room in rooms}
    for room, found in _inner_imports(rooms):
        if found.target not in known:
            yield Violation(room.module, found.line, f"there is no room {found.target}")


def eager_front_door(rooms: Sequence[Room]) -> Iterator[Violation]:
    """``import devnet`` loads no wing: names are resolved on first use."""
    for room, found in _inner_imports(rooms):
        if room.module == "devnet" and found.when == "on import":
            yield Violation(room.module, found.line, f"loads {found.target} before it is used")


def circles(rooms: Sequence[Room]) -> Iterator[Violation]:
    """No circles between files, those of lazy and of typing imports included."""
    graph: dict[str, dict[str, None]] = {room.module: {} for room in rooms}
    for room, found in _inner_imports(rooms):
        if found.target in graph and found.target != room.module:
            graph[room.module][found.target] = None
    done: set[str] = set()
    for start in sorted(graph):
        yield from _circles_from(start, graph, [], done)


def _circles_from(
    module: str, graph: dict[str, dict[str, None]], path: list[str], done: set[str]
) -> Iterator[Violation]:
    if module in path:
        circle = [*path[path.index(module) :], module]
        yield Violation(module, 1, "circle: " + " -> ".join(circle))
        return
    if module in done:
        return
    for target in graph[module]:
        yield from _circles_from(target, graph, [*path, module], done)
    done.add(module)


def misplaced_guests(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Third-party packages stand only where the plan has them, some only at first use."""
    for room, found in _outer_imports(rooms):
        name = found.target.partition(".")[0]
        guest = GUESTS.get(name)
        if guest is None:
            yield Violation(room.module, found.line, f"{name} is not in the plan")
        elif not any(fnmatchcase(room.module, pattern) for pattern in guest.rooms):
            allowed = ", ".join(guest.rooms)
            yield Violation(room.module, found.line, f"{name} may stand only in {allowed}")
        elif guest.at_first_use and found.when == "on import":
            yield Violation(room.module, found.line, f"{name} is imported before its first use")


def array_rooms_on_chain(rooms: Sequence[Room]) -> Iterator[Violation]:
    """No room whose results reach a block imports an array room."""
    for room, found in _inner_imports(rooms):
        wing = wing_of(room.module)
        if (
            wing is not None
            and row_of(wing) in BELOW_LIVE
            and room.module not in (*ARRAY_ROOMS, *FACES)
            and found.target in ARRAY_ROOMS
        ):
            yield Violation(room.module, found.line, f"imports the array room {found.target}")


def dynamic_imports(rooms: Sequence[Room]) -> Iterator[Violation]:
    """One dynamic import in the house, and the faces' handing on; nowhere else."""
    for room in rooms:
        if room.module == DYNAMIC_IMPORT or (room.is_package and room.module in FACES):
            continue
        for node in ast.walk(room.tree):
            match node:
                case (
                    ast.Name(id="__import__" | "import_module")
                    | ast.Attribute(attr="import_module")
                ):
                    yield Violation(room.module, node.lineno, "imports by name at run time")
                case _:
                    pass


def _inner_imports(rooms: Sequence[Room]) -> Iterator[tuple[Room, Import]]:
    for room in rooms:
        for found in imports_of(room, rooms):
            if found.target.partition(".")[0] in PACKAGES:
                yield room, found


def _outer_imports(rooms: Sequence[Room]) -> Iterator[tuple[Room, Import]]:
    for room in rooms:
        for found in imports_of(room, rooms):
            name = found.target.partition(".")[0]
            if name not in PACKAGES and name not in sys.stdlib_module_names:
                yield room, found
