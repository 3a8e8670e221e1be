"""Nothing below live depends on the machine: section 6 of the design over syntax trees.

The rules see names, not types. Where a tree cannot tell (a name that holds a set, a path
joined with a slash), they ask for the spelling that can be read without running it.
"""

import ast
from collections.abc import Iterator, Sequence

from architecture.plan import ARRAY_ROOMS, BELOW_LIVE, row_of, wing_of
from architecture.source import Room, Violation, imports_of

CLOCKS_AND_DICE = ("time", "random", "secrets", "uuid", "tempfile")
OTHER_ENCODERS = ("json", "pickle", "marshal", "shelve")
READS_THE_CLOCK = ("now", "utcnow", "today")
INTEGER_MATH = ("isqrt", "gcd", "lcm", "comb", "perm", "factorial", "prod")
ORDER_IS_NOTHING = ("sorted", "set", "frozenset", "sum", "any", "all", "min", "max", "len")
"""Calls that give the same answer in whatever order they are fed."""


def clocks_and_dice(rooms: Sequence[Room]) -> Iterator[Violation]:
    """No wall clock and no random source; block time and seeds stand in their place."""
    for room in _exact(rooms):
        for found in imports_of(room, rooms):
            if found.target.partition(".")[0] in CLOCKS_AND_DICE:
                yield Violation(room.module, found.line, f"imports {found.target}")
        for node in ast.walk(room.tree):
            if not isinstance(node, ast.Attribute):
                continue
            owner = ast.unparse(node.value).rpartition(".")[2]
            if owner in {"datetime", "date"} and node.attr in READS_THE_CLOCK:
                yield Violation(room.module, node.lineno, f"reads the clock: .{node.attr}")
            if owner == "os" and node.attr == "urandom":
                yield Violation(room.module, node.lineno, "draws random bytes")


def floats(rooms: Sequence[Room]) -> Iterator[Violation]:
    """No float literals, no true division, no ``float()``, no float functions of math."""
    for room in _exact(rooms):
        for node in ast.walk(room.tree):
            problem = _float_in(node)
            if problem is not None:
                yield Violation(room.module, getattr(node, "lineno", 1), problem)


def other_encoders(rooms: Sequence[Room]) -> Iterator[Violation]:
    """Stored values are canonical JSON or our protobuf; nothing is pickled."""
    for room in _exact(rooms):
        if room.module == "devnet.primitives.canonical_json":
            continue
        for found in imports_of(room, rooms):
            if found.target.partition(".")[0] in OTHER_ENCODERS:
                yield Violation(
                    room.module, found.line, f"imports {found.target}; use canonical_json"
                )


def salted_hashes(rooms: Sequence[Room]) -> Iterator[Violation]:
    """``hash()`` and ``id()`` differ from run to run; only ``__hash__`` may call the first."""
    for room in _exact(rooms):
        for node in _outside_hash_methods(room.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"hash", "id"}
            ):
                yield Violation(
                    room.module, node.lineno, f"{node.func.id}() differs from run to run"
                )


def unsorted_sets(rooms: Sequence[Room]) -> Iterator[Violation]:
    """No loop over a set that is not sorted first."""
    for room in _exact(rooms):
        for scope in ast.walk(room.tree):
            if isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _unsorted_in(room, scope)


def _exact(rooms: Sequence[Room]) -> Iterator[Room]:
    """The rooms these rules hold for: below live, the array rooms left out."""
    for room in rooms:
        wing = wing_of(room.module)
        if wing is not None and row_of(wing) in BELOW_LIVE and room.module not in ARRAY_ROOMS:
            yield room


def _float_in(node: ast.AST) -> str | None:
    """What makes this node fractional arithmetic, in words; None if nothing does."""
    problem: str | None = None
    match node:
        case ast.Constant(value=float() | complex()):
            problem = f"holds the float {node.value!r}"
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            # A slash beside a text joins a path; two bare names may be numbers.
            problem = None if _is_text(left) or _is_text(right) else "divides with /"
        case ast.AugAssign(op=ast.Div()):
            problem = "divides with /="
        case ast.Call(func=ast.Name(id="float" | "complex" as name)):
            problem = f"calls {name}()"
        case ast.arg(annotation=note) | ast.AnnAssign(annotation=note):
            problem = "is annotated as float" if _names_float(note) else None
        case ast.FunctionDef(returns=note):
            problem = "returns a float" if _names_float(note) else None
        case ast.Attribute(value=ast.Name(id="math"), attr=name) if name not in INTEGER_MATH:
            problem = f"uses math.{name}"
        case ast.ImportFrom(module="math", names=names):
            wrong = [alias.name for alias in names if alias.name not in INTEGER_MATH]
            problem = f"imports {', '.join(wrong)} of math" if wrong else None
        case _:
            pass
    return problem


def _names_float(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(
        isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation)
    )


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return _is_text(left) or _is_text(right)
        case _:
            return False


def _outside_hash_methods(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef) and child.name == "__hash__":
            continue
        yield child
        yield from _outside_hash_methods(child)


def _unsorted_in(room: Room, scope: ast.AST) -> Iterator[Violation]:
    nodes = list(_own_nodes(scope))
    names = _names_of_sets(nodes)
    free = {id(part) for node in nodes for part in _where_order_is_nothing(node)}
    for node in nodes:
        for iterated in _iterated(node):
            if id(iterated) not in free and _is_set(iterated, names):
                yield Violation(
                    room.module, iterated.lineno, f"iterates unsorted: {ast.unparse(iterated)}"
                )


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function or module, without those of functions inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own_nodes(child)


def _names_of_sets(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Names that this scope binds to sets and to nothing else."""
    sets: set[str] = set()
    others: set[str] = set()
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                (sets if _is_set(value, frozenset()) else others).add(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                (sets if _says_set(annotation) else others).add(name)
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                (sets if _says_set(annotation) else others).add(name)
            case _:
                pass
    return frozenset(sets - others)


def _says_set(annotation: ast.expr) -> bool:
    return ast.unparse(annotation).startswith(("set[", "frozenset[", "Set["))


def _is_set(node: ast.expr, names: frozenset[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Name(id=name):
            return name in names
        case ast.BinOp(op=ast.Sub() | ast.BitAnd() | ast.BitOr() | ast.BitXor()):
            return _is_set(node.left, names) or _is_set(node.right, names) or _is_keys(node.left)
        case _:
            return False


def _is_keys(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"keys", "items"}
    )


def _iterated(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions a node goes through in their own order."""
    match node:
        case ast.For() | ast.comprehension():
            yield node.iter
        case ast.Starred():
            yield node.value
        case ast.Call(func=ast.Name(id="list" | "tuple" | "enumerate" | "iter"), args=[first, *_]):
            yield first
        case ast.Call(func=ast.Attribute(attr="join" | "extend"), args=[first]):
            yield first
        case _:
            pass


def _where_order_is_nothing(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions that are gone through, but whose order cannot be seen afterwards."""
    match node:
        case ast.SetComp():
            yield from (part.iter for part in node.generators)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in ORDER_IS_NOTHING:
            if isinstance(first, ast.GeneratorExp | ast.ListComp | ast.SetComp):
                yield from (part.iter for part in first.generators)
        case ast.Set(elts=parts):
            yield from (part.value for part in parts if isinstance(part, ast.Starred))
        case _:
            pass
