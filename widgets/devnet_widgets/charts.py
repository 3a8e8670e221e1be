"""Rows in, chart out; nothing here knows a chain or a widget.

A chart is a Vega-Lite specification as plain data: building one costs no import and well
under a millisecond per hundred rows, so a panel may draw at every block. altair shows it
(:mod:`devnet_widgets.picture`) and checks it against the schema in the tests.

Every chart has a transparent background, greys that read on light and dark, letters of
14 pixels and more, and a title that states what the rows say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from devnet_widgets.theme import ALARM, FAINT, INK, Style
from devnet_widgets.wording import THIN, grouped, signed

Spec: TypeAlias = dict[str, Any]
Styles: TypeAlias = Mapping[str, Style]

FONT: Final = 14
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
"""A name, not an address: nothing is fetched from it."""
_GROUPED: Final[Spec] = {"labelExpr": f"replace(format(datum.value, ',d'), /,/g, '{THIN}')"}
"""Axis numbers grouped as everywhere else in the panels."""
_LABELLED: Final = 25
"""A band below one part in so many of the whole gets no label; the table has it."""
_EDGED: Final = 12
"""With more names than this, edges in dash patterns would be all there is to see."""
_SETTINGS: Final[Spec] = {
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": FAINT,
        "labelFontSize": FONT,
        "titleFontSize": FONT,
        "titleFontWeight": "normal",
    },
}


@dataclass(frozen=True, slots=True)
class PowerRow:
    """Power of one validator in the set that signs a height; no row means none."""

    height: int
    validator: str
    power: int


@dataclass(frozen=True, slots=True)
class SwapRow:
    """Power of one validator in the set in office, and in a candidate's."""

    validator: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """One figure of one validator after a block, or of the set that signs it.

    ``decided`` marks a height no block has reached yet.
    """

    height: int
    figure: str
    value: int | None
    decided: bool = False


