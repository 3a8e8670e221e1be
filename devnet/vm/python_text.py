"""What a contract may turn into text: values that read the same on every machine.

Python shows many objects with the place where they stand in memory, and sets in an order
that differs from run to run. Both would reach answers, events and storage as text.
"""

from collections.abc import Callable, ItemsView, KeysView, Sequence, ValuesView
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from devnet.cosmwasm.errors import Refuse

MAX_NESTING = 64
"""How deep values may hold one another that are shown as text."""

_PLAIN = frozenset((str, int, bool, bytes, type(None)))
_SHOWN = (str, int, bytes, bytearray, range, type(None), type(NotImplemented), type(...), Enum)


def text_guard(tick: Callable[[int], bool]) -> Callable[..., Any]:
    """The guard of what is about to become text; it pays for each value inside."""

    def text(value: Any, *, shown: bool = False) -> Any:
        """``value``, if it reads the same everywhere; ``shown`` asks for its ``repr``."""
        if type(value) in _PLAIN:
            return value
        waiting = [(value, 0 if shown else -1)]
        while waiting:
            part, depth = waiting.pop()
            if type(part) in _PLAIN:
                continue
            if depth > MAX_NESTING:
                raise Refuse(f"values that stand more than {MAX_NESTING} deep make no text")
            parts = _parts(part, is_whole=depth < 0)
            if parts:
                tick(len(parts))
                below = max(depth, 0) + 1
                waiting += [(inner, below) for inner in parts]
        return value

    return text


def _parts(value: Any, *, is_whole: bool) -> Sequence[Any]:
    """Values whose own text stands in that of this one."""
    if isinstance(value, set | frozenset):
        raise Refuse("the order of a set is not the same on every machine; use sorted(...)")
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | KeysView | ValuesView | ItemsView):
        return list(value)
    if isinstance(value, BaseException):
        return value.args
    if _reads_alike(value, is_whole=is_whole):
        return _shown_fields(value, is_whole=is_whole)
    raise Refuse(
        f"a {type(value).__name__} has no text that is the same on every machine",
        "make text of the values in it, or give its class a __str__",
    )


def _reads_alike(value: Any, *, is_whole: bool) -> bool:
    """Whether Python shows a value without telling where it stands in memory."""
    kind: Any = type(value)
    if isinstance(value, type) or (isinstance(value, _SHOWN) and kind.__module__ == "builtins"):
        return True
    if kind.__module__ == "builtins":
        return False
    is_told = is_whole and kind.__str__ is not object.__str__
    return is_told or kind.__repr__ is not object.__repr__


def _shown_fields(value: Any, *, is_whole: bool) -> list[Any]:
    """What a dataclass writes down of itself; who does so by hand was ticked for it."""
    kind: Any = type(value)
    how = kind.__repr__
    if is_whole and kind.__str__ is not object.__str__:
        return []
    if not is_dataclass(value) or not hasattr(how, "__wrapped__"):
        return []
    return [getattr(value, part.name) for part in fields(value) if part.repr]
