"""Labs import only the faces, as a reader of the lesson would."""

import ast
import json
from collections.abc import Iterator

import pytest
from architecture.plan import FACES, PACKAGES
from architecture.source import ROOT

LABS = sorted((ROOT / "labs").rglob("*.ipynb"))


def inner_imports(source: str) -> Iterator[str]:
    """Modules of ours that a cell imports; magics and shell lines are left out."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!", "?"))]
    for node in ast.walk(ast.parse("\n".join(lines))):
        match node:
            case ast.Import(names=names):
                found = [alias.name for alias in names]
            case ast.ImportFrom(module=str() as module):
                found = [module]
            case _:
                found = []
        yield from (name for name in found if name.partition(".")[0] in PACKAGES)


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.name)
def test_a_lab_imports_only_faces(path: object) -> None:
    cells = json.loads((ROOT / str(path)).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    found = {name for source in sources for name in inner_imports(source)}

    assert found <= set(FACES)


def test_a_lab_that_opens_a_room_is_found() -> None:
    source = "%load_ext devnet\nimport devnet\nfrom devnet.live.devnet import Devnet"

    assert set(inner_imports(source)) - set(FACES) == {"devnet.live.devnet"}
