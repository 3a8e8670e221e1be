"""A picture of a chain as a value: what it shows, the rows behind it, and how it is drawn.

Shown in a cell it is its finding in words and an SVG image; nothing of it needs a
network, a widget or a setting of the notebook. Panels draw the same charts live
(:mod:`devnet_widgets.live_chart`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devnet_widgets.chart_parts import Spec

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart that stays as it is, however the chain goes on.

    Attributes
    ----------
    finding
        What the picture says, in one sentence computed from the rows.
    rows
        The numbers it draws, to be asserted on.
    spec
        The chart as Vega-Lite.
    """

    finding: str
    rows: Sequence[Mapping[str, Any]]
    spec: Spec

    @property
    def chart(self) -> "alt.TopLevelMixin":
        """The chart as an altair object, to be changed or combined."""
        import altair as alt  # noqa: PLC0415 - seconds of import that most pictures never need

        return alt.Chart.from_dict(self.spec)

    @property
    def svg(self) -> str:
        """The chart as an SVG image."""
        import vl_convert  # noqa: PLC0415 - heavy, and only here

        return str(vl_convert.vegalite_to_svg(json.dumps(self.spec)))

    def __repr__(self) -> str:
        return self.finding

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": self.finding, "image/svg+xml": self.svg}
