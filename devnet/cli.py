"""The command ``devnet``: argument parsing only."""

import importlib.util
import os
import sys
from pathlib import Path

import click

from devnet.primitives.errors import MissingExtra

LABS = Path(__file__).resolve().parent.parent / "labs"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A proof-of-engagement chain in one Python process."""


@main.command()
@click.argument("notebook", default="tour.ipynb")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it.")
def lab(notebook: str, *, no_browser: bool) -> None:
    """Open JupyterLab on the labs, beginning with the tour."""
    if importlib.util.find_spec("jupyterlab") is None:
        missing = MissingExtra("JupyterLab", "pip install 'poe-devnet[lab]'")
        raise click.ClickException(str(missing))
    if not LABS.is_dir():
        raise click.ClickException("the labs stand in the project's own folder; run it from there")
    if not (LABS / notebook).exists():
        there = ", ".join(sorted(path.name for path in LABS.glob("*.ipynb")))
        raise click.ClickException(f"there is no lab {notebook}; there are: {there}")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={LABS}"]
    command += [f"--LabApp.default_url=/lab/tree/{notebook}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in a container
        command.append("--allow-root")
    if no_browser:
        command.append("--no-browser")
    # In our place and not below us: whoever stops this command stops JupyterLab.
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter and fixed words
