"""The build script: twice the same bytes, nothing of this machine, failures kept out."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from labs.build import LABS, build, name_cells
from labs.hygiene import complaints
from nbclient.exceptions import CellExecutionError

PANEL = "import ipywidgets\nipywidgets.Button(description='Step')"
PRINTS = "import sys\nfor i in range(50):\n    print(i, flush=True)\n"


def code(source: str, cell_id: str = "", **metadata: Any) -> dict[str, Any]:
    return {
        "id": cell_id,
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def write(path: Path, *cells: dict[str, Any]) -> Path:
    whole = {"cells": cells, "metadata": {"author": "us"}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    lab = write(
        tmp_path / "lab.ipynb",
        code(PANEL, "panel"),
        code(PRINTS, "0b5a9f3c"),
        code("import json; json.loads('?')", "fails", tags=["raises-exception"]),
        code("import os; os.path.basename(os.getcwd()) == 'here'", "where"),
    )

    build(lab)
    first = lab.read_bytes()
    build(lab)

    assert lab.read_bytes() == first
    assert list(complaints(json.loads(first))) == []


def test_a_built_notebook_keeps_what_the_author_wrote(tmp_path: Path) -> None:
    lab = write(tmp_path / "lab.ipynb", code("1 + 1", "sum"))

    build(lab)

    built = json.loads(lab.read_text(encoding="utf-8"))
    assert built["metadata"]["author"] == "us"
    assert built["cells"][0]["id"] == "sum"
    assert built["cells"][0]["outputs"][0]["data"] == {"text/plain": ["2"]}


def test_a_lab_that_fails_is_left_as_it_was(tmp_path: Path) -> None:
    lab = write(tmp_path / "lab.ipynb", code("1 / 0", "oops"))
    before = lab.read_bytes()

    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        build(lab)

    assert lab.read_bytes() == before


def test_cells_without_a_readable_id_are_named_by_their_place() -> None:
    cells = [{"id": "cell-02"}, {"id": "0b5a9f3c"}, {}, {"id": "mine"}, {"id": "mine"}]

    name_cells(cells)

    assert [cell["id"] for cell in cells] == ["cell-02", "cell-03", "cell-04", "mine", "cell-05"]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in LABS.glob("*.ipynb")))
def test_a_lab_builds_twice_without_a_difference(name: str, tmp_path: Path) -> None:
    copies = [tmp_path / "one", tmp_path / "two"]
    for folder in copies:
        shutil.copytree(LABS, folder)
        build(folder / name)

    one, two = ((folder / name).read_text(encoding="utf-8") for folder in copies)
    assert one == two
