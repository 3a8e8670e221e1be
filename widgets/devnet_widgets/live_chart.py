"""A chart in a panel, and the table behind it.

Showing a chart means importing altair and packing its scripts, some seconds once per
kernel; so it is done when a picture is first shown, and one chart widget is kept for
good: each carries its own scripts to the browser, a new one per block would flood it.
"""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from devnet_widgets.chart_parts import Spec
from devnet_widgets.closing import close_tree
from devnet_widgets.tables import Html, note

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


class DataTable:
    """A table behind a button, made only while somebody looks at it.

    Attributes
    ----------
    toggle
        The button "Show data", which a panel puts among its actions.
    box
        Where the table appears.
    """

    def __init__(self, about: str) -> None:
        self.box = widgets.HTML()
        self.box.add_class("devnet-data")
        self.box.layout.display = "none"
        self.toggle = widgets.ToggleButton(
            value=False, description="Show data", tooltip=f"The numbers behind the picture: {about}"
        )
        self.toggle.add_class("devnet-data-toggle")
        self.toggle.observe(self._switch, names="value")
        self._make: Callable[[], Html] = lambda: Html("")

    def fill(self, make: Callable[[], Html]) -> None:
        """Take what makes the table from now on."""
        self._make = make
        if self.toggle.value:
            self.box.value = make()

    def _switch(self, change: Any) -> None:
        self.box.value = self._make() if change["new"] else ""
        self.box.layout.display = "" if change["new"] else "none"
        self.toggle.description = "Hide data" if change["new"] else "Show data"


class LiveChart(widgets.VBox):  # type: ignore[misc]
    """One chart, created once and given new data, and the table behind it.

    ``about`` is what the chart is of, for the description of the button that shows the
    table; a panel puts that button, ``table.toggle``, among its actions.
    """

    def __init__(self, about: str) -> None:
        self._chart: Any = None
        self._frame = widgets.VBox()
        self.table = DataTable(about)
        super().__init__([self._frame, self.table.box])

    @property
    def spec(self) -> Spec:
        """The chart shown, empty before the first."""
        return {} if self._chart is None else dict(self._chart.spec)

    @property
    def finding(self) -> str:
        """The sentence over the chart."""
        return str(self.spec.get("description", ""))

    @property
    def data(self) -> str:
        """The table behind the chart, as HTML; empty while it is hidden."""
        return str(self.table.box.value)

    def show(self, spec: Spec, data: Callable[[], Html]) -> None:
        """Show a chart; ``data`` makes its table, and is called only while that is in sight."""
        self.table.fill(data)
        if self._chart is not None:
            self._chart.spec = spec
            return
        waiting = widgets.HTML(note("The first chart of a session takes some seconds."))
        self._frame.children = (waiting,)
        self._chart = chart_widget(spec)
        self._frame.children = (self._chart,)
        close_tree(waiting)

    def __repr__(self) -> str:
        return f"LiveChart({self.finding!r})"
