import json
from collections.abc import Callable
from typing import Any

import altair as alt
import pytest
import vl_convert

from devnet_widgets.charts import (
    PowerRow,
    StepRow,
    figure_steps,
    gathered,
    needed_power,
    power_over_height,
    styles_of,
)
from devnet_widgets.set_charts import SwapRow, compared, many_shares, movers, set_chart, two_sets
from devnet_widgets.theme import NEUTRAL, Palette

PALETTE = Palette()
NAMES = ("ana", "ben", "cho", "dia")
STYLES = {name: PALETTE.style(name) for name in NAMES}
POWERS = [
    *(PowerRow(height, name, 25) for height in range(1, 9) for name in NAMES),
    *(PowerRow(height, name, 30) for height in range(9, 12) for name in NAMES[:3]),
]
SWAP = [SwapRow("ana", 25, 400), SwapRow("ben", 25, 0), SwapRow("cho", 0, 100)]
MANY = [SwapRow(f"v{i:02d}", 2000 if i else 10_000, 285 if i < 59 else 0) for i in range(60)]


def power_chart(**more: Any) -> dict[str, Any]:
    return power_over_height(POWERS, tip=9, styles=STYLES, title="dia leaves", **more)


def step_chart() -> dict[str, Any]:
    rows = [
        StepRow(1, "stake", 200),
        StepRow(2, "stake", 190),
        StepRow(1, "power", 200),
        StepRow(2, "power", 0, decided=True),
    ]
    return figure_steps(
        rows,
        figures={"stake": "utgd", "power": "of all"},
        marks={1: "double sign"},
        domain=(1, 3),
        style=PALETTE.style("cho"),
        title="cho loses 10",
    )


CHARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "power": power_chart,
    "shares": lambda: power_chart(share=True),
    "steps": step_chart,
    "two sets": lambda: two_sets(SWAP, headings=("now", "then"), styles=STYLES, title="t"),
    "many shares": lambda: many_shares(MANY, headings=("now", "then"), title="t"),
    "no power at all": lambda: two_sets(
        [SwapRow("ana", 0, 0)], headings=("a", "b"), styles=STYLES, title="t"
    ),
}


def values(spec: Any, field: str) -> list[dict[str, Any]]:
    """Every row of a specification that has a field."""
    if isinstance(spec, dict):
        own = spec.get("values") if isinstance(spec.get("values"), list) else []
        found = [row for row in own or [] if isinstance(row, dict) and field in row]
        return found + [row for part in spec.values() for row in values(part, field)]
    if isinstance(spec, list):
        return [row for part in spec for row in values(part, field)]
    return []


@pytest.mark.parametrize("chart", CHARTS)
def test_a_specification_is_valid_and_can_be_drawn(chart: str) -> None:
    spec = CHARTS[chart]()

    alt.Chart.from_dict(spec).to_dict()

    assert vl_convert.vegalite_to_svg(json.dumps(spec)).startswith("<svg")


@pytest.mark.parametrize("chart", CHARTS)
def test_it_reads_on_light_and_dark(chart: str) -> None:
    spec = CHARTS[chart]()

    assert spec["config"]["background"] == "transparent"
    assert spec["config"]["axis"]["labelFontSize"] >= 14
    assert not [size for size in _sizes(spec) if size < 14]
    assert spec["description"] == spec["title"]["text"]


def _sizes(spec: Any) -> list[int]:
    if isinstance(spec, dict):
        own = [size for name, size in spec.items() if name.lower().endswith("fontsize")]
        return own + [size for part in spec.values() for size in _sizes(part)]
    return [size for part in spec for size in _sizes(part)] if isinstance(spec, list) else []


def test_bands_stack_without_gap_in_the_order_of_names() -> None:
    rows = [row for row in values(power_chart(), "low") if row["height"] == 1]

    assert [(r["validator"], r["low"], r["high"]) for r in rows[:4]] == [
        ("ana", 0, 25),
        ("ben", 25, 50),
        ("cho", 50, 75),
        ("dia", 75, 100),
    ]


def test_as_shares_every_height_fills_the_whole() -> None:
    spec = power_chart(share=True)

    tops = {row["height"]: row["high"] for row in values(spec, "high") if row["high"] == 1}
    assert tops.keys() == {row["height"] for row in values(spec, "low")}
    assert {row["needed"] for row in values(spec, "needed")} == {0.67, 61 / 90}


