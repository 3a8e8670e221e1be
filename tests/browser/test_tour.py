"""The tour as a visitor takes it: step, swap, double sign, and the charts that change.

Each test plays one act by hand: the notebook up to its panel, then buttons instead of the
cell below. The last one runs all of it and uses the dashboard at its end.
"""

import json
import re
from pathlib import Path

import pytest
from browser.lab_page import LabPage
from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABS = Path(__file__).parents[2] / "labs"
FIGURES = LABS / "tgrade_genesis_validators.json"


def tour_up_to(cell: str, folder: Path) -> Path:
    """A copy of the tour that ends with a cell."""
    tour = json.loads((LABS / "tour.ipynb").read_text(encoding="utf-8"))
    last = [found["id"] for found in tour["cells"]].index(cell)
    tour["cells"] = tour["cells"][: last + 1]
    path = folder / "tour.ipynb"
    path.write_text(json.dumps(tour), encoding="utf-8")
    return path


def panel(lab: LabPage, title: str) -> Locator:
    """The free panel of a title, by the name in its strip."""
    strip = lab.page.locator(".devnet-strip", has_text=title)
    found = lab.page.locator(".devnet-panel", has=strip).last
    found.scroll_into_view_if_needed()
    return found


def press(where: Locator, name: str) -> None:
    where.get_by_role("button", name=name, exact=True).click()


def chart_of(where: Locator) -> Locator:
    return where.locator(":is(canvas.marks, svg.marks)").first


def test_step_makes_a_block_and_shows_its_line(lab: LabPage, tmp_path: Path) -> None:
    lab.open(tour_up_to("stepper", tmp_path))
    lab.run_all()
    blocks = panel(lab, "Blocks")
    lane = blocks.locator("svg").first
    lane.wait_for()
    before = lab.look_of(lane)

    press(blocks, "Step")

    blocks.get_by_text("net.step()", exact=False).first.wait_for()
    blocks.get_by_text(re.compile("proposed block 5")).first.wait_for()
    lab.wait_for_new_look(lane, before)
    assert lab.cell_errors() == []


def test_a_swap_is_proposed_voted_and_executed_by_hand(lab: LabPage, tmp_path: Path) -> None:
    lab.open(tour_up_to("swap-panel", tmp_path))
    lab.run_all()
    swap = panel(lab, "Authority")
    chart = chart_of(swap)
    chart.wait_for()
    before = lab.look_of(chart)

    press(swap, "Propose swap")
    swap.get_by_text("25 of 100", exact=False).first.wait_for()
    press(swap, "Vote with all")
    swap.get_by_text("100 of 100", exact=False).first.wait_for()
    press(swap, "Execute swap")

    swap.get_by_text("in office: pos group", exact=False).first.wait_for()
    lab.wait_for_new_look(chart, before)
    assert lab.cell_errors() == []


def test_a_double_sign_is_fired_and_its_punishment_drawn(lab: LabPage, tmp_path: Path) -> None:
    lab.open(tour_up_to("offence-panel", tmp_path))
    lab.run_all()
    offence = panel(lab, "Double sign")
    chart = chart_of(offence)
    chart.wait_for()
    before = lab.look_of(chart)

    press(offence, "Fire double sign")
    offence.get_by_text("double_sign()", exact=False).first.wait_for()
    for _ in range(4):
        press(offence, "Step")
        lab.page.wait_for_timeout(500)

    offence.get_by_text(re.compile("cho signed twice at")).first.wait_for()
    lab.wait_for_new_look(chart, before)
    assert lab.cell_errors() == []


def test_the_whole_tour_runs_and_ends_in_a_working_dashboard(lab: LabPage) -> None:
    lab.open(LABS / "tour.ipynb", beside=(FIGURES,))
    lab.run_all()
    assert lab.cell_errors() == []
    dashboard = panel(lab, "Dashboard")

    press(dashboard, "Step")

    dashboard.get_by_text(re.compile("proposed block 47")).first.wait_for()
    lab.wait_for_charts(6)
    lab.screenshot("tour-dashboard")
