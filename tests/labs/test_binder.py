"""The image for visitors: its pins, its build file, its self-check."""

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINDER = ROOT / "binder"
PIN = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)==([0-9][0-9a-z.]*)")
TEST_TOOLS = {"pytest", "hypothesis", "playwright", "nbval", "mypy", "ruff"}


def pins() -> dict[str, str]:
    """Version of each pinned package; a line of another form fails the test."""
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    matches = [PIN.fullmatch(line) for line in wanted]
    assert None not in matches, [line for line in wanted if not PIN.fullmatch(line)]
    return {match[1]: match[2] for match in matches if match is not None}


def asked_for(extra: str) -> set[str]:
    """Names that the project or one of its extras asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"][extra]]
    return {re.split(r"[<>=~!;\[ ]", line, maxsplit=1)[0] for line in listed}


def test_everything_the_labs_ask_for_is_pinned_but_jupyterlab() -> None:
    assert asked_for("lab") - set(pins()) == {"jupyterlab"}


def test_neither_the_project_nor_test_tools_are_in_the_image() -> None:
    assert set(pins()) & {"poe-devnet", "jupyterlab", *TEST_TOOLS} == set()


@pytest.mark.parametrize("name", sorted(pins()))
def test_what_runs_here_is_what_is_pinned(name: str) -> None:
    assert version(name) == pins()[name]


def test_the_image_runs_the_oldest_python_we_promise() -> None:
    runtime = (BINDER / "runtime.txt").read_text(encoding="utf-8")
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert runtime.strip() == "python-" + promised["requires-python"].removeprefix(">=")


def test_repo2docker_accepts_the_folder() -> None:
    tool = shutil.which("jupyter-repo2docker", path=sysconfig.get_path("scripts"))
    if tool is None:
        pytest.skip("jupyter-repo2docker is not installed")

    done = subprocess.run(  # noqa: S603 - the tool of our own environment
        [tool, "--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    assert "py-3.11" in said.replace("-2d3-2e11", "-3.11").replace("-2epy", "py")
    requirements = said.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert (
        requirements < said.index("COPY --chown=1000:1000 src/ ") < said.index("./binder/postBuild")
    )


def test_the_self_check_of_the_image_passes_here() -> None:
    script = (BINDER / "postBuild").read_text(encoding="utf-8")
    check = script.partition("<<'CHECK'\n")[2].partition("\nCHECK\n")[0]
    assert check, "postBuild has no self-check"

    done = subprocess.run(  # noqa: S603 - our own interpreter, our own script
        [sys.executable, "-W", "error", "-c", check],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().endswith("stands at block 2")