def test_only_heights_where_something_turns_are_drawn() -> None:
    long = [PowerRow(height, name, 25) for height in range(1, 5000) for name in NAMES]

    spec = power_over_height(long, tip=4997, styles=STYLES, title="t")

    assert {row["height"] for row in values(spec, "low")} == {1, 4998, 4999, 5000}


def test_the_line_of_two_thirds_follows_the_set() -> None:
    lines = {row["height"]: row["needed"] for row in values(power_chart(), "needed")}

    assert (lines[1], lines[9]) == (67, 61)


@pytest.mark.parametrize(("whole", "needed"), [(3, 3), (4, 3), (10, 7), (100, 67), (1, 1)])
def test_more_than_two_thirds_are_needed(whole: int, needed: int) -> None:
    assert needed_power(whole) == needed


def test_what_is_decided_begins_after_the_next_block() -> None:
    marks = [row for row in values(power_chart(), "text") if row["text"].startswith("next")]

    assert marks == [{"height": 10, "text": "next: 10"}] * 2


def test_past_heights_alone_have_no_mark_of_the_next() -> None:
    spec = power_over_height(POWERS, tip=40, styles=STYLES, title="t")

    assert not [row for row in values(spec, "text") if row["text"].startswith("next")]


def test_every_change_of_a_figure_is_labelled() -> None:
    texts = [row["text"] for row in values(step_chart(), "value") if row["text"]]

    assert set(texts) == {"200 \N{RIGHTWARDS ARROW} 190", "200 \N{RIGHTWARDS ARROW} 0"}


def test_the_difference_stands_between_the_sets() -> None:
    rows = CHARTS["two sets"]()["data"]["values"]

    assert [row["difference"] for row in rows] == ["+375", "leaves", "joins"]


def test_of_many_the_two_that_move_most_are_named() -> None:
    assert [row.validator for row in movers(MANY)] == ["v00", "v59"]
    texts = [row["text"] for row in values(CHARTS["many shares"](), "above")]
    assert texts == ["v00 7.8\u202f%", "v59 1.5\u202f%", "v00 1.6\u202f%", "v59 0\u202f%"]


def test_a_comparison_is_put_in_words() -> None:
    assert compared(SWAP, ("by engagement", "by stake")) == (
        "by engagement, then by stake: ben 50\u202f% \N{RIGHTWARDS ARROW} 0\u202f%,"
        " ana 50\u202f% \N{RIGHTWARDS ARROW} 80\u202f%"
    )
    same = [SwapRow("ana", 1, 100), SwapRow("ben", 1, 100)]
    assert compared(same, ("a", "b")) == "a, then b: every share is the same"


def test_of_many_bands_the_weak_ones_are_drawn_together() -> None:
    rows = [PowerRow(1, "genesis", 1)]
    rows += [PowerRow(2, f"v{i:02d}", 10_000 if i == 5 else 2000) for i in range(60)]

    drawn = gathered(rows)

    assert {row.validator for row in drawn if row.height == 1} == {"genesis"}
    assert len([row for row in drawn if row.height == 2]) == 11
    assert drawn[-1] == PowerRow(2, "all others", 50 * 2000)
    assert sum(row.power for row in drawn) == sum(row.power for row in rows)
    assert styles_of(drawn, PALETTE.style)["all others"] == NEUTRAL


def test_a_long_title_is_broken_where_it_would_widen_its_picture() -> None:
    long = "ana, ben, cho and dia's power changes at height 44; ben is offline"

    spec = power_over_height(POWERS, tip=9, styles=STYLES, title=long)

    assert " ".join(spec["title"]["text"]) == spec["description"] == long
    assert max(map(len, spec["title"]["text"])) <= 52


def test_a_picture_explains_its_marks_where_it_is_asked_to() -> None:
    assert "subtitle" not in power_chart()["title"]
    heading = power_chart(legend="Pale: decided.")["title"]
    assert (heading["subtitle"], heading["subtitleFontSize"]) == ("Pale: decided.", 14)


@pytest.mark.parametrize("rows", [SWAP, MANY])
def test_two_sets_are_as_wide_as_they_are_asked_to_be(rows: list[SwapRow]) -> None:
    spec = set_chart(rows, headings=("a", "b"), style_of=PALETTE.style, title="t", width=490)

    beside = [part["width"] for part in spec.get("hconcat", [])]
    above = [part["width"] for part in spec.get("vconcat", [])]
    assert (sum(beside), above) in [(490, []), (0, [490, 490])]
