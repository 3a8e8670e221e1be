"""Write labs as they are committed: executed in a clean kernel, without what varies.

Run it after every change of a lab, from the top of the project::

    .venv/bin/python tests/labs/build.py                  # all labs
    .venv/bin/python tests/labs/build.py labs/tour.ipynb  # one

Cells keep their ids, cells without a readable one get it from their place. Time stamps,
widget state, the interpreter's patch version, random names of views and paths of this
machine are dropped, so that building twice gives no difference.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

LABS = Path(__file__).resolve().parents[2] / "labs"

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]{27})?")
"""Ids that notebook tools draw by lot."""
ABSOLUTE_PATH = re.compile(r"File .*?[/\\]\S+:\d+")
CELL_SECONDS = 120


def build(path: Path) -> None:
    """Execute a notebook in place, in its own folder, and tidy what is stored.

    Raises
    ------
    CellExecutionError
        If a cell fails that is not tagged ``raises-exception``; the file is unchanged.
    """
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    name_cells(notebook.cells)
    _execute(notebook, path.parent)
    tidy(notebook)
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def name_cells(cells: Sequence[Any]) -> None:
    """Give every cell a readable id; those that have one keep it."""
    taken: set[str] = set()
    for cell in cells:
        given = cell.get("id", "")
        if RANDOM_ID.fullmatch(given) or given in taken:
            cell["id"] = ""
        else:
            taken.add(given)
    for number, cell in enumerate(cells, start=1):
        if not cell.get("id"):
            cell["id"] = next(name for name in _names(number) if name not in taken)
            taken.add(cell["id"])


def tidy(notebook: Any) -> None:
    """Drop from an executed notebook all that another run would write otherwise."""
    kept = {
        key: value
        for key, value in notebook.metadata.items()
        if key not in {"kernelspec", "language_info", "widgets", "signature"}
    }
    notebook.metadata = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {**kept, "kernelspec": KERNEL, "language_info": LANGUAGE}
    )
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "traceback" in output:
                output.traceback = [
                    part for part in output.traceback if not ABSOLUTE_PATH.search(_plain(part))
                ]


def _execute(notebook: Any, folder: Path) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    # An empty profile: what the user's own one imports must not help a lab along.
    with tempfile.TemporaryDirectory() as profile:
        client = NotebookClient(
            notebook,
            kernel_name=KERNEL["name"],
            timeout=CELL_SECONDS,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env={**os.environ, "IPYTHONDIR": profile})


def _names(number: int) -> Iterator[str]:
    yield f"cell-{number:02d}"
    while True:
        number += 1
        yield f"cell-{number:02d}"


def _plain(text: str) -> str:
    """Text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def main(arguments: Sequence[str]) -> None:
    """Build the notebooks named, or all labs."""
    for path in map(Path, arguments) if arguments else sorted(LABS.rglob("*.ipynb")):
        build(path)
        print(f"built {path.name}")  # noqa: T201 - a script says what it did


if __name__ == "__main__":
    main(sys.argv[1:])
