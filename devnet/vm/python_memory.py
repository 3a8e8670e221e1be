"""What a loaded contract would remember between calls outside of its storage.

A compiled class is kept as long as its text is, so whatever it holds outlives calls,
failed transactions and reverts. What holds can change is found here once the source was
loaded, wherever it stands: at the top, in a class, inside a tuple, as a default of an
argument, or in what an inner function closes over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import FunctionType
from typing import Any

from devnet.cosmwasm.errors import CodeRejected

_PLAIN = (bool, int, str, bytes, type(None))
_FROZEN = (*_PLAIN, range, slice, Enum)


def refuse_memory(
    namespace: Mapping[str, Any], places: Mapping[str, int], rebound: frozenset[str]
) -> None:
    """Refuse a source that would remember something.

    Parameters
    ----------
    namespace
        What stands at the top of the loaded source.
    places
        First line of each name the source defines.
    rebound
        Names that inner functions of the source bind again (``nonlocal``).

    Raises
    ------
    CodeRejected
        Naming what would remember, and its line.
    """
    search = _Search(str(namespace["__name__"]), rebound)
    for name, value in namespace.items():
        if name not in places:
            continue
        found = next(search.within(name, value), None)
        if found is not None:
            line = places.get(found, places[name])
            raise CodeRejected(
                line,
                f"{found} would remember between calls what no block holds; write a tuple or a"
                " frozen dataclass, or store it with Item and Map",
            )


class _Search:
    """Looks through values of one source; what the contract side made is trusted."""

    def __init__(self, module: str, rebound: frozenset[str]) -> None:
        self._module, self._rebound = module, rebound
        # Functions and classes may hold one another in circles; tuples cannot.
        self._seen: set[FunctionType | type] = set()

    def within(self, name: str, value: Any) -> Iterator[str]:
        """Names under which something could change."""
        if isinstance(value, _FROZEN):
            return
        match value:
            case FunctionType():
                yield from self._in_function(name, value)
            case type():
                yield from self._in_class(value)
            case tuple() | frozenset() | staticmethod() | classmethod() | property():
                for part in _parts(value):
                    yield from self.within(name, part)
            case list() | dict() | set() | bytearray() | Iterator():
                yield name
            case _ if type(value).__module__ == self._module:
                yield from self._in_instance(name, value)

    def _in_function(self, name: str, function: FunctionType) -> Iterator[str]:
        if function.__module__ != self._module or function in self._seen:
            return
        self._seen.add(function)
        for part in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            yield from self.within(name, part)
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        for variable, cell in cells:
            if variable in self._rebound:
                yield variable
            try:
                yield from self.within(variable, cell.cell_contents)
            except ValueError:  # a cell that nothing was ever put in
                continue

    def _in_class(self, cls: type) -> Iterator[str]:
        if cls.__module__ != self._module or issubclass(cls, Enum) or cls in self._seen:
            return
        self._seen.add(cls)
        for name, value in vars(cls).items():
            if not name.startswith("__") and name != "_field_defaults":  # of a NamedTuple
                yield from self.within(name, value)

    def _in_instance(self, name: str, value: Any) -> Iterator[str]:
        cls: Any = type(value)
        if not is_dataclass(value) or not cls.__dataclass_params__.frozen:
            yield name
            return
        for part in fields(value):
            yield from self.within(name, getattr(value, part.name))


def _parts(value: Any) -> tuple[Any, ...]:
    match value:
        case staticmethod() | classmethod():
            return (value.__func__,)
        case property():
            return (value.fget, value.fset, value.fdel)
        case _:
            return tuple(value)
