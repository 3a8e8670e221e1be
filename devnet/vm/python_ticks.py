"""Ticks compiled into contract source, so that work is counted alike on every machine.

Each block of statements pays when it is entered: one tick for a function call or a turn of
a loop, and one for each call that stands in it. So an endless loop runs out of gas, and
gas depends on the text and the data alone. Operations whose cost or result grows with
their operands go through ``python_guards``.

Each function, lambda and generator also counts as one that stands inside those it was
called from, whatever name it was reached by; a generator only while it runs. Source that
stands too deep inside itself is so refused at the same place on every machine.

The inserted functions have names that no source can spell, such as ``<tick>``.
"""

import ast
from typing import TypeVar

from devnet.vm.python_operations import Operations, is_text

N = TypeVar("N", bound=ast.AST)


def insert_ticks(tree: ast.Module) -> ast.Module:
    """The same program, paying for its steps; lines stay where they are."""
    ticked = _Ticker().visit(tree)
    assert isinstance(ticked, ast.Module)
    return ast.fix_missing_locations(ticked)


def _calls_in(*nodes: ast.AST | None) -> int:
    """Calls that are made once when these expressions are evaluated once."""
    count = 0
    waiting = [node for node in nodes if node is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting.append(node.generators[0].iter)
            continue
        count += isinstance(node, ast.Call)
        waiting += ast.iter_child_nodes(node)
    return count


def _calls_of(stmt: ast.stmt) -> int:
    """Calls that a statement makes itself, without those of the blocks in it."""
    count = 0
    for name, value in ast.iter_fields(stmt):
        if name in {"body", "orelse", "finalbody", "handlers"}:
            continue
        nodes = value if isinstance(value, list) else [value]
        for node in nodes:
            if isinstance(node, ast.match_case):
                count += _calls_in(node.guard)
            elif isinstance(node, ast.withitem):
                count += _calls_in(node.context_expr)
            elif isinstance(node, ast.AST) and not isinstance(node, ast.arguments):
                count += _calls_in(node)
    return count


class _Ticker(Operations, ast.NodeTransformer):
    """Rewrites a tree from the leaves up; counts are taken before a node is rewritten."""

    def __init__(self) -> None:
        self._in_generator = False

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._blocks(node, first=0)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._blocks(node, first=0)

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._blocks(node, first=0)

    def visit_With(self, node: ast.With) -> ast.AST:
        return self._blocks(node, first=0)

    def visit_Try(self, node: ast.Try) -> ast.AST:
        return self._blocks(node, first=0)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self._blocks(node, first=0)
        node.body.insert(0, self._at_depth("<caught>", node.body[0]))
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        return self._blocks(node, first=0)

    def visit_For(self, node: ast.For) -> ast.AST:
        self._blocks(node, first=1)
        node.iter = self.call("<loop>", node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._blocks(node, first=1 + _calls_in(node.test))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        count = 1 + sum(_calls_of(stmt) for stmt in node.body)
        outer, self._in_generator = self._in_generator, _is_generator(node)
        body = self._body(node.body, first=None)
        is_generator, self._in_generator = self._in_generator, outer
        for part in (*node.args.defaults, *node.args.kw_defaults, *node.decorator_list):
            if part is not None:
                self.visit(part)
        docstring = body[:1] if is_text(body[0]) else []
        rest = body[len(docstring) :] or [ast.copy_location(ast.Pass(), node.body[0])]
        enter = self._pay(count, rest, name="<enter>")
        leave = self._at_depth("<leave>", rest[-1])
        if is_generator:  # one that is dropped runs no more; a finally would, at any time
            node.body = [*docstring, enter, *rest, leave]
        else:
            node.body = [*docstring, enter, ast.Try(rest, [], [], [leave])]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        enter = self.call("<enter>", ast.Constant(1 + _calls_in(node.body)))
        self.visit(node.args)
        node.body = self.call("<leave>", enter, self._expr(node.body))
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if self._in_generator:
            node.value = self.call("<leave>", _depth(), node.value or ast.Constant(None))
        return node

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        self.generic_visit(node)
        node.value = self.call("<leave>", _depth(), node.value or ast.Constant(None))
        again = ast.NamedExpr(_depth(ast.Store()), self.call("<enter>", ast.Constant(0)))
        both = ast.Tuple([node, again], ast.Load())
        return ast.copy_location(ast.Subscript(both, ast.Constant(0), ast.Load()), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if not isinstance(node.value, ast.YieldFrom):
            return self.generic_visit(node)
        # Each generator of a chain counts when it goes on, which a real yield from skips.
        item = ast.Name("<item>", ast.Load())
        loop = ast.For(
            ast.Name("<item>", ast.Store()),
            node.value.value,
            [ast.copy_location(ast.Expr(ast.copy_location(ast.Yield(item), node)), node)],
            [],
        )
        visited = self.visit(ast.copy_location(loop, node))
        assert isinstance(visited, ast.AST)
        return visited

    def _comprehension(self, node: N, *results: ast.expr) -> N:
        generators: list[ast.comprehension] = getattr(node, "generators", [])
        for turn, generator in enumerate(generators):
            last = turn == len(generators) - 1
            inner = results if last else (generators[turn + 1].iter,)
            count = 1 + _calls_in(*generator.ifs, *inner)
            generator.ifs.insert(0, self._tick(count))
        self.generic_visit(node)
        for generator in generators:
            generator.iter = self.call("<loop>", generator.iter)
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self.call("<counted>", self._comprehension(node, node.elt))

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node, node.key, node.value)

    def _blocks(self, node: N, *, first: int) -> N:
        """Rewrite a statement; each block in it pays for itself, ``body`` also for ``first``."""
        extra = {"body": first}
        bodies = {
            name: self._body(value, first=extra.get(name, 0))
            for name, value in ast.iter_fields(node)
            if name in {"body", "orelse", "finalbody"} and value
        }
        for name in bodies:
            setattr(node, name, [])
        self.generic_visit(node)
        for name, body in bodies.items():
            setattr(node, name, body)
        return node

    def _body(self, stmts: list[ast.stmt], *, first: int | None) -> list[ast.stmt]:
        count = (first or 0) + sum(_calls_of(stmt) for stmt in stmts)
        done: list[ast.stmt] = []
        for stmt in stmts:
            visited = self.visit(stmt)
            assert isinstance(visited, ast.stmt)
            done.append(visited)
        if first is None or not count:
            return done
        docstring = done[:1] if is_text(done[0]) else []
        rest = done[len(docstring) :]
        return [*docstring, self._pay(count, rest), *rest]

    def _pay(self, count: int, block: list[ast.stmt], *, name: str = "<tick>") -> ast.stmt:
        """The statement that pays for a block; it stands on the line of the first one."""
        call = self.call(name, ast.Constant(count))
        pay = ast.Assign([_depth(ast.Store())], call) if name == "<enter>" else ast.Expr(call)
        return ast.copy_location(pay, block[0]) if block else pay

    def _at_depth(self, name: str, place: ast.stmt) -> ast.stmt:
        return ast.copy_location(ast.Expr(self.call(name, _depth())), place)

    def _tick(self, count: int) -> ast.expr:
        return self.call("<tick>", ast.Constant(count))

    def _expr(self, node: ast.expr) -> ast.expr:
        visited = self.visit(node)
        assert isinstance(visited, ast.expr)
        return visited


def _depth(ctx: ast.expr_context | None = None) -> ast.Name:
    """The depth at which the function around was entered."""
    return ast.Name("<depth>", ctx or ast.Load())


def _is_generator(function: ast.FunctionDef) -> bool:
    """Whether a function itself yields, not only one inside of it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return False
