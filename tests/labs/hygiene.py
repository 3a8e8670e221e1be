"""What a stored lab must look like, so that strict nbval really compares something.

A notebook with cleared outputs passes strict nbval without comparing anything; hence
these rules, checked without running a cell.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from labs.build import RANDOM_ID

MAY_RAISE = frozenset({"raises-exception", "nbval-raises-exception"})
READABLE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MEMORY_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}", re.IGNORECASE)
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.:/~-])/(?:root|home|tmp|opt|srv|var|work|mnt|Users)/|\b[A-Z]:\\\w|site-packages"
)


def complaints(notebook: Any) -> Iterator[str]:
    """Everything that is wrong with a stored lab, in words."""
    yield from _about_the_whole(notebook)
    yield from _about_ids([cell.get("id", "") for cell in notebook["cells"]])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if not code:
        yield "holds no code"
    for number, cell in enumerate(code, start=1):
        for complaint in _about_a_cell(number, cell):
            yield f"cell {cell.get('id')!r}: {complaint}"


def _about_the_whole(notebook: Any) -> Iterator[str]:
    metadata = notebook["metadata"]
    kernel = metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield f"its kernel is {kernel!r}, not 'python3'"
    if "widgets" in metadata:
        yield "stores widget state"
    if "version" in metadata.get("language_info", {}):
        yield "stores the interpreter's version"
    if (notebook["nbformat"], notebook["nbformat_minor"]) < (4, 5):
        yield "is older than format 4.5, the first with cell ids"


def _about_ids(ids: list[str]) -> Iterator[str]:
    for name in sorted(set(ids)):
        if ids.count(name) > 1:
            yield f"the cell id {name!r} stands {ids.count(name)} times"
        if RANDOM_ID.fullmatch(name) or not READABLE_ID.fullmatch(name):
            yield f"the cell id {name!r} is not stable: give it a readable one"


def _about_a_cell(number: int, cell: Any) -> Iterator[str]:
    source, tags = "".join(cell["source"]), set(cell["metadata"].get("tags", ()))
    if cell["execution_count"] != number:
        yield f"its number is {cell['execution_count']}, not {number}: build the lab anew"
    if not source.strip():
        yield "is empty"
    if "execution" in cell["metadata"]:
        yield "stores the time of its run"
    errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
    if errors and not tags & MAY_RAISE:
        yield f"ended with {errors[0]['ename']} and is not tagged raises-exception"
    stored = "\n".join([source, *map(_text_of, cell["outputs"])])
    for pattern, kind in ((MEMORY_ADDRESS, "a memory address"), (ABSOLUTE_PATH, "a path")):
        match = pattern.search(stored)
        if match is not None:
            around = stored[max(0, match.start() - 20) : match.end() + 30]
            yield f"shows {kind}: {around!r}"


def _text_of(output: Any) -> str:
    """All text of an output; pictures in base64 hold any letters and are left out."""
    if output["output_type"] == "stream":
        return "".join(output["text"])
    if output["output_type"] == "error":
        return "\n".join([output["evalue"], *output["traceback"]])
    data = {kind: text for kind, text in output["data"].items() if "png" not in kind}
    return "\n".join(
        "".join(text) if isinstance(text, list) else json.dumps(text) for text in data.values()
    )
