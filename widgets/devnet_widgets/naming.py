"""What a cell calls its chain, so that a line of Python copied from a panel works there."""

import sys
from types import FrameType
from typing import Final

USUAL: Final = "net"
_OURS: Final = __name__.partition(".")[0]


def name_in_cell(net: object) -> str:
    """Name of a chain where a panel was asked for; ``net`` if it has none there.

    Looks at the names of the innermost caller that is not this package: the cell, or a
    function that was handed the chain.
    """
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - nothing else tells what a caller calls it
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    if frame is None:
        return USUAL
    seen = [*frame.f_locals.items(), *frame.f_globals.items()]
    names = [
        name for name, value in seen if value is net and name.isidentifier() and name[0] != "_"
    ]
    return USUAL if USUAL in names or not names else names[0]


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == _OURS
