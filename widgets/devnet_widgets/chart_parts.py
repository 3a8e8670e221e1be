"""Pieces that all charts share: letters, greys, layers, the frame of a specification.

Every chart has a transparent background, greys that read on light and dark, letters of
14 pixels and more, and a title that states what the rows say.
"""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, Final, TypeAlias

from devnet_widgets.theme import FAINT, INK, Style
from devnet_widgets.wording import THIN

Spec: TypeAlias = dict[str, Any]
Styles: TypeAlias = Mapping[str, Style]

FONT: Final = 14
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
"""A name, not an address: nothing is fetched from it."""
GROUPED: Final[Spec] = {"labelExpr": f"replace(format(datum.value, ',d'), /,/g, '{THIN}')"}
"""Axis numbers grouped as everywhere else in the panels."""
HEADING: Final[Spec] = {
    "anchor": "start",
    "fontSize": FONT,
    "fontWeight": "normal",
    "color": INK,
    "frame": "group",
}
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


def colour(names: Sequence[str], styles: Styles) -> Spec:
    """Colour by name, without a legend: names stand beside what they name."""
    scale = {"domain": list(names), "range": [styles[name].colour for name in names]}
    return {"field": "validator", "type": "nominal", "scale": scale, "legend": None}


def layer(rows: Sequence[Mapping[str, Any]], mark: Spec, encoding: Spec) -> Spec:
    """Rows of their own, drawn one way."""
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def area(**more: Any) -> Spec:
    """A filled band that steps at each height."""
    return {"type": "area", "interpolate": "step-after", "opacity": 1, **more}


def line(**more: Any) -> Spec:
    """A line that steps at each height."""
    return {"type": "line", "interpolate": "step-after", "color": INK, **more}


def text(**more: Any) -> Spec:
    """Letters in the common size and grey."""
    return {"type": "text", "fontSize": FONT, "color": INK, **more}


def whole(title: str, parts: Spec, *, legend: str = "", letters: int = 0) -> Spec:
    """A specification with its title, the words that explain its marks, and common settings.

    A title of more than ``letters`` is broken into lines: it would widen its picture.
    """
    lines = wrap(title, letters) if 0 < letters < len(title) else title
    below = {"subtitle": legend, "subtitleFontSize": FONT, "subtitleColor": INK}
    heading = {
        "text": lines,
        "anchor": "start",
        "fontSize": 16,
        "fontWeight": "bold",
        "color": INK,
        "offset": 22 if "layer" in parts else 10,
        **(below if legend else {}),
    }
    return {"$schema": SCHEMA, "description": title, "title": heading, "config": _SETTINGS, **parts}
