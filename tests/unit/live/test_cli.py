"""The command: opens the labs, or says why not."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from devnet import cli


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been started."""
    commands: list[list[str]] = []

    def execute(_: str, command: list[str]) -> None:
        commands.append(command)

    monkeypatch.setattr(os, "execv", execute)
    return commands


def test_the_tour_is_what_opens(started: list[list[str]]) -> None:
    done = CliRunner().invoke(cli.main, ["lab", "--no-browser"])
    assert done.exit_code == 0, done.output
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/tour.ipynb" in command
    assert "--no-browser" in command


def test_an_unknown_lab_is_refused_with_those_there_are(started: list[list[str]]) -> None:
    done = CliRunner().invoke(cli.main, ["lab", "nowhere.ipynb"])
    assert done.exit_code == 1
    assert "tour.ipynb" in done.output
    assert not started


def test_away_from_the_labs_it_says_so(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli, "LABS", tmp_path / "labs")
    done = CliRunner().invoke(cli.main, ["lab"])
    assert done.exit_code == 1
    assert "labs" in done.output
    assert not started


def test_without_jupyterlab_the_remedy_is_named(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    done = CliRunner().invoke(cli.main, ["lab"])
    assert done.exit_code == 1
    assert "pip install" in done.output
    assert not started
