"""A real JupyterLab of its own: no folder, setting or token shared with the user's.

Words: the *desk* is the folder the server shows; notebooks under test are copied there.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "devnet"  # noqa: S105 - guards a server that lives for one test run
START_SECONDS = 90
STOP_SECONDS = 15

SETTINGS = {
    # A question about news would lie over the page.
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Cells out of sight stay in the page, so that they can be counted and pressed.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
}


@dataclass(frozen=True)
class LabServer:
    """Where a running server listens and which folder it shows."""

    url: str
    desk: Path
    log: Path

    def address_of(self, notebook: str) -> str:
        """Address that opens one notebook of the desk in a fresh workspace."""
        return f"{self.url}/lab/tree/{notebook}?reset&token={TOKEN}"


@contextmanager
def running_lab(folder: Path) -> Iterator[LabServer]:
    """JupyterLab on a free port with everything it writes under one folder.

    Raises
    ------
    RuntimeError
        If it does not answer in time; the text holds the end of its log.
    """
    desk, log = folder / "desk", folder / "lab.log"
    desk.mkdir(parents=True)
    _write_settings(folder / "settings")
    port = _free_port()
    server = LabServer(f"http://127.0.0.1:{port}", desk, log)
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed words
            _command(port, desk),
            stdout=sink,
            stderr=sink,
            env=_environment(folder),
        )
        try:
            _wait_until_up(server, process)
            yield server
        finally:
            _stop(process)


def _command(port: int, desk: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--expose-app-in-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={desk}",
    ]


def _environment(folder: Path) -> dict[str, str]:
    own = {
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "IPYTHONDIR": folder / "ipython",
    }
    return {
        **os.environ,
        **{name: str(path) for name, path in own.items()},
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def _write_settings(folder: Path) -> None:
    for name, values in SETTINGS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_up(server: LabServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/api", timeout=2):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    log = server.log.read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"JupyterLab did not come up; its log ends with:\n{log[-3000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
