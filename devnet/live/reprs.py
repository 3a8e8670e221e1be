"""How chain objects look in a cell: short text and a plain table, every text escaped.

Nothing here knows IPython: objects offer ``_repr_html_`` and notebooks find it. Colours
come from the notebook's theme only, so light and dark both read.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from devnet.primitives.types import SECOND

_CELL = "text-align:left;padding:2px 10px"
_NUMBER = "text-align:right;padding:2px 10px;font-variant-numeric:tabular-nums"
_SHORT = 10
_GROUPED_FROM = 10_000


def grouped(number: int) -> str:
    """A whole number with narrow gaps between thousands from five digits on."""
    return f"{number:,}".replace(",", " ") if abs(number) >= _GROUPED_FROM else str(number)


def counted(number: int, what: str) -> str:
    """A number and its thing: ``1 tx``, ``2 txs``."""
    return f"{grouped(number)} {what}" + ("" if number == 1 else "s")


def share_text(part: int, whole: int) -> str:
    """A share in percent with one decimal, rounded down, so that none add up to more than all."""
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10} %"


def short(text: str, size: int = _SHORT) -> str:
    """A long hash or address, its middle left out."""
    return text if len(text) <= 2 * size + 1 else f"{text[:size]}…{text[-4:]}"


def clock(time: int) -> str:
    """Block time as UTC text, fractions of a second only where there are any."""
    seconds, rest = divmod(time, SECOND)
    text = datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}.{rest // 1_000_000:03d}" if rest else text


def html_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, note: str = ""
) -> str:
    """A table with caption and column scopes; whole numbers align on the right."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in header)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_NUMBER}">{grouped(cell)}</td>'
            if isinstance(cell, int) and not isinstance(cell, bool)
            else f'<td style="{_CELL}">{escape("" if cell is None else str(cell))}</td>'
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    foot = f'<p style="margin:2px 10px">{escape(note)}</p>' if note else ""
    return (
        f'<table><caption style="text-align:left;font-weight:bold;padding:2px 10px">'
        f"{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{foot}"
    )


def text_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The same as lines of text, columns aligned."""
    cells = [
        [
            grouped(cell) if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
            for cell in row
        ]
        for row in rows
    ]
    table = [list(header), *cells]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
