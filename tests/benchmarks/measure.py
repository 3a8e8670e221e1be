"""Ratios: two actions in turn, the yardstick right before and after, medians of rounds.

Absolute figures move by half from run to run on a shared machine; what moves both sides
alike does not move their ratio.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROUNDS = 7


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes
    ----------
    goal
        ``0.75`` for at least this ratio, with ``at_most`` for no more than it.
    house, other
        Medians, in ``unit``.
    ratios
        House against the other, one per round.
    against
        Who the other is: the yardstick, or a peer by name.
    """

    name: str
    what: str
    votes: str
    unit: str
    house: float
    other: float
    ratios: tuple[float, ...]
    goal: float
    at_most: bool = False
    against: str = "yardstick"

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal

    def row(self) -> tuple[str, ...]:
        low, _, high = quantiles(self.ratios, n=4)
        return (
            self.name,
            self.what,
            self.votes,
            f"{self.house:,.4g} {self.unit}",
            f"{self.other:,.4g} {self.unit}",
            self.against,
            f"{self.ratio:.3f}",
            f"{low:.2f}..{high:.2f}",
            f"{'<=' if self.at_most else '>='} {self.goal:.2f}",
            "met" if self.is_met else "open",
        )


HEADINGS = ("id", "path", "votes", "house", "other", "", "ratio", "p25..p75", "goal", "")


def seconds(action: Callable[[], object]) -> float:
    """Time one action takes, its own garbage included and nobody else's."""
    gc.collect()
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def as_installed(bytecode: Path) -> dict[str, str]:
    """Environment of a new process in which bytecode is kept, in a folder of its own.

    Whoever installs a package has its bytecode; a source tree has none where the shell
    says not to write any. The round that warms up both sides fills the folder for both.
    """
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def alternate(
    house: Callable[[], float], other: Callable[[], float]
) -> tuple[list[float], list[float], list[float]]:
    """Times of the house, times of the other, and their ratio per round.

    Both are asked to run and to say how many seconds it took. In each round the other
    runs before and after; their mean is what counts. One round beforehand warms both up.
    """
    house()
    other()
    before = other()
    ours, theirs, ratios = [], [], []
    for _ in range(ROUNDS):
        mine = house()
        after = other()
        ours.append(mine)
        theirs.append((before + after) / 2)
        ratios.append(mine / theirs[-1])
        before = after
    return ours, theirs, ratios


def rate_figure(
    house: Callable[[], object],
    other: Callable[[], object],
    *,
    per_run: int,
    other_per_run: int | None = None,
    name: str,
    what: str,
    votes: str,
    goal: float,
    against: str = "yardstick",
) -> Figure:
    """Figure of two actions as rates: more is better, the ratio is house over the other.

    ``other_per_run`` is how much one run of the other does, if not as much as the house's.
    """
    ours, theirs, _ = alternate(lambda: seconds(house), lambda: seconds(other))
    rates = [per_run / taken for taken in ours]
    other_rates = [(other_per_run or per_run) / taken for taken in theirs]
    return Figure(
        name,
        what,
        votes,
        "/s",
        median(rates),
        median(other_rates),
        tuple(rate / best for rate, best in zip(rates, other_rates, strict=True)),
        goal,
        against=against,
    )


def time_figure(
    house: Callable[[], float],
    other: Callable[[], float],
    *,
    name: str,
    what: str,
    votes: str,
    goal: float,
    against: str = "yardstick",
) -> Figure:
    """Figure of two times in seconds: less is better."""
    ours, theirs, ratios = alternate(house, other)
    return Figure(
        name,
        what,
        votes,
        "s",
        median(ours),
        median(theirs),
        tuple(ratios),
        goal,
        at_most=True,
        against=against,
    )


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The figures as lines of aligned text."""
    rows = [HEADINGS, *(figure.row() for figure in sorted(figures, key=lambda f: f.name))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
