"""Words and numbers as panels show them: grouped, with units, never longer than needed."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from devnet.primitives.types import SECOND

MINUS: Final = "\N{MINUS SIGN}"
THIN: Final = "\N{NARROW NO-BREAK SPACE}"


def grouped(number: int) -> str:
    """A whole number with a thin space between thousands."""
    return f"{number:,}".replace(",", THIN).replace("-", MINUS)


def signed(number: int) -> str:
    """A change: always with its sign, except for none."""
    return f"+{grouped(number)}" if number > 0 else grouped(number)


def share(part: int, whole: int) -> str:
    """Part of a whole in percent, as every panel and picture tells it; "-" of nothing.

    Rounded down to one decimal, so that shares never add up to more than all, and so that
    nobody seems to hold what a rule asks for who holds less.
    """
    if whole <= 0:
        return "-"
    tenths = part * 1000 // whole
    if part and not tenths:
        return f"under 0.1{THIN}%"
    decimal = f".{tenths % 10}" if tenths % 10 else ""
    return f"{tenths // 10}{decimal}{THIN}%"


def shares(parts: Sequence[int]) -> list[str]:
    """The share of each in all of them, for a column: where one has a decimal, all have."""
    told = [share(part, sum(parts)) for part in parts]
    if not any("." in text for text in told):
        return told
    return [text if "." in text else text.replace(THIN, f".0{THIN}") for text in told]


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 block``, ``2 blocks``."""
    return f"{grouped(number)} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str], *, most: int = 4) -> str:
    """``ana, ben and cho``; beyond ``most`` the rest is counted."""
    if not words:
        return "nobody"
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} others"
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def clock(nanoseconds: int) -> str:
    """Block time as ``2024-01-01 00:03:25``, UTC, whole seconds rounded down."""
    moment = dt.datetime.fromtimestamp(nanoseconds // SECOND, tz=dt.UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def quoted(text: str) -> str:
    """Text as it stands in a line of Python, in double quotes."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
