"""What contract source may say: the rules, over its syntax tree, before any of it runs.

A guard against accidents, not a sandbox: what would make two machines disagree (floats,
clocks, chance, the order of sets), what would remember something between calls outside of
storage, and what would reach out of the contract side is refused, by line, with what to
write instead.
"""

import ast
import symtable
from collections.abc import Iterator

from devnet.cosmwasm.errors import CodeRejected
from devnet.vm.python_operations import is_simple
from devnet.vm.python_scope import BUILTINS, DEFINABLE, FACE, LAZY, ROOTS, STANDARD

_HINTS = {
    "float": "floats differ between machines; use whole numbers or Decimal",
    "complex": "there are only whole numbers and Decimal here",
    "round": "use // (rounds down), or Decimal",
    "print": "nobody reads it on a chain; use Response().add_attribute(...)",
    "input": "nobody types on a chain; what a call needs is an argument of its message",
    "open": "a contract has no files; store values with Item and Map",
    "eval": "code is checked before it is stored, text never becomes code later",
    "exec": "code is checked before it is stored, text never becomes code later",
    "compile": "code is checked before it is stored, text never becomes code later",
    "id": "it differs from run to run; compare the values themselves",
    "hash": "it differs from run to run; compare the values themselves",
    "getattr": "write the attribute's name; for a choice by name use a dict",
    "setattr": "a contract keeps nothing in objects; store values with Item and Map",
    "type": "use isinstance(...)",
    "object": "name a class that says what it is",
    "__import__": "write an import statement",
    "time": "the time of the block is env.block.time, in nanoseconds",
    "datetime": "the time of the block is env.block.time, in nanoseconds",
    "random": "nothing on a chain is random: every node must come to the same result",
    "secrets": "nothing on a chain is secret or random",
    "uuid": "count with an Item instead",
    "math": "use whole numbers, // and Decimal",
    "json": "messages arrive decoded and answers are encoded for you",
    "os": "a contract sees nothing of the machine it runs on",
    "sys": "a contract sees nothing of the machine it runs on",
    "collections": "use dict and list, or collections.abc for annotations",
}
MAX_NESTING = 200
"""Levels of a syntax tree; far less than what a parser or compiler of Python can take."""
_FLOAT_FORMATS = "eEfFgGn%"
_REACHING = frozenset(
    """
    format format_map mro gi_frame gi_code cr_frame f_globals f_locals f_builtins f_back
    tb_frame tb_next func_globals gi_yieldfrom throw with_traceback
    """.split()  # noqa: SIM905 - words read better than quotes
)
_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def parse(text: str) -> ast.Module:
    """Syntax tree of contract source.

    Raises
    ------
    CodeRejected
        If it is no Python of version 3.11.
    """
    try:
        tree = ast.parse(text, feature_version=(3, 11))
    except SyntaxError as err:
        raise no_python(err) from err
    except (RecursionError, MemoryError) as err:
        raise too_nested() from err
    except ValueError as err:
        raise CodeRejected(0, f"no Python: {err}") from err
    _refuse_nesting(tree)
    return tree


def too_nested() -> CodeRejected:
    """The rejection for source that Python would need too much stack for.

    It names no line: the parser may end where the rule would have come later.
    """
    return CodeRejected(
        0,
        f"its expressions and blocks stand more than {MAX_NESTING} deep inside one another (a"
        " chain of + or elif counts each link); use names, lists and loops",
    )


def _refuse_nesting(tree: ast.Module) -> None:
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_NESTING:
            raise too_nested()
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]


def no_python(err: SyntaxError) -> CodeRejected:
    """The rejection for what Python itself cannot read."""
    return CodeRejected(err.lineno or 0, f"no Python: {err.msg}", text=err.text or "")


def check_rules(tree: ast.Module, text: str, scope: frozenset[str]) -> frozenset[str]:
    """Check a tree; the names of ``scope`` that it uses without bringing them itself.

    Raises
    ------
    CodeRejected
        At the first line that breaks a rule.
    """
    defined, free = _names(text)
    found = list(_Rules(defined | scope).broken(tree))
    unknown = sorted(free - defined - scope - BUILTINS)
    found += [
        (node.lineno, _unknown_name(node.id))
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in unknown
    ]
    if found:
        line, rule = min(found)
        lines = text.splitlines()
        raise CodeRejected(line, rule, text=lines[line - 1] if line <= len(lines) else "")
    return frozenset((free - defined) & scope)


def _unknown_name(name: str) -> str:
    if name.startswith("__"):
        return f"{name} belongs to Python's own machinery, which a contract does not see"
    hint = _HINTS.get(name)
    if hint:
        return f"{name} is not available: {hint}"
    return (
        f"{name} is not in scope; the text of a contract is stored alone: define {name} inside"
        " it or import it from the contract side of devnet"
    )


def _forgotten(own: str, name: str) -> str:
    return (
        f"{own}.{name} is forgotten when the call ends; store it: {name} = Item({name!r}, int)"
        f" in the class, then {own}.{name}.save(deps, ...)"
    )


