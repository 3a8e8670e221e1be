"""Room on Python's own stack, the same for every contract wherever the chain was called from.

How deep contract code may stand inside itself is counted by ``python_meter``, and how deep
source may be nested by ``python_rules``. What neither sees (a comparison of values that hold
one another a thousand deep, say) ends at the limit of the interpreter, which counts from the
bottom of the stack: in a notebook that is closer than in a script. So that limit is moved
along: it always stands the same distance above whoever checks or runs a contract.
"""

import re
import sys
from typing import Self

HEADROOM = 4000
"""Frames that checking or running one contract may use; counted depth ends long before."""

_AT_DEPTH = re.compile(r"recursion depth (\d+)")


class HeadRoom:
    """While it is entered, exactly :data:`HEADROOM` frames are left; then it is as before."""

    __slots__ = ("_outer",)

    def __enter__(self) -> Self:
        self._outer = sys.getrecursionlimit()
        sys.setrecursionlimit(_depth() + HEADROOM)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setrecursionlimit(self._outer)


def _depth() -> int:
    """How deep the interpreter says that it stands.

    It tells when it refuses a limit below that. Counting frames would miss the calls made
    by C code, and walk the whole stack for every call of a contract.
    """
    try:
        sys.setrecursionlimit(1)
    except RecursionError as err:
        found = _AT_DEPTH.search(str(err))
        if found:
            return int(found[1])
    frame, depth = sys._getframe(), 0  # noqa: SLF001 - an interpreter that words it differently
    while outer := frame.f_back:
        frame, depth = outer, depth + 1
    return depth