def power_over_height(
    rows: Sequence[PowerRow], *, tip: int, styles: Styles, title: str, width: int = 360
) -> Spec:
    """Stacked power over height; beyond the height after ``tip`` it is decided, not active.

    The dashed line is the power a block needs: more than two thirds of the whole.
    """
    names = list(dict.fromkeys(row.validator for row in rows))
    heights = sorted({row.height for row in rows})
    first, active, end = heights[0], tip + 1, heights[-1] + 1
    bands = _bands(rows, names, heights)
    totals = {height: sum(r.power for r in rows if r.height == height) for height in heights}
    needed = [{"height": h, "needed": 2 * total // 3 + 1} for h, total in totals.items()]
    x = {
        "field": "height",
        "type": "quantitative",
        "scale": {"domain": [first, end], "nice": False, "zero": False},
        "axis": {"format": "d", "tickMinStep": 1, "title": "height", "grid": False},
    }
    y = {"type": "quantitative", "axis": {"title": "power", "tickCount": 5, **_GROUPED}}
    stacked = {
        "x": x,
        "y": {"field": "low", **y},
        "y2": {"field": "high"},
        "color": _colour(names, styles),
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
    layers = [
        _layer(solid, _area(fillOpacity=0.9), stacked),
        _layer(
            ahead,
            _area(fillOpacity=0.25, strokeWidth=2),
            {**stacked, "stroke": _colour(names, styles)},
        ),
        _layer(_closed(seen, end) if len(names) <= _EDGED else [], _line(strokeWidth=1.2), edge),
        _layer(
            _closed(needed, end),
            _line(strokeDash=[2, 3], strokeWidth=2),
            {"x": x, "y": {"field": "needed", **y}},
        ),
        _layer([{"height": active}], {"type": "rule", "color": INK, "strokeWidth": 2}, {"x": x}),
        _layer(
            [{"height": active, "text": f"next: {grouped(active)}"}],
            _text(align="center", baseline="bottom", dy=-4),
            {"x": x, "y": {"value": 0}, "text": {"field": "text"}},
        ),
        _layer(
            _band_labels(bands, last=heights[-1]),
            _text(align="left", dx=6),
            {
                "x": {"value": "width"},
                "y": {"field": "middle", **y},
                "text": {"field": "text"},
            },
        ),
    ]
    return _whole(title, {"layer": layers, "width": width, "height": 240})


def two_sets(
    rows: Sequence[SwapRow], *, headings: tuple[str, str], styles: Styles, title: str
) -> Spec:
    """Two sets side by side, each as shares of its whole, names and differences between."""
    totals = sum(row.now for row in rows) or 1, sum(row.then for row in rows) or 1
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
    height = max(38 * len(rows), 76)
    halves = [
        _half(side, heading, y=y, domain=domain, colour=_colour(names, styles), height=height)
        for side, heading in zip(("now", "then"), headings, strict=True)
    ]
    middle = {
        "width": 96,
        "height": height,
        "layer": [
            {
                "mark": _text(fontWeight="bold", dy=-8),
                "encoding": {"y": y, "text": {"field": "validator"}},
            },
            {"mark": _text(dy=9), "encoding": {"y": y, "text": {"field": "difference"}}},
        ],
    }
    parts = {"hconcat": [halves[0], middle, halves[1]], "spacing": 6, "data": {"values": values}}
    return _whole(title, parts)


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
            _layer(rules, {"type": "rule", "color": ALARM, "strokeDash": [4, 3]}, {"x": x}),
            *_steps(mine, x=x, style=style),
        ]
        if not parts:
            said = _text(baseline="bottom", dy=-4, color=ALARM)
            layers.append(
                _layer(rules, said, {"x": x, "y": {"value": 0}, "text": {"field": "text"}})
            )
        heading = {"text": f"{figure} ({unit})", **_HEADING}
        parts.append({"title": heading, "layer": layers, "width": 620, "height": 62})
    return _whole(title, {"vconcat": parts, "spacing": 4})


_HEADING: Final[Spec] = {
    "anchor": "start",
    "fontSize": FONT,
    "fontWeight": "normal",
    "color": INK,
    "frame": "group",
}


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
        "axis": {"title": None, "values": [0, top], "grid": False, **_GROUPED},
    }
    place = {"x": x, "y": y}
    dot = {"type": "point", "size": 70, "color": style.colour, "opacity": 1, "strokeWidth": 2}
    return [
        _layer(
            points,
            {**_line(strokeDash=list(style.dash), strokeWidth=2.5), "color": style.colour},
            place,
        ),
        _layer([p for p in points if not p["decided"]], {**dot, "filled": True}, place),
        _layer([p for p in points if p["decided"]], {**dot, "filled": False}, place),
        _layer(
            [p for p in points if p["text"]],
            _text(align="left", dx=9, dy=-9, fontWeight="bold"),
            {**place, "text": {"field": "text"}},
        ),
    ]


def _half(
    side: str, heading: str, *, y: Spec, domain: list[float], colour: Spec, height: int
) -> Spec:
    mirrored = side == "now"
    x = {
        "field": side,
        "type": "quantitative",
        "scale": {"domain": domain, "reverse": mirrored, "nice": False},
        "axis": {"format": "~%", "title": None, "tickCount": 3, "grid": True},
    }
    label = _text(align="right" if mirrored else "left", dx=-5 if mirrored else 5)
    return {
        "title": {"text": heading, **_HEADING, "anchor": "end" if mirrored else "start"},
        "width": 270,
        "height": height,
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


def _colour(names: Sequence[str], styles: Styles) -> Spec:
    scale = {"domain": list(names), "range": [styles[name].colour for name in names]}
    return {"field": "validator", "type": "nominal", "scale": scale, "legend": None}


def _layer(rows: Sequence[Mapping[str, Any]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def _area(**more: Any) -> Spec:
    return {"type": "area", "interpolate": "step-after", "opacity": 1, **more}


def _line(**more: Any) -> Spec:
    return {"type": "line", "interpolate": "step-after", "color": INK, **more}


def _text(**more: Any) -> Spec:
    return {"type": "text", "fontSize": FONT, "color": INK, **more}


def _whole(title: str, parts: Spec) -> Spec:
    heading = {
        "text": title,
        "anchor": "start",
        "fontSize": 16,
        "fontWeight": "bold",
        "color": INK,
        "offset": 22 if "layer" in parts else 10,
    }
    return {"$schema": SCHEMA, "description": title, "title": heading, "config": _SETTINGS, **parts}
