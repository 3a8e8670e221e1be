"""Guards that compiled contract source calls around what Python does in one step.

What takes time that grows with its operands, such as ``list(range(10**9))``,
``"a" * 10**9`` or ``2 ** 10**9``, pays for its length or is refused; so is what would hand
out the order of a set.
"""

import re
from collections.abc import Callable
from typing import Any

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.vm.python_text import text_guard

MAX_BITS = 4096
"""Size of a whole number in a contract; what is stored or sent has 64 or 128 bits."""
MAX_ITEMS = 131_072
"""Length of what one addition or multiplication of texts or lists may make."""
_WIDTH = 3
"""Digits of the width of a formatted value."""
_FORMAT = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.)", re.DOTALL)
_LARGEST = 1 << MAX_BITS


def guards(tick: Callable[[int], bool]) -> dict[str, Callable[..., Any]]:
    """The guards by the names that compiled source calls them by; ``tick`` is what they pay."""

    def sized(value: Any) -> Any:
        if hasattr(value, "__len__"):
            tick(len(value))
        return value

    def filled(value: Any) -> Any:
        return _small(value) if isinstance(value, int) else sized(value)

    def ordered(value: Any) -> Any:
        return sized(_no_set(value))

    text = text_guard(tick)

    def shown(value: Any) -> Any:
        return text(value, shown=True)

    def as_text(*values: Any) -> str:
        return str(*map(text, values))

    def mod(left: Any, right: Any) -> Any:
        if isinstance(left, str | bytes):
            _refuse_wide(left)
            shown(right)
        return left % right

    return {
        "<text>": text,
        "<shown>": shown,
        "<str>": as_text,
        "<mod>": mod,
        "<sized>": sized,
        "<ordered>": ordered,
        "<filled>": filled,
        "<loop>": _no_set,
        "<plus>": _plus,
        "<in place>": _plus_in_place,
        "<times>": _times,
        "<power>": power,
        "<shift>": _shift,
    }


def _refuse_wide(template: str | bytes) -> None:
    """Refuse what ``%`` would make too long, or a float of."""
    words = template.decode("latin-1") if isinstance(template, bytes) else template
    for width, precision, kind in _FORMAT.findall(words):
        if "*" in (width, precision) or any(len(n) > _WIDTH for n in (width, precision)):
            raise Overflow("the width of a text", f"at most {_WIDTH} digits, written out")
        if kind in "eEfFgG":
            raise Refuse("this format makes a float", "format whole numbers, or use Decimal")


def _no_set(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        raise Refuse("the order of a set is not the same on every machine; use sorted(...)")
    return value


def _small(value: int) -> int:
    if value > MAX_ITEMS:
        raise Overflow(f"{value} items", f"at most {MAX_ITEMS} at once")
    return value


def _bounded(value: Any) -> Any:
    if isinstance(value, int):
        if not -_LARGEST < value < _LARGEST:
            raise Overflow("a number", f"at most {MAX_BITS} bits in a contract")
    elif isinstance(value, str | bytes | list | tuple):
        _small(len(value))
    return value


def _plus(left: Any, right: Any) -> Any:
    return _bounded(left + right)


def _plus_in_place(left: Any, right: Any) -> Any:
    left += _no_set(right)
    return _bounded(left)


def _times(left: Any, right: Any) -> Any:
    for many, count in ((left, right), (right, left)):
        if isinstance(many, str | bytes | list | tuple) and isinstance(count, int):
            _small(len(many) * count)
    return _bounded(left * right)


def power(base: Any, exponent: Any, modulus: int | None = None) -> Any:
    """``base ** exponent`` of whole numbers, within their largest size."""
    if not isinstance(base, int) or not isinstance(exponent, int):
        raise Refuse("** takes whole numbers here")
    if exponent < 0:
        raise Refuse("a negative power is a fraction; use Decimal.from_ratio")
    if modulus is not None:
        return pow(_bounded(base), _bounded(exponent), _bounded(modulus))
    if base.bit_length() * exponent > 2 * MAX_BITS:
        raise Overflow("a number", f"at most {MAX_BITS} bits in a contract")
    return _bounded(base**exponent)


def _shift(left: Any, right: Any) -> Any:
    if isinstance(right, int) and right > MAX_BITS:
        raise Overflow("a number", f"at most {MAX_BITS} bits in a contract")
    return _bounded(left << right)
