"""Collects the figures and prints them as one table at the end of the run.

Figures are measured, not asserted: ``.venv/bin/pytest tests/benchmarks``.
"""

import platform
from importlib.metadata import version

import pytest
from benchmarks.measure import Figure, table

FIGURES = pytest.StashKey[list[Figure]]()
LIBRARIES = ("pynacl", "coincurve", "plyvel", "orjson")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[Figure]:
    """Where a benchmark puts what it found."""
    return request.config.stash[FIGURES]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    found = config.stash.get(FIGURES, [])
    if not found:
        return
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    terminalreporter.section("the house against yardsticks and peers")
    terminalreporter.write_line(f"Python {platform.python_version()}, {versions}")
    for line in table(found):
        terminalreporter.write_line(line)
