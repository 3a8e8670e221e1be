"""Who has power, and who will? Power over height, and the sets that are decided already."""

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Final

import ipywidgets as widgets

from devnet_widgets import charts
from devnet_widgets.choice import Choice
from devnet_widgets.desk import Change
from devnet_widgets.live_chart import LiveChart
from devnet_widgets.offence import offences
from devnet_widgets.panel import Panel
from devnet_widgets.readings import (
    AHEAD,
    SeatRow,
    offline,
    power_rows,
    power_sentence,
    seats,
)
from devnet_widgets.tables import Html, bar, lesson, note, table, who, with_bar
from devnet_widgets.wording import grouped, quoted, shares

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet

_ERA: Final = 3
"""Heights whose whole powers differ by more than this are drawn as shares."""


class ValidatorPanel(Panel):
    """Power over height, the set that signs next, the one after, and who waits.

    Parameters
    ----------
    span
        How many heights the picture reaches back, the two decided ones included.
    """

    title = "Validators"

    def __init__(self, net: "Devnet", *, span: int = 40, embedded: bool = False) -> None:
        self.span = span
        super().__init__(net, embedded=embedded)

    def build(self) -> Sequence[widgets.Widget]:
        """The picture, and beside it the sets."""
        self.picture = LiveChart("power by height and validator")
        self._sets = widgets.HTML()
        sides = widgets.HBox([self.picture, self._sets])
        sides.add_class("devnet-sides")
        return (sides, widgets.HTML(note(charts.LEGEND)))

    def actions(self) -> Sequence[widgets.Widget]:
        """Choose a validator, switch it, make a block."""
        self.chosen = Choice("validator")
        self.offline_button = self.button(
            "Take offline", self._offline, tip="Its node stops signing from the next block on"
        )
        self.online_button = self.button(
            "Bring online", self._online, tip="Its node signs again from the next block on"
        )
        self.step_button = self.button("Step", self._step, tip="Make one block", main=True)
        return (
            self.chosen,
            self.offline_button,
            self.online_button,
            self.step_button,
            self.picture.table.toggle,
        )

    def draw(self, change: Change) -> None:
        """Chart, sets and choices, from the chain."""
        rows = self._rows()
        seated = seats(self.net)
        drawn = charts.gathered(rows)
        finding = power_sentence(seated, height=self.net.height, absent=offline(self.net))
        sets = self._set_table(seated, fresh=bool(change.blocks))
        self._sets.value = sets + self._idle_table(seated, rows)
        self.chosen.offer(self._choices(seated))
        # The chart comes last: the first of a session takes seconds.
        self.picture.show(
            charts.power_over_height(
                drawn,
                tip=self.net.height,
                styles=charts.styles_of(drawn, self.style_of),
                title=finding,
                share=_has_eras(rows),
            ),
            lambda: self._power_table(rows),
        )

    @property
    def sets_html(self) -> str:
        """What is told of the decided sets, and of who waits."""
        return str(self._sets.value)

    def tables(self) -> Html:
        """The decided sets, and who waits."""
        seated = seats(self.net)
        sets = self._set_table(seated, fresh=False)
        return Html(sets + self._idle_table(seated, self._rows()))

    def _rows(self) -> list[charts.PowerRow]:
        last = self.net.height + AHEAD
        return power_rows(self.net, since=max(1, last - self.span + 1), until=last)

    def _choices(self, seated: Sequence[SeatRow]) -> list[str]:
        seated_names = [row.name for row in seated if row.name in self.net.validators]
        others = [name for name in self.net.validators.names if name not in seated_names]
        return [*seated_names, *sorted(others)]

    def _set_table(self, seated: Sequence[SeatRow], *, fresh: bool) -> Html:
        height = self.net.height
        whole, later = sum(row.now for row in seated), sum(row.then for row in seated)
        guilty = offences(self.net)
        lines = []
        for row, told in zip(seated, shares([row.then for row in seated]), strict=True):
            style = self.style_of(row.name)
            words = [row.state(height)] if row.state(height) else []
            if row.name in guilty:
                words.insert(0, f"signed twice at {grouped(guilty[row.name])}")
            lines.append(
                (
                    who(row.name, style, state=_mark(row, guilty), title=row.address),
                    row.now or None,
                    row.then or None,
                    with_bar(
                        told,
                        bar(row.then, later, style, before=_ghost(row, whole, later)),
                    ),
                    ", ".join(words),
                )
            )
        moved = [i for i, row in enumerate(seated) if fresh and row.now != row.then]
        header = (
            "validator",
            f"signs {grouped(height + 1)}",
            f"signs {grouped(height + AHEAD)}",
            "share",
            "state",
        )
        return table(
            f"Sets decided after block {grouped(height)}",
            header,
            lines,
            marked=moved,
            numbers={1, 2},
        )

    def _idle_table(self, seated: Sequence[SeatRow], drawn: Sequence[charts.PowerRow]) -> Html:
        """Who runs a node or has weight and yet no power: to come, gone, or barred."""
        told = {row.name for row in seated}
        guilty = offences(self.net)
        ends = {row.validator: row.height + 1 for row in drawn}
        lines = []
        for name, why in self.net.validators.waiting:
            if name in told:
                continue
            words = [f"signed twice at {grouped(guilty[name])}"] if name in guilty else []
            words.append(f"left at {grouped(ends[name])}" if name in ends else why)
            state = "slashed" if name in guilty else "waiting"
            lines.append((who(name, self.style_of(name), state=state), ", ".join(words)))
        return table("Without power", ("validator", "why"), lines) if lines else Html("")

    @staticmethod
    def _power_table(rows: Sequence[charts.PowerRow]) -> Html:
        names = sorted({row.validator for row in rows})
        heights = sorted({row.height for row in rows}, reverse=True)
        power = {(row.height, row.validator): row.power for row in rows}
        if not rows:
            return lesson("Nobody has power.")
        lines = [(height, *(power.get((height, name)) for name in names)) for height in heights]
        return table("Power in the set that signs a height", ("height", *names), lines)

    def _offline(self) -> None:
        name = self.chosen.value
        self.run(
            f"{self.name}.validators[{quoted(name)}].offline()",
            self.net.validators[name].offline,
            said=self._switched(name, "is silent", "is off"),
        )

    def _online(self) -> None:
        name = self.chosen.value
        self.run(
            f"{self.name}.validators[{quoted(name)}].online()",
            self.net.validators[name].online,
            said=self._switched(name, "signs again", "runs again"),
        )

    def _switched(self, name: str, signer: str, idle: str) -> str:
        """What a switch does, to one who signs and to one who has nothing to sign with."""
        since = f"from block {grouped(self.net.height + 1)} on"
        if self.net.validators[name].power:
            return f"{name} {signer} {since}"
        return f"{name}'s node {idle} {since}; without power it has nothing to sign"

    def _step(self) -> None:
        self.run(f"{self.name}.step()", self.net.step)


def _mark(row: SeatRow, guilty: Container[str]) -> str:
    """Which mark its colour carries: hatched, hollow, dotted, or none."""
    if row.name in guilty:
        return "slashed"
    if not row.online:
        return "offline"
    return "" if row.now else "waiting"


def _ghost(row: SeatRow, whole: int, later: int) -> int | None:
    """The share it has now, in the unit of the set to come, where the power changes."""
    return row.now * later // whole if whole and row.now != row.then else None


def _has_eras(rows: Sequence[charts.PowerRow]) -> bool:
    """Whether whole powers differ so much that the small ones would not be seen."""
    totals: dict[int, int] = {}
    for row in rows:
        totals[row.height] = totals.get(row.height, 0) + row.power
    return bool(totals) and max(totals.values()) > _ERA * min(totals.values())
