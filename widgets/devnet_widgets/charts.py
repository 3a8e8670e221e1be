"""Rows in, chart out; nothing here knows a chain or a widget.

A chart is a Vega-Lite specification as plain data: building one costs no import and well
under a millisecond per hundred rows, so a panel may draw at every block. altair shows it
(:mod:`devnet_widgets.live_chart`) and checks it against the schema in the tests.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from devnet_widgets.chart_parts import (
    GROUPED,
    HEADING,
    Spec,
    Styles,
    area,
    colour,
    layer,
    line,
    text,
    whole,
)
from devnet_widgets.theme import ALARM, INK, NEUTRAL, Style
from devnet_widgets.wording import grouped

LEGEND: Final = (
    "Pale: decided, not active yet. Dotted: what a block needs, more than two thirds of the power."
)
"""What the marks of power over height stand for."""
REST: Final = "all others"
_LABELLED: Final = 25
"""A band below one part in so many of the whole gets no label; the table has it."""
_MOST_BANDS: Final = 12
"""More names than this are drawn as the strongest and one band for the others."""

_BESIDE: Final = 110
"""Pixels that axis and names take beside power over height."""
_LETTERS: Final = 13
"""Letters of a title that a hundred pixels hold."""

_HALOED: Final = (
    {"color": "#FFFFFF", "opacity": 0.7, "strokeWidth": 4},
    {"color": "#000000", "strokeDash": [3, 4], "strokeWidth": 2},
)
"""A dotted line that reads upon any colour and on any page."""


@dataclass(frozen=True, slots=True)
class PowerRow:
    """Power of one validator in the set that signs a height; no row means none."""

    height: int
    validator: str
    power: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """One figure of one validator after a block, or of the set that signs it.

    ``decided`` marks a height no block has reached yet.
    """

    height: int
    figure: str
    value: int | None
    decided: bool = False


def gathered(rows: Sequence[PowerRow]) -> list[PowerRow]:
    """The rows of those who ever held most, and one band for all others on top."""
    totals: dict[int, int] = {}
    for row in rows:
        totals[row.height] = totals.get(row.height, 0) + row.power
    peaks: dict[str, float] = {}
    for row in rows:
        part = row.power / totals[row.height]
        peaks[row.validator] = max(part, peaks.get(row.validator, 0.0))
    if len(peaks) <= _MOST_BANDS:
        return list(rows)
    ranked = sorted(peaks, key=lambda name: (-peaks[name], name))
    kept = set(ranked[: _MOST_BANDS - 1])
    rest: dict[int, int] = {}
    for row in rows:
        if row.validator not in kept:
            rest[row.height] = rest.get(row.height, 0) + row.power
    bands = [PowerRow(height, REST, power) for height, power in rest.items()]
    strongest = [row for row in rows if row.validator in kept]
    return sorted([*strongest, *bands], key=lambda row: (row.height, row.validator == REST))


def styles_of(rows: Sequence[PowerRow], style_of: Callable[[str], Style]) -> dict[str, Style]:
    """Style by name of what is drawn; all others together are of no colour."""
    names = dict.fromkeys(row.validator for row in rows)
    return {name: NEUTRAL if name == REST else style_of(name) for name in names}


def needed_power(whole: int) -> int:
    """Power that must sign for a block: more than two thirds of the whole."""
    return 2 * whole // 3 + 1


def power_over_height(
    rows: Sequence[PowerRow],
    *,
    tip: int,
    styles: Styles,
    title: str,
    width: int = 290,
    share: bool = False,
    legend: str = "",
) -> Spec:
    """Stacked power over height; beyond the height after ``tip`` it is decided, not active.

    The dotted line is the power a block needs: more than two thirds of the whole. With
    ``share``, every height is drawn as shares of its whole, so that eras of little and of
    much power read side by side. ``legend`` stands under the title, for a picture that has
    no words around it.
    """
    names = list(dict.fromkeys(row.validator for row in rows))
    known = {row.height for row in rows}
    first, end = min(known), max(known) + 1
    active = min(tip + 1, end)
    rows = _turning_points(rows, {first, active, end - 1})
    heights = sorted({row.height for row in rows})
    totals = {height: sum(r.power for r in rows if r.height == height) for height in heights}
    units = totals if share else dict.fromkeys(heights, 1)
    bands = _bands(rows, names, units)
    x = {
        "field": "height",
        "type": "quantitative",
        "scale": {"domain": [first, end], "nice": False, "zero": False},
        "axis": {"format": "d", "tickMinStep": 1, "title": "height", "grid": False},
    }
    y = {
        "type": "quantitative",
        "axis": {"title": "share of power", "format": "~%", "tickCount": 5}
        if share
        else {"title": "power", "tickCount": 5, **GROUPED},
    }
    needed = [
        {"height": height, "needed": needed_power(total) / units[height]}
        for height, total in totals.items()
    ]
    coming = [{"height": active, "text": f"next: {grouped(active)}"}] if active < end else []
    layers = [
        *_filled(bands, x=x, y=y, colours=colour(names, styles), active=active, end=end),
        _edges(bands, names, styles, x=x, y=y, end=end),
        *(
            layer(_closed(needed, end), line(**drawn), {"x": x, "y": {"field": "needed", **y}})
            for drawn in _HALOED
        ),
        layer(coming, {"type": "rule", "color": INK, "strokeWidth": 2}, {"x": x}),
        layer(
            coming,
            text(align="center", baseline="bottom", dy=-4),
            {"x": x, "y": {"value": 0}, "text": {"field": "text"}},
        ),
        layer(
            _band_labels(bands, last=heights[-1]),
            text(align="left", dx=6),
            {"x": {"value": "width"}, "y": {"field": "middle", **y}, "text": {"field": "text"}},
        ),
    ]
    parts = {"layer": layers, "width": width, "height": 240}
    return whole(title, parts, legend=legend, letters=(width + _BESIDE) * _LETTERS // 100)


def _filled(
    bands: Sequence[dict[str, Any]], *, x: Spec, y: Spec, colours: Spec, active: int, end: int
) -> list[Spec]:
    """What is or was active as solid bands, what is only decided as outlines."""
    stacked = {
        "x": x,
        "y": {"field": "low", **y},
        "y2": {"field": "high"},
        "color": colours,
        "tooltip": [{"field": field} for field in ("validator", "height", "power")],
    }
    solid = _closed([band for band in bands if band["height"] <= active], active)
    ahead = _closed([band for band in bands if band["height"] >= active], end)
    return [
        layer(solid, area(fillOpacity=0.9), stacked),
        layer(ahead, area(fillOpacity=0.25, strokeWidth=2), {**stacked, "stroke": colours}),
    ]


def _edges(
    bands: Sequence[dict[str, Any]],
    names: Sequence[str],
    styles: Styles,
    *,
    x: Spec,
    y: Spec,
    end: int,
) -> Spec:
    """Upper edges in each name's dash pattern: the second channel beside colour."""
    seen = [band for band in bands if band["power"]]
    dashes = {"domain": list(names), "range": [list(styles[name].dash) for name in names]}
    encoding = {
        "x": x,
        "y": {"field": "high", **y},
        "detail": {"field": "validator"},
        "strokeDash": {"field": "validator", "type": "nominal", "legend": None, "scale": dashes},
    }
    return layer(_closed(seen, end), line(strokeWidth=1.2), encoding)


