"""Rows in, chart out; nothing here knows a chain or a widget.

A chart is a Vega-Lite specification as plain data: building one costs no import and well
under a millisecond per hundred rows, so a panel may draw at every block. altair shows it
(:mod:`devnet_widgets.live_chart`) and checks it against the schema in the tests.
"""

from collections.abc import Collection, Mapping, Sequence
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
from devnet_widgets.theme import ALARM, INK, Style
from devnet_widgets.wording import grouped

_LABELLED: Final = 25
"""A band below one part in so many of the whole gets no label; the table has it."""
_EDGED: Final = 12
"""With more names than this, edges in dash patterns would be all there is to see."""


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


def needed_power(whole: int) -> int:
    """Power that must sign for a block: more than two thirds of the whole."""
    return 2 * whole // 3 + 1


def power_over_height(
    rows: Sequence[PowerRow], *, tip: int, styles: Styles, title: str, width: int = 310
) -> Spec:
    """Stacked power over height; beyond the height after ``tip`` it is decided, not active.

    The dashed line is the power a block needs: more than two thirds of the whole.
    """
    names = list(dict.fromkeys(row.validator for row in rows))
    known = {row.height for row in rows}
    first, end = min(known), max(known) + 1
    active = min(tip + 1, end)
    rows = _turning_points(rows, {first, active, end - 1})
    heights = sorted({row.height for row in rows})
    bands = _bands(rows, names, heights)
    totals = {height: sum(r.power for r in rows if r.height == height) for height in heights}
    needed = [{"height": h, "needed": needed_power(total)} for h, total in totals.items()]
    x = {
        "field": "height",
        "type": "quantitative",
        "scale": {"domain": [first, end], "nice": False, "zero": False},
        "axis": {"format": "d", "tickMinStep": 1, "title": "height", "grid": False},
    }
    y = {"type": "quantitative", "axis": {"title": "power", "tickCount": 5, **GROUPED}}
    stacked = {
        "x": x,
        "y": {"field": "low", **y},
        "y2": {"field": "high"},
        "color": colour(names, styles),
        "tooltip": [{"field": field} for field in ("validator", "height", "power")],
    }
    edge = {
        "x": x,
        "y": {"field": "high", **y},
        "detail": {"field": "validator"},
        "strokeDash": {
            "field": "validator",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": names, "range": [list(styles[name].dash) for name in names]},
        },
    }
    solid = _closed([band for band in bands if band["height"] <= active], active)
    ahead = _closed([band for band in bands if band["height"] >= active], end)
    seen = [band for band in bands if band["power"]]
    coming = [{"height": active, "text": f"next: {grouped(active)}"}] if active < end else []
    layers = [
        layer(solid, area(fillOpacity=0.9), stacked),
        layer(
            ahead,
            area(fillOpacity=0.25, strokeWidth=2),
            {**stacked, "stroke": colour(names, styles)},
        ),
        layer(_closed(seen, end) if len(names) <= _EDGED else [], line(strokeWidth=1.2), edge),
        layer(
            _closed(needed, end),
            line(strokeDash=[2, 3], strokeWidth=2),
            {"x": x, "y": {"field": "needed", **y}},
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
            {
                "x": {"value": "width"},
                "y": {"field": "middle", **y},
                "text": {"field": "text"},
            },
        ),
    ]
    return whole(title, {"layer": layers, "width": width, "height": 240})


def figure_steps(
    rows: Sequence[StepRow],
    *,
    figures: Mapping[str, str],
    marks: Mapping[int, str],
    domain: tuple[int, int],
    style: Style,
    title: str,
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
        parts.append({"title": heading, "layer": layers, "width": 620, "height": 62})
    return whole(title, {"vconcat": parts, "spacing": 4})


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
    rows: Sequence[PowerRow], names: Sequence[str], heights: Sequence[int]
) -> list[dict[str, Any]]:
    power = {(row.height, row.validator): row.power for row in rows}
    bands = []
    for height in heights:
        low = 0
        for name in names:
            own = power.get((height, name), 0)
            bands.append(
                {"height": height, "validator": name, "power": own, "low": low, "high": low + own}
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
