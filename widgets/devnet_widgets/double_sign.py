"""What does a double sign cost? Stake, weight and power before and after."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import ipywidgets as widgets

from devnet_widgets.charts import StepRow, figure_steps
from devnet_widgets.choice import Choice
from devnet_widgets.desk import Change
from devnet_widgets.given import require_chain
from devnet_widgets.live_chart import LiveChart
from devnet_widgets.offence import (
    FIGURES,
    Offence,
    figure_rows,
    latest_offence,
    loss_finding,
    marks_of,
    punisher_sentence,
    refusal_of,
)
from devnet_widgets.panel import Panel
from devnet_widgets.tables import Html, note, table
from devnet_widgets.wording import grouped, quoted

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet

_BEFORE: Final = 2
_AFTER: Final = 4
"""Heights shown before and after the double sign."""
_WIDTH: Final = 500
"""Width of the picture in pixels: whole in a window of 1024."""


class DoubleSign(Panel):
    """Lets a validator sign two blocks, and shows the three steps of what follows.

    The double sign of height H is proven and judged at H+1, where stake and weight change;
    the power changes at H+3, two heights after the validator set was told.

    Parameters
    ----------
    validator
        Name of the one chosen first.
    """

    title = "Double sign"

    def __init__(
        self, net: "Devnet", *, validator: str | None = None, embedded: bool = False
    ) -> None:
        require_chain(net, type(self).__name__)
        self._preselected = None if validator is None else net.validators[validator].name
        super().__init__(net, embedded=embedded)

    def build(self) -> Sequence[widgets.Widget]:
        """Who would be punished by whom, and the picture."""
        self._punisher = widgets.HTML()
        self.picture = LiveChart("stake, weight and power by height")
        return (self._punisher, self.picture)

    def actions(self) -> Sequence[widgets.Widget]:
        """Choose, fire, watch."""
        self.chosen = Choice("validator")
        self.chosen.observe(lambda _: self.guard(self._choose), names="value")
        self.fire_button = self.button(
            "Fire double sign",
            self._fire,
            tip="It signs two different blocks at the next height",
            main=True,
        )
        self.step_button = self.button("Step", self._step, tip="Make one block")
        return (self.chosen, self.fire_button, self.step_button, self.picture.table.toggle)

    def draw(self, change: Change) -> None:  # noqa: ARG002 - the picture is the same for any change
        """Picture and table, from the chain."""
        self.chosen.offer(self._choices(), first=self._preselected)
        self._punisher.value = note(punisher_sentence(self.net))
        name = self.chosen.value
        if name is None:
            return
        offence = latest_offence(self.net, name)
        rows = self._rows(name, offence)
        domain = self._domain(offence)
        self.picture.show(
            figure_steps(
                rows,
                figures={f: unit for f, unit in FIGURES.items() if _has(rows, f)},
                marks=marks_of(offence),
                domain=domain,
                style=self.style_of(name),
                title=loss_finding(name, rows, offence, tip=self.net.height),
                width=_WIDTH,
            ),
            lambda: self._table(name, rows),
        )

    @property
    def punisher_html(self) -> str:
        """Who would punish a double sign, and how."""
        return str(self._punisher.value)

    def tables(self) -> Html:
        """The same figures as a table, and who punishes."""
        self.chosen.offer(self._choices(), first=self._preselected)
        name = self.chosen.value
        said = note(punisher_sentence(self.net))
        if name is None:
            return said
        return Html(said + self._table(name, self._rows(name, latest_offence(self.net, name))))

    def sentence(self, change: Change) -> str:
        """What changed; evidence that was refused first of all."""
        told = super().sentence(change)
        for height in change.blocks:
            refused = refusal_of(self.net, height)
            if refused:
                return f"evidence refused at height {grouped(height)}: {refused}. {told}"
        return told

    def _choices(self) -> list[str]:
        coming = self.net.validators.at(self.net.height + 1).names
        return [*coming, *sorted(n for n in self.net.validators.names if n not in coming)]

    def _domain(self, offence: Offence | None) -> tuple[int, int]:
        middle = self.net.height if offence is None else offence.height
        return max(1, middle - _BEFORE), middle + _AFTER

    def _rows(self, name: str, offence: Offence | None) -> list[StepRow]:
        first, last = self._domain(offence)
        return figure_rows(self.net, name, since=first, until=last)

    def _table(self, name: str, rows: Sequence[StepRow]) -> Html:
        heights = sorted({row.height for row in rows})
        values = {(row.height, row.figure): row.value for row in rows}
        lines = [
            (
                f"{height} (decided)" if height > self.net.height else str(height),
                *(values.get((height, figure)) for figure in FIGURES),
            )
            for height in heights
        ]
        return table(f"{name} by height", ("height", *FIGURES), lines)

    def _choose(self) -> None:
        if not self.chosen.is_offering:
            self.redraw()

    def _fire(self) -> None:
        name = self.chosen.value
        self.chosen.settle()
        self.run(
            f"{self.name}.validators[{quoted(name)}].double_sign()",
            self.net.validators[name].double_sign,
            said=f"{name} will sign two blocks at height {grouped(self.net.height + 1)}; step to"
            " see it happen, and once more to see it judged",
        )

    def _step(self) -> None:
        self.run(f"{self.name}.step()", self.net.step)


def _has(rows: Sequence[StepRow], figure: str) -> bool:
    return figure == "power" or any(row.figure == figure for row in rows)
