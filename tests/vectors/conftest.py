"""Vectors: values that others computed; the tests here only load and compare.

The folder is read from DEVNET_VECTORS_DIR; without it, from the copy beside this file.
"""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "data"


@cache
def load(name: str) -> Any:
    folder = Path(os.environ.get("DEVNET_VECTORS_DIR", HERE))
    return json.loads((folder / f"{name}.json").read_text())


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """The parsed vector file of a name, such as ``consensus``."""
    return load
