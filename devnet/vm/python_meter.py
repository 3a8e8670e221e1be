"""The meter of contract code, and the guards that its compiled source calls.

What Python does in one step but in time that grows with its operands, such as
``list(range(10**9))``, ``"a" * 10**9`` or ``2 ** 10**9``, pays for its length or is refused.
"""

from collections.abc import Callable
from typing import Any

from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.cosmwasm.runtime import GasMeter

GAS_PER_TICK = 10
"""Chain gas of one tick."""
MAX_DEPTH = 128
"""How often functions of one contract may stand inside themselves."""
MAX_BITS = 4096
"""Size of a whole number in a contract; what is stored or sent has 64 or 128 bits."""
MAX_ITEMS = 131_072
"""Length of what one addition or multiplication of texts or lists may make."""

_CHUNK = 1024
"""Ticks between two payments; a host call and the end of the call pay at once."""
_LARGEST = 1 << MAX_BITS


class HostFailure(BaseException):
    """What the host raised, on its way out through contract code, which cannot catch it."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        self.cause = cause


class Ticks:
    """The meter of the call that runs; ticks are paid in portions and at every settling."""

    __slots__ = ("_depth", "_gas", "_left")

    def __init__(self) -> None:
        self._left = 0
        self._depth = 0
        self._gas: GasMeter | None = None

    def begin(self, gas: GasMeter) -> tuple[int, int, GasMeter | None]:
        """Count for a call that pays from ``gas``; what must be given back to ``end``."""
        outer = self._left, self._depth, self._gas
        self._left, self._depth, self._gas = _CHUNK, 0, gas
        return outer

    def end(self, outer: tuple[int, int, GasMeter | None]) -> None:
        """Count for the call around this one again."""
        self._left, self._depth, self._gas = outer

    def settle(self) -> None:
        """Pay what was counted so far."""
        used, self._left = _CHUNK - self._left, _CHUNK
        if used and self._gas is not None:
            try:
                self._gas.consume(used * GAS_PER_TICK, "contract code")
            except Exception as err:
                raise HostFailure(err) from err

    def names(self) -> dict[str, Callable[..., Any]]:
        """The functions that the compiled source calls, by their names there."""

        def tick(count: int) -> bool:
            self._left -= count
            if self._left < 0:
                self.settle()
            return True

        def enter(count: int) -> None:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise Refuse(f"a function stands inside itself more than {MAX_DEPTH} times")
            tick(count)

        def leave() -> None:
            self._depth -= 1

        def sized(value: Any) -> Any:
            if hasattr(value, "__len__"):
                tick(len(value))
            return value

        def filled(value: Any) -> Any:
            return _small(value) if isinstance(value, int) else sized(value)

        def ordered(value: Any) -> Any:
            return sized(_no_set(value))

        return {
            "<tick>": tick,
            "<enter>": enter,
            "<leave>": leave,
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
