"""The meter of contract code: what it has paid, and how deep it stands inside itself."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from devnet.cosmwasm.errors import Refuse, VmError
from devnet.cosmwasm.runtime import GasMeter
from devnet.vm.python_guards import guards

GAS_PER_TICK = 10
"""Chain gas of one tick."""
MAX_DEPTH = 128
"""How many functions of one call may stand inside one another."""
_CHUNK = 1024
"""Ticks between two payments; a host call and the end of the call pay at once."""


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

    def names(self) -> dict[str, Any]:
        """The functions that the compiled source calls, by their names there.

        A function, lambda or generator remembers the depth it was entered at and gives it
        back when it is left, by an error too; outside of all of them the depth is 0.
        """

        def tick(count: int) -> bool:
            self._left -= count
            if self._left < 0:
                self.settle()
            return True

        return {
            "<tick>": tick,
            **self._depth_counters(),
            **guards(tick),
        }

    def _depth_counters(self) -> dict[str, Any]:
        def enter(count: int) -> int:
            depth = self._depth + 1
            if depth > MAX_DEPTH:
                raise Refuse(f"functions stand inside one another more than {MAX_DEPTH} times")
            self._left -= count
            if self._left < 0:
                self.settle()
            self._depth = depth
            return depth

        def leave(depth: int, value: Any = None) -> Any:
            self._depth = depth - 1
            return value

        def caught(depth: int) -> None:
            # What was left by the error did not say so.
            self._depth = depth
            refuse_exhausted(sys.exception())

        def counted(items: Iterable[Any]) -> Iterator[Any]:
            # Nothing may wait in a finally here: an iterator can be dropped at any time.
            depth = enter(0)
            for item in items:
                yield leave(depth, item)
                depth = enter(0)
            leave(depth)

        return {
            "<enter>": enter,
            "<leave>": leave,
            "<caught>": caught,
            "<counted>": counted,
            "<depth>": 0,
        }


def refuse_exhausted(err: BaseException | None) -> None:
    """Let no contract go on after Python's own stack or memory ended.

    Where that happens is not the same for every version of Python.
    """
    if isinstance(err, RecursionError | MemoryError):
        raise HostFailure(VmError("values or calls stand too deep inside one another")) from err
