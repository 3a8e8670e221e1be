"""The harness itself, on a small notebook: it runs, presses, looks and notices leaks."""

import json
from pathlib import Path

import pytest
from browser import conftest as harness
from browser.lab_page import LabPage

pytestmark = pytest.mark.browser

PANEL = """
import altair as alt
import ipywidgets as widgets

alt.JupyterChart.enable_offline()

def bars(count):
    rows = [{"name": name, "power": count} for name in ("ana", "ben")]
    return alt.Chart(alt.Data(values=rows)).mark_bar().encode(x="name:N", y="power:Q")

count = 1
label = widgets.Label("pressed 0 times")
button = widgets.Button(description="Press once")
chart = alt.JupyterChart(bars(count), embed_options={"actions": False})

def press(_):
    global count
    count += 1
    label.value = f"pressed {count - 1} times"
    chart.chart = bars(count * count)

button.on_click(press)
widgets.VBox([button, label, chart])
"""


BROKEN = """
import ipywidgets as widgets

button = widgets.Button(description="Break")
button.on_click(lambda _: 1 / 0)
button
"""


def notebook(folder: Path, *sources: str) -> Path:
    cells: list[dict[str, object]] = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / "small.ipynb"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def test_a_button_is_pressed_and_the_chart_changes(lab: LabPage, tmp_path: Path) -> None:
    lab.open(notebook(tmp_path, "1 + 1", PANEL))
    lab.run_all()
    lab.wait_for_text("pressed 0 times")
    lab.wait_for_charts(1)
    before = lab.look_of(lab.charts().first)

    lab.click("Press once")

    lab.wait_for_text("pressed 1 times")
    lab.wait_for_new_look(lab.charts().first, before)
    assert lab.cell_errors() == []


def test_both_themes_are_pictured(lab: LabPage, tmp_path: Path) -> None:
    lab.open(notebook(tmp_path, "print('hello')"))
    lab.run_all()

    light, dark = lab.screenshot("hello")

    assert light.read_bytes() != dark.read_bytes()


def test_a_failing_cell_is_seen(lab: LabPage, tmp_path: Path) -> None:
    lab.open(notebook(tmp_path, "1 / 0"))
    lab.run_all()

    assert lab.cell_errors() == ["ZeroDivisionError: division by zero"]


def test_a_request_to_a_foreign_host_is_noticed(lab: LabPage, tmp_path: Path) -> None:
    image = "<img src='http://charts.example/vega.png' alt='outside'>"
    lab.open(notebook(tmp_path, f"from IPython.display import HTML\nHTML({image!r})"))
    lab.run_all()
    lab.page.get_by_alt_text("outside").wait_for(state="attached")

    noticed = set(lab.complaints())

    lab.foreign.clear()
    assert noticed == {"asked a foreign host: http://charts.example/vega.png"}


def test_an_error_of_the_page_is_noticed(lab: LabPage, tmp_path: Path) -> None:
    lab.open(notebook(tmp_path, "1"))
    lab.page.evaluate("() => { setTimeout(() => { throw new Error('a script broke'); }, 0); }")
    lab.page.wait_for_timeout(200)

    noticed = lab.complaints()

    lab.errors.clear()
    assert noticed == ["error of the page: a script broke"]


def test_an_error_behind_a_button_is_noticed(lab: LabPage, tmp_path: Path) -> None:
    lab.open(notebook(tmp_path, BROKEN))
    lab.run_all()
    assert lab.complaints() == []

    lab.click("Break")
    lab.page.locator(".jp-LogConsoleStatusItem").get_by_text("1").wait_for()

    (noticed,) = lab.complaints()
    lab.kernel_log = list  # type: ignore[method-assign]  # what it holds is what we wanted
    assert noticed.startswith("logged by the kernel")
    assert noticed.endswith("ZeroDivisionError: division by zero")


def test_every_page_has_a_kernel_of_its_own(lab: LabPage, tmp_path: Path) -> None:
    source = "found = 'old' if 'found' in globals() else 'new'\nprint('this kernel is', found)"
    lab.open(notebook(tmp_path, source))
    lab.run_all()
    lab.wait_for_text("this kernel is new")

    lab.open(notebook(tmp_path, source))
    lab.run_all()

    lab.wait_for_text("this kernel is new")


def test_a_missing_browser_fails_in_ci_and_only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "BROWSERS", ("no-such-browser",))

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="may not be skipped"):
        harness.require_browser()

    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no browser found"):
        harness.require_browser()
