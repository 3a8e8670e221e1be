"""Guards put around operations whose cost, size or outcome Python does not bound.

Which operation goes through which function of ``python_guards`` is decided here, over the
syntax tree, while ``python_ticks`` rewrites it.
"""

import ast
from copy import deepcopy

from devnet.vm.python_methods import MEASURED
from devnet.vm.python_scope import LAZY

_SIZED = {
    **dict.fromkeys(("all", "any", "frozenset", "max", "min", "set", "sorted", "sum"), "<sized>"),
    **dict.fromkeys(("dict", "enumerate", "filter", "iter", "list"), "<ordered>"),
    **dict.fromkeys(("map", "reversed", "tuple", "zip"), "<ordered>"),
    **dict.fromkeys(("bytearray", "bytes"), "<filled>"),
    "str": "<text>",
}
"""Calls of Python that go through all of an argument, and the guard of that argument."""
_EAGER = frozenset(
    ("all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple")
)
"""Calls that go through all of what they are given before they return."""
_IN_TEXT = frozenset(("add_attribute", "add_attributes", "add_event"))
"""Methods of the contract side that make text of what they are given."""
_WRITTEN_OUT = (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Constant)
_HANDED_ON = frozenset(("filter", "map", "max", "min", "sorted"))
"""Calls that call what they are given."""
_IN_ORDER = frozenset(("extend", "fromkeys", "join"))
"""Methods that keep the order of what they are given, which therefore may be no set."""


