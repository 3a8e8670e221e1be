"""The project's text stands on no particular machine; its top level is the planned one."""

from pathlib import Path

import pytest
from architecture import text_rules as rules
from architecture.source import ROOT

BUILT = {"dist", "build"}
"""Folders that tools leave behind; never committed."""


def test_no_text_names_a_machine_or_a_package_host() -> None:
    violations = list(rules.telltale_text(rules.project_texts()))

    assert not violations, "\n".join(map(str, violations))


def test_every_line_ends_with_a_line_feed_alone() -> None:
    texts = {name: (ROOT / name).read_bytes() for name in rules.project_texts()}

    assert list(rules.carriage_returns(texts)) == []


def test_the_top_level_holds_the_plan_and_dotfiles_only() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}

    assert there - BUILT == rules.TOP_LEVEL


@pytest.mark.parametrize(
    "line",
    [
        "data = '/" + "home/ana/data.json'",
        "open('/" + "root/x')",
        "cd /" + "work/main",
        "C:" + "\\Users\\ana",
        "pip install --index" + "-url https://example.org/simple",
        "https://files.python" + "hosted.org/x.whl",
        "<script src='https://cd" + "n.example.org/vega.js'>",
    ],
)
def test_a_telltale_line_is_found(line: str) -> None:
    assert len(list(rules.telltale_text({"bad.md": line}))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "#!/usr/bin/env bash",
        "see ~/.cache",
        "/usr/bin/chromium",
        "at home/work balance",
        "rework/x",
    ],
)
def test_an_ordinary_line_is_not(line: str) -> None:
    assert list(rules.telltale_text({"good.md": line})) == []


def test_a_carriage_return_is_found() -> None:
    assert len(list(rules.carriage_returns({"binder/postBuild": b"#!/bin/sh\r\n"}))) == 1


def test_texts_of_every_kind_are_read() -> None:
    names = {Path(name).parts[0] for name in rules.project_texts()}

    assert {"README.md", "devnet", "tests", "widgets", "pyproject.toml"} <= names
