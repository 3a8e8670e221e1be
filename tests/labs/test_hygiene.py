"""Stored labs are built ones: executed from a clean kernel, the same on every machine."""

import copy
import json
from typing import Any

import pytest
from labs.build import LABS
from labs.hygiene import complaints

NOTEBOOKS = sorted(path for path in LABS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)

GOOD: dict[str, Any] = {
    "cells": [
        {"id": "title", "cell_type": "markdown", "metadata": {}, "source": ["# Title"]},
        {
            "id": "first-step",
            "cell_type": "code",
            "metadata": {},
            "source": ["net.step()"],
            "execution_count": 1,
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": ["block 2"], "image/png": "x at 0x7fffffff"},
                }
            ],
        },
        {
            "id": "planned-failure",
            "cell_type": "code",
            "metadata": {"tags": ["raises-exception"]},
            "source": ["1 / 0"],
            "execution_count": 2,
            "outputs": [
                {
                    "output_type": "error",
                    "ename": "ZeroDivisionError",
                    "evalue": "division by zero",
                    "traceback": ["ZeroDivisionError: division by zero"],
                }
            ],
        },
    ],
    "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}

SPOILED: tuple[tuple[str, tuple[str | int, ...], Any, str], ...] = (
    ("cleared", ("cells", 1, "execution_count"), None, "its number is None, not 1"),
    ("out-of-order", ("cells", 2, "execution_count"), 7, "its number is 7, not 2"),
    ("untagged-error", ("cells", 2, "metadata"), {}, "is not tagged"),
    ("other-kernel", ("metadata", "kernelspec", "name"), "lab", "not 'python3'"),
    ("widget-state", ("metadata", "widgets"), {}, "stores widget state"),
    ("patch-version", ("metadata", "language_info", "version"), "3.11.7", "version"),
    ("time-stamps", ("cells", 1, "metadata"), {"execution": {}}, "time of its run"),
    ("same-id", ("cells", 1, "id"), "title", "stands 2 times"),
    ("random-id", ("cells", 1, "id"), "0b5a9f3c", "not stable"),
    ("uuid", ("cells", 1, "id"), "0b5a9f3c-1111-4222-8333-444455556666", "not stable"),
    ("old-format", ("nbformat_minor",), 4, "older than format 4.5"),
    ("empty-cell", ("cells", 1, "source"), [" "], "is empty"),
    (
        "memory-address",
        ("cells", 1, "outputs", 0, "data", "text/plain"),
        ["<Panel object at 0x7f00aa00bb00>"],
        "shows a memory address",
    ),
    (
        "path-in-output",
        ("cells", 1, "outputs", 0, "data", "text/html"),
        ["<td>/tmp/chain-1/LOCK</td>"],
        "shows a path",
    ),
    ("path-in-source", ("cells", 1, "source"), ["open('/var/data.json')"], "shows a path"),
)


def test_the_tour_is_there() -> None:
    assert "tour.ipynb" in {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_lab_is_stored_as_it_was_built(path: Any) -> None:
    found = list(complaints(json.loads(path.read_text(encoding="utf-8"))))

    assert not found, "\n".join(found)


def test_a_good_notebook_gives_no_complaint() -> None:
    assert list(complaints(GOOD)) == []


@pytest.mark.parametrize(
    ("where", "value", "complaint"),
    [case[1:] for case in SPOILED],
    ids=[case[0] for case in SPOILED],
)
def test_a_spoiled_notebook_is_found(
    where: tuple[str | int, ...], value: Any, complaint: str
) -> None:
    notebook = copy.deepcopy(GOOD)
    part: Any = notebook
    for step in where[:-1]:
        part = part[step]
    part[where[-1]] = value

    found = list(complaints(notebook))

    assert any(complaint in text for text in found), found