def figure_steps(
    rows: Sequence[StepRow],
    *,
    figures: Mapping[str, str],
    marks: Mapping[int, str],
    domain: tuple[int, int],
    style: Style,
    title: str,
    width: int = 620,
) -> Spec:
    """One line of steps per figure over the same heights, every change labelled.

    Parameters
    ----------
    figures
        Unit by figure, top to bottom.
    marks
        Heights to mark with a rule and a word.
    domain
        First and last height of the axis, so that the picture does not jump.
    """
    parts: list[Spec] = []
    for figure, unit in figures.items():
        lowest = len(parts) == len(figures) - 1
        x = {
            "field": "height",
            "type": "quantitative",
            "scale": {"domain": [domain[0] - 0.4, domain[1] + 0.6], "nice": False},
            "axis": {
                "values": list(range(domain[0], domain[1] + 1)),
                "format": "d",
                "title": "height" if lowest else None,
                "labels": lowest,
                "ticks": lowest,
                "domain": lowest,
                "grid": False,
            },
        }
        mine = [row for row in rows if row.figure == figure and row.value is not None]
        rules = [{"height": height, "text": text} for height, text in marks.items()]
        layers = [
            layer(rules, {"type": "rule", "color": ALARM, "strokeDash": [4, 3]}, {"x": x}),
            *_steps(mine, x=x, style=style),
        ]
        if not parts:
            said = text(baseline="bottom", dy=-4, color=ALARM)
            layers.append(
                layer(rules, said, {"x": x, "y": {"value": 0}, "text": {"field": "text"}})
            )
        heading = {"text": f"{figure} ({unit})", **HEADING}
        parts.append({"title": heading, "layer": layers, "width": width, "height": 54})
    return whole(
        title, {"vconcat": parts, "spacing": 4}, letters=(width + _BESIDE // 2) * _LETTERS // 100
    )


def _steps(rows: Sequence[StepRow], *, x: Spec, style: Style) -> list[Spec]:
    top = max((row.value or 0 for row in rows), default=0) or 1
    points: list[dict[str, Any]] = []
    before: int | None = None
    for row in rows:
        changed = before is not None and row.value is not None and before != row.value
        arrow = f"{grouped(before or 0)} \N{RIGHTWARDS ARROW} {grouped(row.value or 0)}"
        points.append(
            {
                "height": row.height,
                "value": row.value,
                "decided": row.decided,
                "text": arrow if changed else "",
            }
        )
        before = row.value
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, top * 1.25], "nice": False},
        "axis": {"title": None, "values": [0, top], "grid": False, **GROUPED},
    }
    place = {"x": x, "y": y}
    dot = {"type": "point", "size": 70, "color": style.colour, "opacity": 1, "strokeWidth": 2}
    return [
        layer(
            points,
            {**line(strokeDash=list(style.dash), strokeWidth=2.5), "color": style.colour},
            place,
        ),
        layer([p for p in points if not p["decided"]], {**dot, "filled": True}, place),
        layer([p for p in points if p["decided"]], {**dot, "filled": False}, place),
        layer(
            [p for p in points if p["text"]],
            text(align="left", dx=9, dy=-9, fontWeight="bold"),
            {**place, "text": {"field": "text"}},
        ),
    ]


