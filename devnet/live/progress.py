"""A line that says how far a long call is, once it has taken two seconds."""

import sys
from collections.abc import Iterator
from time import monotonic

QUIET_SECONDS = 2
_BETWEEN = 0.5


def progress(count: int, what: str) -> Iterator[int]:
    """``range(count)`` that shows its way; the line is gone when it ends.

    Short calls print nothing, so what a notebook stores of them does not vary.
    """
    begun = shown = monotonic()
    width = 0
    try:
        for number in range(count):
            yield number
            now = monotonic()
            if now - begun > QUIET_SECONDS and now - shown > _BETWEEN:
                line = f"{what} {number + 1} of {count} ({(number + 1) * 100 // count} %)"
                width, shown = max(width, len(line)), now
                _write(f"\r{line}")
    finally:
        if width:
            _write("\r" + " " * width + "\r")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
