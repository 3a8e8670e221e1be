"""Guards that compiled contract source calls around what Python does in one step.

What takes time that grows with its operands, such as ``list(range(10**9))``,
``"a" * 10**9`` or ``2 ** 10**9``, pays for its length or is refused; so is what would hand
out the order of a set.
"""

import re
from collections.abc import Callable
from operator import length_hint
from typing import Any

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.vm.python_methods import method_guard, small
from devnet.vm.python_text import text_guard

MAX_BITS = 4096
"""Size of a whole number in a contract; what is stored or sent has 64 or 128 bits."""
_USUAL = 1 << 128
"""Whole numbers up to here are paid for with the step that makes them."""
_FLOATS = ("e", "E", "f", "F", "g", "G", "n", "%")
_NUMBER = re.compile(r"\d+")
_WIDTH = 3
"""Digits of the width of a formatted value."""
_FORMAT = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.)", re.DOTALL)
_LARGEST = 1 << MAX_BITS


def guards(tick: Callable[[int], bool]) -> dict[str, Callable[..., Any]]:
    """The guards by the names that compiled source calls them by; ``tick`` is what they pay."""
    one = Guards(tick)
    return {
        "<text>": text_guard(tick),
        "<shown>": one.shown,
        "<str>": one.as_text,
        "<mod>": one.mod,
        "<sized>": one.sized,
        "<ordered>": one.ordered,
        "<filled>": one.filled,
        "<loop>": _no_set,
        "<plus>": one.plus,
        "<in place>": one.plus_in_place,
        "<times>": one.times,
        "<power>": one.to_the,
        "<shift>": one.shift,
        "<paid>": one.paid,
        "<searched>": one.searched,
        "<format>": one.formatted,
        "<method>": method_guard(tick, one.paid),
    }


class Guards:
    """The guards of one meter."""

    __slots__ = ("_text", "_tick")

    def __init__(self, tick: Callable[[int], bool]) -> None:
        self._tick, self._text = tick, text_guard(tick)

    def sized(self, value: Any) -> Any:
        """What is gone through, in no order that matters."""
        self._tick(length_hint(value))
        return value

    def paid(self, value: Any) -> Any:
        """What an operation made, paid for by its size."""
        kind = type(value)
        if kind is int:
            if not -_USUAL < value < _USUAL:
                self._tick(_bounded(value).bit_length() >> 7)
        elif kind is str or kind is bytes:
            self._tick(small(len(value)) >> 4)
        elif kind is list or kind is tuple:
            self._tick(small(len(value)) >> 1)
        return _bounded(value)

    def plus(self, left: Any, right: Any) -> Any:
        """``left + right``."""
        return self.paid(left + right)

    def plus_in_place(self, left: Any, right: Any) -> Any:
        """``left += right``, which changes a list itself."""
        if not isinstance(left, list):
            return self.paid(left + _no_set(right))
        left += self.ordered(right)
        return _bounded(left)

    def times(self, left: Any, right: Any) -> Any:
        """``left * right``."""
        return self.paid(_times(left, right))

    def shift(self, left: Any, right: Any) -> Any:
        """``left << right``."""
        return self.paid(_shift(left, right))

    def to_the(self, base: Any, exponent: Any) -> Any:
        """``base ** exponent``."""
        return self.paid(power(base, exponent))

    def searched(self, value: Any) -> Any:
        """What ``in`` looks into."""
        if isinstance(value, str | bytes | list | tuple):
            self._tick(len(value) >> 6)
        elif not isinstance(value, set | frozenset | dict | range):
            self._tick(length_hint(value))
        return value

    def formatted(self, value: Any, spec: str) -> str:
        """A value in an f-string, by its format."""
        if any(len(n) > _WIDTH for n in _NUMBER.findall(spec)):
            raise Overflow("the width of a text", f"at most {_WIDTH} digits")
        if isinstance(value, int) and spec[-1:] in _FLOATS:
            raise Refuse("this format makes a float", "format whole numbers, or use Decimal")
        return format(value, spec)

    def filled(self, value: Any) -> Any:
        """What ``bytes`` is made of: a length, or values."""
        if isinstance(value, int):
            self._tick(max(small(value), 0) >> 4)
            return value
        return self.sized(value)

    def ordered(self, value: Any) -> Any:
        """What is gone through in its order, which therefore may be no set."""
        return self.sized(_no_set(value))

    def shown(self, value: Any) -> Any:
        """What is about to become text by its ``repr``."""
        return self._text(value, shown=True)

    def as_text(self, *values: Any) -> str:
        """``str`` where it is handed on to be called."""
        return str(*map(self._text, values))

    def mod(self, left: Any, right: Any) -> Any:
        """``left % right``, of numbers or of a text and what is put into it."""
        if isinstance(left, str | bytes):
            _refuse_wide(left)
            self.shown(right)
        return self.paid(left % right)


def _refuse_wide(template: str | bytes) -> None:
    """Refuse what ``%`` would make too long, or a float of."""
    words = template.decode("latin-1") if isinstance(template, bytes) else template
    for width, precision, kind in _FORMAT.findall(words):
        if "*" in (width, precision) or any(len(n) > _WIDTH for n in (width, precision)):
            raise Overflow("the width of a text", f"at most {_WIDTH} digits, written out")
        if kind in _FLOATS[:6]:
            raise Refuse("this format makes a float", "format whole numbers, or use Decimal")


def _no_set(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        raise Refuse("the order of a set is not the same on every machine; use sorted(...)")
    return value


def _bounded(value: Any) -> Any:
    if isinstance(value, int):
        if not -_LARGEST < value < _LARGEST:
            raise Overflow("a number", f"at most {MAX_BITS} bits in a contract")
    elif isinstance(value, str | bytes | list | tuple):
        small(len(value))
    return value


def _times(left: Any, right: Any) -> Any:
    for many, count in ((left, right), (right, left)):
        if isinstance(many, str | bytes | list | tuple) and isinstance(count, int):
            small(len(many) * count)
    return left * right


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