def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names that the text defines at its top, and names that it takes from there."""
    try:
        top = symtable.symtable(text, "<contract>", "exec")
    except SyntaxError as err:
        raise no_python(err) from err
    defined = frozenset(
        s.get_name()
        for s in top.get_symbols()
        if s.is_assigned() or s.is_imported() or s.is_namespace()
    )
    free: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        free.update(
            s.get_name()
            for s in table.get_symbols()
            if s.is_referenced() and (s.is_global() or table is top)
        )
    return defined, frozenset(free)


def _own_attributes(method: ast.stmt) -> Iterator[ast.Attribute]:
    """What a method reaches through its first argument, if that name means nothing else there."""
    if not isinstance(method, ast.FunctionDef) or not method.args.args:
        return
    own, parts = method.args.args[0], list(ast.walk(method))
    for part in parts:
        match part:
            case ast.arg(arg=own.arg) if part is not own:
                return
            case ast.Name(id=own.arg, ctx=ast.Store() | ast.Del()):
                return
            case _:
                pass
    for part in parts:
        match part:
            case ast.Attribute(value=ast.Name(id=own.arg)):
                yield part
            case _:
                pass


class _Rules:
    """The rules, one small method per kind of node; each yields what it finds there.

    What it finds on another line than the node's own it yields with that line.
    """

    def __init__(self, top_names: frozenset[str]) -> None:
        self._top_names = top_names
        self._in_place: set[ast.AST] = set()
        self._own: set[ast.AST] = set()

    def broken(self, tree: ast.Module) -> Iterator[tuple[int, str]]:
        """Line and rule of everything that is not allowed."""
        for node in ast.walk(tree):
            # A node comes after the one it stands in.
            if isinstance(node, ast.Call):
                self._in_place.add(node.func)
            elif isinstance(node, ast.Expr):
                self._in_place.add(node.value)
            elif isinstance(node, ast.ClassDef):
                self._own.update(part for method in node.body for part in _own_attributes(method))
            rule = getattr(self, f"_{type(node).__name__}", None)
            line = getattr(node, "lineno", 0)
            for reason in rule(node) if rule else ():
                yield (line, reason) if isinstance(reason, str) else reason

    def _Constant(self, node: ast.Constant) -> Iterator[str]:  # noqa: N802 - named after the node
        if isinstance(node.value, float | complex):
            yield f'{node.value} is a float; write Decimal.parse("{node.value}")'

    def _BinOp(self, node: ast.BinOp | ast.AugAssign) -> Iterator[str]:  # noqa: N802
        if isinstance(node.op, ast.Div):
            yield "/ makes floats; use // (rounds down), Decimal.from_ratio or Decimal.times"
        if isinstance(node.op, ast.MatMult):
            yield "there are no matrices here"

    def _AugAssign(self, node: ast.AugAssign) -> Iterator[str]:  # noqa: N802
        yield from self._BinOp(node)
        yield from self._kept(node.target)
        if not is_simple(node.target):
            yield "take what stands before this operator into a name first"

    def _Assign(self, node: ast.Assign) -> Iterator[str]:  # noqa: N802
        for target in node.targets:
            for part in ast.walk(target):
                yield from self._kept(part)

    def _AnnAssign(self, node: ast.AnnAssign) -> Iterator[str]:  # noqa: N802
        yield from self._kept(node.target)

    def _Delete(self, node: ast.Delete) -> Iterator[str]:  # noqa: N802
        for target in node.targets:
            yield from self._kept(target)

    def _kept(self, target: ast.AST) -> Iterator[str]:
        """Assignments that would outlive the call, or change what all contracts share."""
        if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
            return
        owner = target.value.id
        if owner in self._top_names:
            yield f"{owner}.{target.attr} is shared by all contracts and may not be changed"

    def _ClassDef(self, node: ast.ClassDef) -> Iterator[str | tuple[int, str]]:  # noqa: N802
        if node.keywords:
            yield "a class takes no metaclass or other keywords here"
        if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
            return
        for method in node.body:
            if not isinstance(method, ast.FunctionDef) or not method.args.args:
                continue
            own = method.args.args[0].arg
            for part in ast.walk(method):
                if (
                    isinstance(part, ast.Attribute)
                    and isinstance(part.ctx, ast.Store)
                    and isinstance(part.value, ast.Name)
                    and part.value.id == own
                ):
                    yield part.lineno, _forgotten(own, part.attr)

    def _Import(self, node: ast.Import) -> Iterator[str]:  # noqa: N802
        for alias in node.names:
            yield self._foreign(alias.name)

    def _ImportFrom(self, node: ast.ImportFrom) -> Iterator[str]:  # noqa: N802
        room = node.module or ""
        names = [alias.name for alias in node.names]
        if node.level:
            yield "write the whole path of an import"
        elif room in STANDARD:
            for name in names:
                if name not in STANDARD[room]:
                    known = ", ".join(STANDARD[room])
                    yield f"from {room} a contract may import only {known}"
        elif room != FACE and not any(f"{room}.".startswith(f"{root}.") for root in ROOTS):
            yield self._foreign(room)
        elif "*" in names or any(name.startswith("_") for name in names):
            yield "import public names, one by one"

    @staticmethod
    def _foreign(room: str) -> str:
        hint = _HINTS.get(room.partition(".")[0])
        if hint:
            return f"{room} cannot be imported: {hint}"
        return (
            f"{room} cannot be imported; write `from ... import ...` with a room of"
            f" {', '.join(ROOTS)}, or with types of {', '.join(STANDARD)}"
        )

    def _Call(self, node: ast.Call) -> Iterator[str]:  # noqa: N802
        if (
            isinstance(node.func, ast.Name)
            and node.func.id == "iter"
            and (len(node.args) != 1 or isinstance(node.args[0], ast.Starred))
        ):
            yield "iter(call, end) may never come to its end, unpaid; write a while loop"

    def _Name(self, node: ast.Name) -> Iterator[str]:  # noqa: N802
        if node.id in LAZY and isinstance(node.ctx, ast.Load) and node not in self._in_place:
            yield f"{node.id} may only be called here, not renamed or handed on"

    def _YieldFrom(self, node: ast.YieldFrom) -> Iterator[str]:  # noqa: N802
        if node not in self._in_place:
            yield "yield from gives no value back here; let it stand alone on its line"

    def _Attribute(self, node: ast.Attribute) -> Iterator[str]:  # noqa: N802
        yield from self._reached(node.attr, is_own=node in self._own)

    def _MatchClass(self, node: ast.MatchClass) -> Iterator[str]:  # noqa: N802
        for name in node.kwd_attrs:
            yield from self._reached(name, is_own=False)

    @staticmethod
    def _reached(name: str, *, is_own: bool) -> Iterator[str]:
        if name.startswith("__"):
            yield f".{name} reaches into Python's own machinery"
        elif name in _REACHING:
            hint = "; write an f-string" if name.startswith("format") else ""
            yield f".{name} reaches around the contract side{hint}"
        elif name.startswith("_") and not is_own:
            yield f".{name} belongs to what it stands on; a method reaches it through self only"

    def _FunctionDef(self, node: ast.FunctionDef) -> Iterator[str]:  # noqa: N802
        if node.name.startswith("__") and node.name not in DEFINABLE:
            yield f"{node.name} may not be defined; a contract begins in @instantiate"
        yield from self._arguments_of(node.args)

    def _Lambda(self, node: ast.Lambda) -> Iterator[str]:  # noqa: N802
        yield from self._arguments_of(node.args)
        if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(node.body)):
            yield "a lambda does not yield; write a function with def"

    @staticmethod
    def _arguments_of(args: ast.arguments) -> Iterator[str]:
        for default in [*args.defaults, *args.kw_defaults]:
            if isinstance(default, _MUTABLE):
                yield "a list, dict or set as default is shared by all calls; use None or a tuple"

    def _FormattedValue(self, node: ast.FormattedValue) -> Iterator[str]:  # noqa: N802
        spec = node.format_spec
        for part in ast.walk(spec) if spec else ():
            if isinstance(part, ast.Constant) and str(part.value)[-1:] in _FLOAT_FORMATS:
                yield "this format makes a float; format whole numbers"

    def _ExceptHandler(self, node: ast.ExceptHandler) -> Iterator[str]:  # noqa: N802
        if node.type is None:
            yield "name the error that is expected: except Refuse: ..."

    def _With(self, node: ast.With) -> Iterator[str]:  # noqa: N802
        yield from self._left_waiting(node)

    @staticmethod
    def _left_waiting(node: ast.Try | ast.With) -> Iterator[str]:
        for part in ast.walk(node):
            if isinstance(part, ast.Yield | ast.YieldFrom):
                yield "a generator may never go on after a yield, so no finally or with may wait"

    def _Try(self, node: ast.Try) -> Iterator[str]:  # noqa: N802
        if node.finalbody:
            yield from self._left_waiting(node)
        for part in [inner for stmt in node.finalbody for inner in ast.walk(stmt)]:
            if isinstance(part, ast.Return | ast.Break | ast.Continue):
                yield "leaving a finally block would swallow the error; leave it at its end"

    def _Global(self, _node: ast.Global) -> Iterator[str]:  # noqa: N802
        yield "a contract keeps nothing between calls but what it stores; use an Item"

    def _TryStar(self, _node: ast.AST) -> Iterator[str]:  # noqa: N802
        yield "errors come one at a time here; write except without the star"

    def _async(self, _node: ast.AST) -> Iterator[str]:
        yield "a contract waits for nothing; drop async and await"

    _AsyncFunctionDef = _AsyncFor = _AsyncWith = _Await = _async