class Operations(ast.NodeTransformer):
    """Rewrites calls, operators and assignments from the leaves up."""

    @staticmethod
    def call(name: str, *args: ast.expr) -> ast.Call:
        """A call of an inserted function, on the line of what it is given."""
        call = ast.Call(ast.Name(name, ast.Load()), list(args), [])
        return ast.copy_location(call, args[0]) if args and hasattr(args[0], "lineno") else call

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Calls by name of what goes through its argument, and methods by their names."""
        alone = node.args[0] if len(node.args) == 1 else None
        self.generic_visit(node)
        if _is_eager(node.func) and isinstance(alone, ast.GeneratorExp):
            node.args = [alone]  # gone through at once, it never waits inside another one
            return node
        if isinstance(node.func, ast.Name):
            self._guard_call(node, node.func.id)
            return self.call("<counted>", node) if node.func.id in LAZY else node
        if isinstance(node.func, ast.Attribute):
            self._guard_method(node, node.func)
        return node

    def _guard_call(self, node: ast.Call, name: str) -> None:
        if name in _HANDED_ON:
            node.args = [_text_of(arg) for arg in node.args]
            for keyword in node.keywords:
                keyword.value = _text_of(keyword.value)
        guard = _SIZED.get(name)
        if guard == "<sized>" and any(keyword.arg == "key" for keyword in node.keywords):
            guard = "<ordered>"  # among equal keys the first one counts
        if guard:
            node.args = self._guarded(guard, node.args)

    def _guard_method(self, node: ast.Call, func: ast.Attribute) -> None:
        if func.attr in _IN_TEXT:
            node.args = self._guarded("<text>", node.args)
            for keyword in node.keywords:
                keyword.value = self.call("<text>", keyword.value)
        elif func.attr in _IN_ORDER:
            node.args = self._guarded("<ordered>", node.args)
        elif func.attr == "update":
            node.args = self._guarded("<sized>", node.args)
        elif func.attr == "pop" and not node.args:
            func.value = self.call("<loop>", func.value)
        if func.attr in MEASURED:
            node.func = self.call("<method>", func.value, ast.Constant(func.attr))

    def _guarded(self, guard: str, args: list[ast.expr]) -> list[ast.expr]:
        return [
            arg
            if isinstance(arg, ast.Starred) or (guard != "<text>" and _is_counted(arg))
            else self.call(guard, arg)
            for arg in args
        ]

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Assignments that hand out several values, one after the other."""
        self.generic_visit(node)
        if any(isinstance(target, ast.Subscript) and _is_slice(target) for target in node.targets):
            node.value = self.call("<ordered>", node.value)
        elif any(map(_takes_in_order, node.targets)) and not isinstance(node.value, ast.Tuple):
            node.value = self.call("<loop>", node.value)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        """Values in an f-string become text."""
        spec = node.format_spec
        node.format_spec = None
        self.generic_visit(node)
        is_plain = node.conversion in {-1, ord("s")}
        node.value = self.call("<text>" if is_plain else "<shown>", node.value)
        if isinstance(spec, ast.JoinedStr):
            spec.values = [self.visit(part) for part in spec.values]
            value = ast.JoinedStr([ast.FormattedValue(node.value, node.conversion)])
            given = node.value if node.conversion == -1 else ast.copy_location(value, node)
            node.value, node.conversion = self.call("<format>", given, spec), -1
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """An f-string is as long as what stands in it."""
        self.generic_visit(node)
        if all(isinstance(part, ast.Constant) for part in node.values):
            return node
        return ast.copy_location(self.call("<paid>", node), node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """``in`` goes through what it looks into."""
        self.generic_visit(node)
        node.comparators = [
            self.call("<searched>", right)
            if isinstance(op, ast.In | ast.NotIn) and not isinstance(right, _WRITTEN_OUT)
            else right
            for op, right in zip(node.ops, node.comparators, strict=True)
        ]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """A slice is a copy."""
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and _is_slice(node):
            return ast.copy_location(self.call("<paid>", node), node)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.AST:
        """Arguments and elements taken out of another value, in its order."""
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = self.call("<ordered>", node.value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Operators whose result may grow, or depend on the machine."""
        self.generic_visit(node)
        guard = _guard_of(node.op, node.left, node.right)
        return self.call(guard, node.left, node.right) if guard else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """The same operators where they change what a name, attribute or item holds."""
        before = deepcopy(node.target)
        before.ctx = ast.Load()
        before = self.visit(before)
        self.generic_visit(node)
        guard = _guard_of(node.op, before, node.value)
        if guard is None:
            return node
        name = "<in place>" if guard == "<plus>" else guard
        return ast.copy_location(
            ast.Assign([node.target], self.call(name, before, node.value)), node
        )


def is_simple(target: ast.expr) -> bool:
    """Whether the target of an operator like ``+=`` may be evaluated twice."""
    parts = ast.walk(target)
    return not any(isinstance(part, ast.Call | ast.NamedExpr | ast.Slice) for part in parts)


def _is_slice(node: ast.Subscript) -> bool:
    return isinstance(node.slice, ast.Slice)


def _is_eager(func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr == "join"
    return isinstance(func, ast.Name) and func.id in _EAGER


def _text_of(node: ast.expr) -> ast.expr:
    """``str`` that is handed on to be called, going through its guard."""
    if isinstance(node, ast.Name) and node.id == "str":
        return ast.copy_location(ast.Name("<str>", ast.Load()), node)
    return node


def _is_counted(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Name) and func.id == "<counted>"


def _takes_in_order(target: ast.expr) -> bool:
    """Whether an assignment hands out several values, one after the other."""
    return isinstance(target, ast.Tuple | ast.List)


def is_text(stmt: ast.stmt) -> bool:
    """Whether a statement could be a docstring, which must stay the first one."""
    value = stmt.value if isinstance(stmt, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _guard_of(op: ast.operator, left: ast.expr, right: ast.expr) -> str | None:
    """Name of the function that stands for an operation whose result may grow."""
    numbers = [isinstance(n, ast.Constant) and isinstance(n.value, int) for n in (left, right)]
    match op:
        case ast.Add():
            return None if any(numbers) else "<plus>"
        case ast.Mult():
            return None if all(numbers) else "<times>"
        case ast.Pow():
            return "<power>"
        case ast.Mod():
            return None if any(numbers) and not numbers[1] else "<mod>"
        case ast.LShift():
            return "<shift>"
        case _:
            return None
