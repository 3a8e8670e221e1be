"""The two set-up lines: what the README says is what .ci/run does."""

import os
import re
from pathlib import Path

from architecture.source import ROOT

SET_UP = "python3 -m venv .venv && .venv/bin/pip install -c binder/requirements.txt -e"
OPEN_LABS = f"{SET_UP} '.[lab]' && .venv/bin/devnet lab"
RUN_TESTS = f"{SET_UP} '.[lab,test]' && .venv/bin/pytest"
CI_RUN = ROOT / ".ci" / "run"


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_the_readme_has_each_line_once_and_alone() -> None:
    readme = [line.strip() for line in lines_of(ROOT / "README.md")]

    assert (readme.count(OPEN_LABS), readme.count(RUN_TESTS)) == (1, 1)


def test_ci_runs_the_line_of_the_readme_and_nothing_beside_it() -> None:
    script = CI_RUN.read_text(encoding="utf-8")

    held = re.findall(r'^test_line="(.*)"$', script, flags=re.MULTILINE)

    assert held == [RUN_TESTS]
    assert script.rstrip().endswith('bash -euo pipefail -c "$test_line"')


def test_ci_checks_before_it_tests() -> None:
    script = CI_RUN.read_text(encoding="utf-8")

    places = [
        script.index(step)
        for step in (
            "set -euo pipefail",
            "export CI=true",
            "chromium",
            ".venv/bin/ruff check",
            ".venv/bin/ruff format --check",
            ".venv/bin/mypy",
            '-c "$test_line"',
        )
    ]

    assert places == sorted(places)


def test_scripts_can_be_run() -> None:
    assert os.access(CI_RUN, os.X_OK)
    assert lines_of(CI_RUN)[0] == "#!/usr/bin/env bash"


def test_the_public_host_sets_up_with_the_same_line() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")

    (line,) = re.findall(r"^  SET_UP: (.*)$", workflow, flags=re.MULTILINE)

    assert f"{line} && .venv/bin/pytest" == RUN_TESTS
