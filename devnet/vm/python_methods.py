"""Methods of texts and lists that take long, or make much, for one step of a contract."""

from collections.abc import Callable
from typing import Any

from devnet.cosmwasm.errors import Overflow, Refuse

MAX_ITEMS = 131_072
"""Length of what one operation of a contract may make."""

_READING = frozenset(("count", "find", "index", "insert", "remove", "reverse", "rfind", "rindex"))
_MAKING = frozenset(
    """
    capitalize casefold center copy decode encode expandtabs hex join ljust lower lstrip
    partition replace rjust rpartition rsplit rstrip sort split splitlines strip swapcase
    title to_bytes translate upper zfill
    """.split()  # noqa: SIM905 - words read better than quotes
)
MEASURED = _READING | _MAKING
"""Names of methods that go through the guard, if they stand on a value of Python itself."""
_PADDING = frozenset(("center", "expandtabs", "ljust", "rjust", "to_bytes", "zfill"))
_OWN = (str, bytes, bytearray, list, tuple, int, dict, set, frozenset, range)


def method_guard(
    tick: Callable[[int], bool], paid: Callable[[Any], Any]
) -> Callable[[Any, str], Callable[..., Any]]:
    """The guard that hands out a method by its name; it pays for what is read and made."""

    def method(value: Any, name: str) -> Callable[..., Any]:
        if value in _OWN if isinstance(value, type) else False:
            return lambda one, *args, **named: method(one, name)(*args, **named)
        bound: Callable[..., Any] = getattr(value, name)
        if not isinstance(value, _OWN):
            return bound
        if not isinstance(value, int):
            tick(len(value) if name in {"sort", "copy"} else len(value) >> 6)
        if name in _READING:
            return bound

        def call(*args: Any, **named: Any) -> Any:
            if name == "join":
                args = tuple(list(arg) for arg in args)
            _refuse_large(value, name, [*args, *named.values()])
            return paid(bound(*args, **named))

        return call

    return method


def small(value: int) -> int:
    """A length, if one operation may make it."""
    if value > MAX_ITEMS:
        raise Overflow(f"{value} items", f"at most {MAX_ITEMS} at once")
    return value


def _refuse_large(value: Any, name: str, args: list[Any]) -> None:
    """Refuse a call that would make too much, before it does."""
    if name in _PADDING:
        factor = 1 + value.count("\t" if isinstance(value, str) else b"\t") if name[0] == "e" else 1
        small(factor * max((arg for arg in args if isinstance(arg, int)), default=8))
    elif name == "replace" and all(isinstance(arg, str | bytes) for arg in args[:2]):
        small(len(value) + value.count(args[0]) * max(0, len(args[1]) - len(args[0])))
    elif name == "join":
        parts = [len(part) for part in args[0] if isinstance(part, str | bytes)]
        small(sum(parts) + len(value) * len(parts))
    elif name == "translate":
        raise Refuse("translate may make any length of text; use replace")
