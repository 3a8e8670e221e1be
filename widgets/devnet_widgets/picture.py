"""A chart and the table behind it.

Showing a chart means importing altair and packing its scripts, some seconds once per
kernel; so it is done when a picture is first shown, and one chart widget is kept for
good: each carries its own scripts to the browser, a new one per block would flood it.
"""

from typing import Any

import ipywidgets as widgets

from devnet_widgets.charts import Spec
from devnet_widgets.tables import Html

_OPTIONS = {"actions": False, "renderer": "svg"}
"""No menu; letters as text, so that they follow the theme and can be read out."""


def chart_widget(spec: Spec) -> Any:
    """A live chart of a specification, which needs no network and has no menu.

    Specifications reach the widget as they are: taking each through altair's schema again
    would cost a hundred times the drawing. The tests check them.
    """
    import altair as alt  # noqa: PLC0415 - seconds of import, only where a chart is shown

    alt.JupyterChart.enable_offline()
    blank = alt.Chart().mark_point()
    made = alt.JupyterChart(blank, embed_options=_OPTIONS)
    made.spec = spec
    made.add_class("devnet-picture")
    return made


class Picture(widgets.VBox):  # type: ignore[misc]
    """One chart, created once and given new data, with "Show data" beneath.

    ``about`` is what the chart is of, for the button's description.
    """

    def __init__(self, about: str) -> None:
        self._frame = widgets.VBox()
        self._data = widgets.HTML()
        self._data.add_class("devnet-data")
        self._data.layout.display = "none"
        self.toggle = widgets.ToggleButton(
            value=False, description="Show data", tooltip=f"The numbers behind the picture: {about}"
        )
        self.toggle.observe(self._switch, names="value")
        row = widgets.HBox([self.toggle])
        row.add_class("devnet-actions")
        super().__init__([self._frame, row, self._data])

    @property
    def spec(self) -> Spec:
        """The chart shown, empty before the first."""
        return dict(self._frame.children[0].spec) if self._frame.children else {}

    @property
    def finding(self) -> str:
        """The sentence over the chart."""
        return str(self.spec.get("description", ""))

    @property
    def data(self) -> str:
        """The table behind the chart, as HTML."""
        return str(self._data.value)

    def show(self, spec: Spec, data: Html) -> None:
        """Show a chart and its table."""
        self._data.value = data
        if self._frame.children:
            self._frame.children[0].spec = spec
        else:
            self._frame.children = (chart_widget(spec),)

    def _switch(self, change: Any) -> None:
        self._data.layout.display = "" if change["new"] else "none"
        self.toggle.description = "Hide data" if change["new"] else "Show data"

    def __repr__(self) -> str:
        return f"Picture({self.finding!r})"
