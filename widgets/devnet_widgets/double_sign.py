"""What does a double sign cost? Stake, weight and power before and after."""

import itertools
from collections.abc import Sequence
from typing import Final

import ipywidgets as widgets

from devnet_widgets import charts
from devnet_widgets.desk import Change
from devnet_widgets.offence import Offence, latest_offence, punisher_sentence, refusal_of
from devnet_widgets.panel import Panel
from devnet_widgets.picture import Picture
from devnet_widgets.readings import AHEAD, offer
from devnet_widgets.tables import Html, note, table
from devnet_widgets.wording import grouped, listed, quoted

FIGURES: Final = {
    "stake": "tokens locked, after the block",
    "weight": "in the Authority, after the block",
    "power": "in the set that signs the block",
}
_BEFORE: Final = 2
_AFTER: Final = 4
"""Heights shown before and after the double sign."""


class DoubleSign(Panel):
    """Lets a validator sign two blocks, and shows the three steps of what follows.

    The double sign of height H is proven and judged at H+1, where stake and weight change;
    the power changes at H+3, two heights after the validator set was told.
    """

    title = "Double sign"

    def build(self) -> Sequence[widgets.Widget]:
        """Who would be punished by whom, and the picture."""
        self._punisher = widgets.HTML()
        self.picture = Picture("stake, weight and power by height")
        return (self._punisher, self.picture)

    def actions(self) -> Sequence[widgets.Widget]:
        """Choose, fire, watch."""
        self.chosen = widgets.Dropdown(
            options=[], description="validator", layout={"width": "200px"}
        )
        self.chosen.observe(lambda _: self.guard(self.redraw), names="value")
        self.fire_button = self.button(
            "Fire double sign",
            self._fire,
            tip="It signs two different blocks at the next height",
            main=True,
        )
        self.step_button = self.button("Step", self._step, tip="Make one block")
        return (self.chosen, self.fire_button, self.step_button)

    def draw(self, change: Change) -> None:  # noqa: ARG002 - the picture is the same for any change
        """Picture and table, from the chain."""
        offer(self.chosen, self._choices())
        self._punisher.value = note(punisher_sentence(self.net))
        name = self.chosen.value
        if name is None:
            return
        offence = latest_offence(self.net, name)
        rows = self._rows(name, offence)
        domain = self._domain(offence)
        marks = {}
        if offence is not None:
            marks[offence.height] = "double sign"
            marks[offence.carried] = "evidence"
        self.picture.show(
            charts.figure_steps(
                rows,
                figures={f: unit for f, unit in FIGURES.items() if _has(rows, f)},
                marks=marks,
                domain=domain,
                style=self.style_of(name),
                title=self._finding(name, rows, offence),
            ),
            self._table(name, rows),
        )

    def tables(self) -> Html:
        """The same figures as a table, and who punishes."""
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

    def _rows(self, name: str, offence: Offence | None) -> list[charts.StepRow]:
        first, last = self._domain(offence)
        tip = self.net.height
        until = min(last, tip + AHEAD)
        found = {
            row["height"]: row
            for row in self.net.history.chart_rows(*FIGURES, since=first, until=until)
            if row["validator"] == name
        }
        rows: list[charts.StepRow] = []
        for figure in FIGURES:
            value: int | None = 0 if figure == "power" else None
            for height in range(first, (until if figure == "power" else min(until, tip)) + 1):
                told = found.get(height, {}).get(figure)
                # A book that has named somebody once and no longer does holds nothing of theirs.
                value = 0 if told is None and value is not None else _whole(told)
                if value is not None:
                    rows.append(charts.StepRow(height, figure, value, decided=height > tip))
        return rows

    def _finding(self, name: str, rows: Sequence[charts.StepRow], offence: Offence | None) -> str:
        if offence is None:
            return f"{name} has not signed twice in the last blocks"
        later = [row for row in rows if row.height >= offence.height]
        steps = [text for figure in FIGURES if (text := _loss(later, figure))]
        at = grouped(offence.height)
        if not steps:
            return f"{name} signed twice at height {at} and lost nothing"
        return f"{name} signed twice at {at} and loses {listed(steps)}"

    def _table(self, name: str, rows: Sequence[charts.StepRow]) -> Html:
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

    def _fire(self) -> None:
        name = self.chosen.value
        self.run(
            f"net.validators[{quoted(name)}].double_sign()",
            self.net.validators[name].double_sign,
            said=f"{name} will sign two blocks at height {grouped(self.net.height + 1)}; step to"
            " see it happen, and once more to see it judged",
        )

    def _step(self) -> None:
        self.run("net.step()", self.net.step)


def _loss(rows: Sequence[charts.StepRow], figure: str) -> str:
    """The first fall of a figure: how much, of what, at which height."""
    mine = [row for row in rows if row.figure == figure]
    for earlier, row in itertools.pairwise(mine):
        fall = (earlier.value or 0) - (row.value or 0)
        if fall > 0:
            amount = grouped(fall) if row.value else "all"
            return f"{amount} {figure} at {grouped(row.height)}"
    return ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _has(rows: Sequence[charts.StepRow], figure: str) -> bool:
    return figure == "power" or any(row.figure == figure for row in rows)
