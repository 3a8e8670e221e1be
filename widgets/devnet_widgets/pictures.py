"""Pictures for cells: power over height, the course of an offence, two rules compared."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from devnet_widgets import charts, set_charts
from devnet_widgets.given import require_chain
from devnet_widgets.offence import FIGURES, figure_rows, latest_offence, loss_finding, marks_of
from devnet_widgets.picture import Picture
from devnet_widgets.readings import AHEAD, history_sentence, power_rows
from devnet_widgets.theme import Palette, palette_of

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet


def power_chart(
    net: "Devnet", since: int | None = None, until: int | None = None, *, share: bool = False
) -> Picture:
    """Power over height, stacked by validator, as far as it is decided.

    Parameters
    ----------
    since, until
        First and last height; default all, the two decided heights included.
    share
        Draw shares of each height's whole power in place of powers.

    Raises
    ------
    InvalidMessage
        For heights that are not there.
    """
    require_chain(net, "power_chart")
    rows = power_rows(net, since=since or 1, until=until or net.height + AHEAD)
    finding = history_sentence(rows)
    drawn = charts.gathered(rows)
    spec = charts.power_over_height(
        drawn,
        tip=net.height,
        styles=charts.styles_of(drawn, palette_of(net).style),
        title=finding,
        width=560,
        share=share,
        legend=charts.LEGEND,
    )
    return Picture(finding, [asdict(row) for row in rows], spec)


def offence_chart(
    net: "Devnet", validator: str, since: int | None = None, until: int | None = None
) -> Picture:
    """Stake, weight and power of a validator around its latest double sign.

    Parameters
    ----------
    since, until
        First and last height of the axis; default two before the offence and four after.

    Raises
    ------
    UnknownName
        If no such validator runs here.
    """
    require_chain(net, "offence_chart")
    name = net.validators[validator].name
    offence = latest_offence(net, name)
    middle = net.height if offence is None else offence.height
    domain = since or max(1, middle - 2), until or middle + 4
    rows = figure_rows(net, name, since=domain[0], until=domain[1])
    finding = loss_finding(name, rows, offence, tip=net.height)
    spec = charts.figure_steps(
        rows,
        figures=FIGURES,
        marks=marks_of(offence),
        domain=domain,
        style=palette_of(net).style(name),
        title=finding,
    )
    return Picture(finding, [asdict(row) for row in rows], spec)


def compare_sets(
    left: Mapping[str, int],
    right: Mapping[str, int],
    titles: tuple[str, str] = ("now", "then"),
) -> Picture:
    """Power of the same validators under two rules, as shares of each whole.

    Parameters
    ----------
    left, right
        Power by name; who is missing on one side has none there.
    titles
        What to call the sides, like ``("by engagement", "by stake")``.
    """
    names = sorted({*left, *right}, key=lambda n: (-left.get(n, 0), -right.get(n, 0), n))
    rows = [set_charts.SwapRow(name, left.get(name, 0), right.get(name, 0)) for name in names]
    finding = set_charts.compared(rows, titles)
    palette = Palette()
    for name in sorted(names):
        palette.style(name)
    spec = set_charts.set_chart(rows, headings=titles, style_of=palette.style, title=finding)
    return Picture(finding, [asdict(row) for row in rows], spec)
