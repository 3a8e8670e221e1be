"""Two validator sets side by side: the one in office and a candidate's, or two rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from devnet_widgets.chart_parts import HEADING, Spec, Styles, colour, layer, text, whole
from devnet_widgets.theme import COLOURS, Style
from devnet_widgets.wording import grouped, share, signed


@dataclass(frozen=True, slots=True)
class SwapRow:
    """Power of one validator in the set in office, and in a candidate's."""

    validator: str
    now: int
    then: int


MOST_BARS: Final = 12
"""More validators than this are drawn as bars without names, the movers apart."""
_MOVERS: Final = 2
_ROOM: Final = 9
"""Bars a label may lie over; it stands above the highest of them."""
_MIDDLE: Final = 96
"""Width of the names between two sets, in pixels."""
_CROWD: Final = COLOURS[6]
_MOVER_COLOURS: Final = (COLOURS[0], COLOURS[5])


def movers(rows: Sequence[SwapRow]) -> list[SwapRow]:
    """Those whose share differs most between the sides, the largest difference first."""
    now, then = _total(rows)
    moved = [row for row in rows if row.now * then != row.then * now]
    return sorted(moved, key=lambda row: (-abs(row.now * then - row.then * now), row.validator))[
        :_MOVERS
    ]


def compared(rows: Sequence[SwapRow], headings: tuple[str, str]) -> str:
    """Who gains and who loses most, in one sentence."""
    now, then = sum(row.now for row in rows), sum(row.then for row in rows)
    told = [
        f"{row.validator} {share(row.now, now)} \N{RIGHTWARDS ARROW} {share(row.then, then)}"
        for row in movers(rows)
    ]
    between = f"{headings[0]}, then {headings[1]}"
    return f"{between}: {', '.join(told)}" if told else f"{between}: every share is the same"


def set_chart(
    rows: Sequence[SwapRow],
    *,
    headings: tuple[str, str],
    style_of: Callable[[str], Style],
    title: str,
    width: int = 640,
) -> Spec:
    """Two sets compared, in the form that suits their size; ``width`` is without the axes."""
    if len(rows) > MOST_BARS:
        return many_shares(rows, headings=headings, title=title, width=width)
    styles = {row.validator: style_of(row.validator) for row in rows}
    return two_sets(rows, headings=headings, styles=styles, title=title, width=width)


def two_sets(
    rows: Sequence[SwapRow],
    *,
    headings: tuple[str, str],
    styles: Styles,
    title: str,
    width: int = 640,
) -> Spec:
    """Two sets side by side, each as shares of its whole, names and differences between."""
    totals = _total(rows)
    values = [
        {
            "validator": row.validator,
            "now": row.now / totals[0],
            "then": row.then / totals[1],
            "now_text": grouped(row.now),
            "then_text": grouped(row.then),
            "difference": _difference(row),
        }
        for row in rows
    ]
    names = [row.validator for row in rows]
    widest = max(
        (*(row.now / totals[0] for row in rows), *(row.then / totals[1] for row in rows)),
        default=1.0,
    )
    domain = [0, min(1.0, widest * 1.35)]
    y = {
        "field": "validator",
        "type": "nominal",
        "sort": names,
        "axis": None,
        "scale": {"type": "band", "padding": 0.3},
    }
    height = max(36 * len(rows), 72)
    size = {"width": (width - _MIDDLE) // 2, "height": height}
    halves = [
        _half(side, heading, y=y, domain=domain, colour=colour(names, styles), size=size)
        for side, heading in zip(("now", "then"), headings, strict=True)
    ]
    middle = {
        "width": _MIDDLE,
        "height": height,
        "layer": [
            {
                "mark": text(fontWeight="bold", dy=-8),
                "encoding": {"y": y, "text": {"field": "validator"}},
            },
            {"mark": text(dy=9), "encoding": {"y": y, "text": {"field": "difference"}}},
        ],
    }
    parts = {"hconcat": [halves[0], middle, halves[1]], "spacing": 6, "data": {"values": values}}
    return whole(title, parts)


def many_shares(
    rows: Sequence[SwapRow], *, headings: tuple[str, str], title: str, width: int = 640
) -> Spec:
    """Two sets one above the other, a bar per validator in the same order, movers named."""
    now, then = _total(rows)
    shares = [row.now / now for row in rows], [row.then / then for row in rows]
    top = max(*shares[0], *shares[1])
    parts = [
        {**_crowd(rows, side, heading=heading, top=top, is_now=index == 0), "width": width}
        for index, (side, heading) in enumerate(zip(shares, headings, strict=True))
    ]
    return whole(title, {"vconcat": parts, "spacing": 8})


def _total(rows: Sequence[SwapRow]) -> tuple[int, int]:
    return sum(row.now for row in rows) or 1, sum(row.then for row in rows) or 1


def _crowd(
    rows: Sequence[SwapRow], side: Sequence[float], *, heading: str, top: float, is_now: bool
) -> Spec:
    """A bar per validator, those who move most in colour and with their name."""
    colours = dict(zip((row.validator for row in movers(rows)), _MOVER_COLOURS, strict=False))
    names = [row.validator for row in rows]
    x = {"field": "validator", "type": "nominal", "sort": names, "axis": None}
    y = {
        "type": "quantitative",
        "scale": {"domain": [0, top * 1.25], "nice": False},
        "axis": {"format": "~%", "title": None, "tickCount": 4},
    }
    bars = [
        {"validator": name, "share": part, "colour": colours.get(name, _CROWD)}
        for name, part in zip(names, side, strict=True)
    ]
    by_colour = {"field": "colour", "type": "nominal", "scale": None}
    layers = [
        layer(bars, {"type": "bar"}, {"x": x, "y": {**y, "field": "share"}, "color": by_colour})
    ]
    total = _total(rows)[0 if is_now else 1]
    for index, row in enumerate(rows):
        if row.validator in colours:
            near = side[max(0, index - _ROOM) : index + _ROOM]
            power = share(row.now if is_now else row.then, total)
            label = {
                "validator": row.validator,
                "above": max(near),
                "text": f"{row.validator} {power}",
            }
            align = "left" if 2 * index < len(rows) else "right"
            letters = text(align=align, baseline="bottom", dy=-3, fontWeight="bold")
            at = {"x": x, "y": {**y, "field": "above"}, "text": {"field": "text"}}
            layers.append(layer([label], letters, at))
    return {"title": {"text": heading, **HEADING}, "height": 130, "layer": layers}


def _half(
    side: str, heading: str, *, y: Spec, domain: list[float], colour: Spec, size: Spec
) -> Spec:
    mirrored = side == "now"
    x = {
        "field": side,
        "type": "quantitative",
        "scale": {"domain": domain, "reverse": mirrored, "nice": False},
        "axis": {"format": "~%", "title": None, "tickCount": 3, "grid": True},
    }
    label = text(align="right" if mirrored else "left", dx=-5 if mirrored else 5)
    return {
        "title": {"text": heading, **HEADING, "anchor": "end" if mirrored else "start"},
        **size,
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadius": 2},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {"mark": label, "encoding": {"x": x, "y": y, "text": {"field": f"{side}_text"}}},
        ],
    }


def _difference(row: SwapRow) -> str:
    if row.now == row.then:
        return "same"
    if not row.now:
        return "joins"
    return signed(row.then - row.now) if row.then else "leaves"
