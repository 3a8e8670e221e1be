"""How things look: a colour and a dash pattern per name, and the marks of a state.

The colours are those of Okabe and Ito, which people with any colour vision can tell
apart; each comes with a dash pattern as a second channel. A name keeps its style for as
long as its chain lives, in every panel, whatever its rank. Light and dark follow the
notebook: the styles of ``static/panel.css`` read its variables, and charts are drawn in
greys that can be read on both.
"""

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

COLOURS: Final = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # green
    "#CC79A7",  # purple
    "#56B4E9",  # sky
    "#D55E00",  # vermillion
    "#8A8A8A",  # grey, where Okabe and Ito have black, which no dark page shows
    "#F0E442",  # yellow
)
DASHES: Final = (
    (1, 0),
    (7, 3),
    (2, 2),
    (9, 3, 2, 3),
    (5, 2),
    (2, 4),
    (12, 3),
    (6, 2, 2, 2, 2, 2),
)
"""Lengths of stroke and gap in pixels; the first is a solid line."""

INK: Final = "#777777"
"""Text and axes of a chart: 4.5 to 1 on white, 4.2 to 1 on the dark theme's grey."""
FAINT: Final = "#9A9A9A55"
"""Grid lines and ghosts of old values, on any background."""
ALARM: Final = "#D55E00"
"""Marks of evidence and refusals, always beside a word or a sign."""

_DARK_INK: Final = "#000000"
_LIGHT_INK: Final = "#FFFFFF"
_DARK: Final = frozenset({COLOURS[0]})


@dataclass(frozen=True, slots=True)
class Style:
    """How one name is drawn: fill or line colour, dash pattern, and text upon the fill."""

    colour: str
    dash: tuple[int, ...]

    @property
    def ink(self) -> str:
        """Black or white, whichever reads better on the colour."""
        return _LIGHT_INK if self.colour in _DARK else _DARK_INK


NEUTRAL: Final = Style("#B0B0B0", (1, 0))
"""For what stands for many names at once."""


class Palette:
    """Styles by name; grows, and never gives a name another style.

    The initial letter asks for a place in the colours, so that a cast named
    alphabetically takes them in order and looks the same in every lab; who finds the
    place taken gets the next free one. Beyond eight names, colours return with another
    dash pattern.
    """

    def __init__(self) -> None:
        self._styles: dict[str, Style] = {}
        self._taken: set[int] = set()

    def style(self, name: str) -> Style:
        """Style of a name, the same at every call."""
        if name not in self._styles:
            self._styles[name] = self._next(name)
        return self._styles[name]

    def _next(self, name: str) -> Style:
        size = len(COLOURS)
        ring = len(self._taken) // size
        wish = (ord(name[0].lower()) - ord("a")) % size if name else 0
        free = (ring * size + (wish + step) % size for step in range(size))
        place = next(place for place in free if place not in self._taken)
        self._taken.add(place)
        return Style(COLOURS[place % size], DASHES[(place + 3 * ring) % size])


_PALETTES: WeakKeyDictionary[object, Palette] = WeakKeyDictionary()


def palette_of(net: object) -> Palette:
    """The one palette of a chain, shared by all its panels."""
    return _PALETTES.setdefault(net, Palette())
