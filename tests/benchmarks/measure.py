"""Ratios: two actions in turn, the yardstick right before and after, medians of rounds.

Absolute figures move by half from run to run on a shared machine; what moves both sides
alike does not move their ratio.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

ROUNDS = 7


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes
    ----------
    goal
        ``0.75`` for at least this ratio, with ``at_most`` for no more than it.
    house, yardstick
        Medians, in ``unit``.
    ratios
        House against yardstick, one per round.
    """

    name: str
    what: str
    votes: str
    unit: str
    house: float
    yardstick: float
    ratios: tuple[float, ...]
    goal: float
    at_most: bool = False

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
            f"{self.yardstick:,.4g} {self.unit}",
            f"{self.ratio:.3f}",
            f"{low:.2f}..{high:.2f}",
            f"{'<=' if self.at_most else '>='} {self.goal:.2f}",
            "met" if self.is_met else "open",
        )


HEADINGS = ("id", "path", "votes", "house", "yardstick", "ratio", "p25..p75", "goal", "")


def seconds(action: Callable[[], object]) -> float:
    """Time one action takes, its own garbage included and nobody else's."""
    gc.collect()
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def alternate(
    house: Callable[[], object], yardstick: Callable[[], object], *, rounds: int = ROUNDS
) -> tuple[list[float], list[float], list[float]]:
    """Times of the house, times of the yardstick, and their ratio per round.

    In each round the yardstick runs before and after; their mean is what counts. One
    round beforehand warms both up.
    """
    house()
    before = seconds(yardstick)
    ours, theirs, ratios = [], [], []
    for _ in range(rounds):
        mine = seconds(house)
        after = seconds(yardstick)
        ours.append(mine)
        theirs.append((before + after) / 2)
        ratios.append(mine / theirs[-1])
        before = after
    return ours, theirs, ratios


def rate_figure(
    house: Callable[[], object],
    yardstick: Callable[[], object],
    *,
    per_run: int,
    yardstick_per_run: int,
    name: str,
    what: str,
    votes: str,
    goal: float,
    rounds: int = ROUNDS,
) -> Figure:
    """Figure of two actions as rates: more is better, the ratio is house over yardstick."""
    ours, theirs, _ = alternate(house, yardstick, rounds=rounds)
    rates = [per_run / taken for taken in ours]
    yard_rates = [yardstick_per_run / taken for taken in theirs]
    return Figure(
        name,
        what,
        votes,
        "/s",
        median(rates),
        median(yard_rates),
        tuple(rate / yard for rate, yard in zip(rates, yard_rates, strict=True)),
        goal,
    )


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The figures as lines of aligned text."""
    rows = [HEADINGS, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
