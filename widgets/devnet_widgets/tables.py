"""Rows as HTML that may stand anywhere: everything escaped, headings scoped, a caption.

The same tables stand behind "Show data", beside pictures, and in the page that is left
when no widget can be shown.
"""

from collections.abc import Collection, Sequence
from html import escape
from typing import TypeAlias

from devnet_widgets.theme import Style
from devnet_widgets.wording import grouped


class Html(str):
    """Text that is HTML already; only this room and panels' own words make it."""

    __slots__ = ()


Cell: TypeAlias = str | int | None


def cell_html(cell: Cell) -> str:
    """A cell's inside: numbers grouped, nothing as a dash, text escaped."""
    if cell is None:
        return "&ndash;"
    if isinstance(cell, Html):
        return cell
    return escape(cell) if isinstance(cell, str) else grouped(cell)


def table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    marked: Collection[int] = (),
    numbers: Collection[int] | None = None,
) -> Html:
    """A table; the first cell of each row is its heading.

    Parameters
    ----------
    marked
        Indices of rows that the last block changed.
    numbers
        Indices of columns that align on the right; default those that hold a number.
    """
    right = (
        {i for row in rows for i, cell in enumerate(row) if isinstance(cell, int)}
        if numbers is None
        else set(numbers)
    )
    align = ['class="devnet-number"' if i in right else "" for i in range(len(header))]
    heads = "".join(
        f'<th scope="col" {align[i]}>{escape(title)}</th>' for i, title in enumerate(header)
    )
    lines = []
    for index, row in enumerate(rows):
        mark = ' class="devnet-new"' if index in marked else ""
        first = f'<th scope="row" {align[0]}>{cell_html(row[0])}</th>'
        rest = "".join(
            f"<td {align[i]}>{cell_html(cell)}</td>" for i, cell in enumerate(row) if i > 0
        )
        lines.append(f"<tr{mark}>{first}{rest}</tr>")
    return Html(
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def facts(pairs: Sequence[tuple[str, Cell]], *, caption: str) -> Html:
    """A table of two columns without column headings: what, and its value."""
    lines = "".join(
        f'<tr><th scope="row">{escape(what)}</th><td>{cell_html(value)}</td></tr>'
        for what, value in pairs
    )
    return Html(f"<table><caption>{escape(caption)}</caption><tbody>{lines}</tbody></table>")


def who(name: str, style: Style, *, state: str = "", title: str = "") -> Html:
    """A name with its colour; ``state`` is one of the marks of the style sheet, or none.

    ``offline`` is hollow, ``slashed`` hatched, ``waiting`` dotted; each says so in words
    elsewhere in the row.
    """
    kind = f"devnet-who devnet-{state}" if state else "devnet-who"
    return Html(
        f'<span class="{kind}" title="{escape(title)}"><span class="devnet-swatch" '
        f'style="--c:{style.colour}" aria-hidden="true"></span>{escape(name)}</span>'
    )


def bar(part: int, whole: int, style: Style, *, before: int | None = None) -> Html:
    """A share as a bar; ``before`` is the old value, a dotted line."""
    most = max(whole, before or 0, 1)
    ghost = "" if before is None else f'<b style="left:{before * 100 // most}%"></b>'
    return Html(
        f'<span class="devnet-bar" aria-hidden="true"><i style="width:{part * 100 // most}%;'
        f'background:{style.colour}"></i>{ghost}</span>'
    )


def with_bar(text: str, drawn: Html) -> Html:
    """A bar and its value on one line."""
    return Html(f'<span class="devnet-share">{drawn} {escape(text)}</span>')


def lesson(text: str, code: str = "") -> Html:
    """What an empty panel teaches: a sentence, and what to type."""
    line = f"<br><code>{escape(code)}</code>" if code else ""
    return Html(f'<div class="devnet-lesson">{escape(text)}{line}</div>')


def note(text: str) -> Html:
    """A quiet sentence under a picture."""
    return Html(f'<p class="devnet-note">{escape(text)}</p>')
