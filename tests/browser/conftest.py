"""A browser, a JupyterLab, and a page that fails its test when something leaks out.

Locally a missing browser skips these tests with a reason; where ``CI`` is set it fails
them, so that they cannot be forgotten.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.lab_page import LabPage
from browser.lab_server import LabServer, running_lab
from playwright.sync_api import Browser, ViewportSize, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page asks of another host is noted, and never leaves the machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WINDOW = ViewportSize(width=1280, height=1600)
"""High enough to see a panel with its chart without scrolling."""


def require_browser() -> str:
    """Path of the browser of this machine."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is not None:
        return path
    reason = f"no browser found; install one of {', '.join(BROWSERS)}"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}: browser tests may not be skipped in CI")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    require_browser()
    with running_lab(tmp_path_factory.mktemp("jupyterlab")) as server:
        yield server


# Not for the whole session: while it lives, playwright keeps an event loop running, in
# which other tests could not start one of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = require_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def lab(lab_server: LabServer, chromium: Browser, tmp_path: Path) -> Iterator[LabPage]:
    """A page without a notebook yet; what leaks out of it fails the test at its end.

    Pictures go to the folder named by ``DEVNET_PICTURES``, else to the test's own.
    """
    pictures = Path(os.environ.get("DEVNET_PICTURES") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(viewport=WINDOW)
    page = LabPage(context, lab_server, pictures)
    yield page
    page.page.screenshot(path=pictures / "last.png")
    complaints = page.complaints()
    page.close()
    context.close()
    assert not complaints, "\n".join([*complaints, *page.console])