def _turning_points(rows: Sequence[PowerRow], kept: Collection[int]) -> list[PowerRow]:
    """The rows of heights whose set differs from the one before, and of the heights kept.

    Between them every line runs level, so a chart of ten thousand blocks stays small.
    """
    sets: dict[int, dict[str, int]] = {}
    for row in rows:
        sets.setdefault(row.height, {})[row.validator] = row.power
    before: dict[str, int] | None = None
    turning = set(kept)
    for height in sorted(sets):
        if sets[height] != before:
            turning.add(height)
        before = sets[height]
    return [row for row in rows if row.height in turning]


def _bands(
    rows: Sequence[PowerRow], names: Sequence[str], units: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Lower and upper edge of every name at every height, in that height's unit."""
    power = {(row.height, row.validator): row.power for row in rows}
    bands = []
    for height, unit in units.items():
        low = 0
        for name in names:
            own = power.get((height, name), 0)
            bands.append(
                {
                    "height": height,
                    "validator": name,
                    "power": own,
                    "low": low / unit,
                    "high": (low + own) / unit,
                }
            )
            low += own
    return bands


def _closed(rows: Sequence[dict[str, Any]], end: int) -> list[dict[str, Any]]:
    """The rows, and the last ones once more at ``end``, so that the last step has a width."""
    last = max((row["height"] for row in rows), default=end)
    return [*rows, *({**row, "height": end} for row in rows if row["height"] == last < end)]


def _band_labels(bands: Sequence[dict[str, Any]], *, last: int) -> list[dict[str, Any]]:
    ends = [band for band in bands if band["height"] == last]
    whole = sum(band["power"] for band in ends)
    return [
        {
            "middle": (band["low"] + band["high"]) / 2,
            "text": f"{band['validator']} {grouped(band['power'])}",
        }
        for band in ends
        if band["power"] and band["power"] * _LABELLED >= whole
    ]
