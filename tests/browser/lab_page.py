"""One notebook open in a real browser, driven as a learner would drive it.

Everything is found by what a learner reads: the exact name of a button, a text on the
page. What no learner can see, a request to a foreign host or an error of the page, is
collected all along and reported by :meth:`LabPage.complaints`.
"""

import json
import re
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

from browser.lab_server import LabServer
from playwright.sync_api import BrowserContext, Locator, Page, Request, WebSocket
from playwright.sync_api import TimeoutError as TooLate

Theme = Literal["light", "dark"]

SECONDS = 1000
"""Playwright counts in milliseconds."""
OPEN_TIMEOUT = 60 * SECONDS
RUN_TIMEOUT = 120 * SECONDS
STEP_TIMEOUT = 30 * SECONDS
RUN_BEGINS_WITHIN = 4 * SECONDS
SETTLE = SECONDS // 2
"""The kernel's first idle mark comes a little before it takes requests."""

ANY_CELL_BEGAN = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
    .some(prompt => /\\[[*\\d]/.test(prompt.textContent))"""
EVERY_CELL_RAN = """() => {
    const cells = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]
        .filter(cell => cell.querySelector('.cm-content').textContent.trim());
    return cells.length > 0 && cells.every(
        cell => /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent));
}"""
CELL_ERRORS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
    .flatMap(cell => cell.outputs ?? [])
    .filter(output => output.output_type === 'error')
    .map(output => `${output.ename}: ${output.evalue}`)"""
THEMES: dict[Theme, str] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


class LabPage:
    """A page of JupyterLab with one notebook on it."""

    def __init__(self, context: BrowserContext, server: LabServer, pictures: Path) -> None:
        self.page: Page = context.new_page()
        self.server = server
        self.pictures = pictures
        self.foreign: list[str] = []
        """Addresses of other hosts that the page asked for."""
        self.errors: list[str] = []
        """Exceptions that no script of the page caught."""
        self.console: list[str] = []
        """What scripts wrote to the console as errors; shown beside a failure, no failure."""
        context.on("request", self._note_request)
        self.page.on("websocket", self._note_socket)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.console.append(message.text) if message.type == "error" else None,
        )

    # Opening and running

    def open(self, notebook: Path, *, beside: tuple[Path, ...] = ()) -> None:
        """Open a copy of a notebook, its outputs cleared, and wait for a willing kernel.

        Cleared, because numbers of an earlier run in the prompts would say "has run" at
        once. ``beside`` are files the notebook reads from its own folder.
        """
        copy = json.loads(notebook.read_text(encoding="utf-8"))
        for cell in copy["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
        # A folder of its own, or the kernel of an earlier test would answer.
        folder = Path(mkdtemp(dir=self.server.desk))
        (folder / notebook.name).write_text(json.dumps(copy), encoding="utf-8")
        for path in beside:
            (folder / path.name).write_bytes(path.read_bytes())
        address = self.server.address_of(f"{folder.name}/{notebook.name}")
        self.page.goto(address, timeout=OPEN_TIMEOUT)
        self.page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for(timeout=OPEN_TIMEOUT)
        self.wait_until_idle()

    def run_all(self, *, timeout: int = RUN_TIMEOUT) -> None:
        """Run every cell and wait until each has its number.

        A request that arrives while the kernel connects is dropped without a word, so it
        is sent again until a cell begins.
        """
        for attempt in range(4):
            self._menu("Run", "Run All Cells")
            try:
                self.page.wait_for_function(ANY_CELL_BEGAN, timeout=RUN_BEGINS_WITHIN)
                break
            except TooLate:
                if attempt == 3:
                    raise
        self.page.wait_for_function(EVERY_CELL_RAN, timeout=timeout)
        self.wait_until_idle()

    def wait_until_idle(self, *, timeout: int = OPEN_TIMEOUT) -> None:
        """Wait for the status bar: the toolbar's mark says idle too early."""
        self.page.get_by_text(re.compile(r"\| Idle$")).first.wait_for(timeout=timeout)
        self.page.wait_for_timeout(SETTLE)

    def cell_errors(self) -> list[str]:
        """Errors that cells ended with, as name and text, in reading order."""
        found: list[str] = self.page.evaluate(CELL_ERRORS)
        return found

    # Acting and reading

    def button(self, name: str) -> Locator:
        """The button of exactly this name; several of one name are an error when used."""
        return self.page.get_by_role("button", name=name, exact=True)

    def click(self, name: str) -> None:
        """Press the button of exactly this name, scrolled into sight first."""
        self.button(name).click(timeout=STEP_TIMEOUT)

    def choose(self, label: str, option: str) -> None:
        """Choose an option of the drop-down with this label."""
        self.page.get_by_label(label, exact=True).select_option(option, timeout=STEP_TIMEOUT)

    def fill(self, label: str, value: str) -> None:
        """Type a value into the field with this label and leave it."""
        field = self.page.get_by_label(label, exact=True)
        field.fill(value, timeout=STEP_TIMEOUT)
        field.press("Tab")

    def wait_for_text(self, text: str | re.Pattern[str], *, timeout: int = STEP_TIMEOUT) -> Locator:
        """Wait until the notebook shows a text, and say where.

        Only outputs count: a cell's source often holds the same words.
        """
        outputs = self.page.locator(".jp-OutputArea-output")
        found = outputs.get_by_text(text).filter(visible=True).first
        found.wait_for(timeout=timeout)
        return found

    def charts(self) -> Locator:
        """Every chart on the page, live ones and pictures, in reading order."""
        return self.page.locator(
            ".jp-OutputArea-output :is(canvas.marks, svg.marks), .jp-RenderedSVG"
        )

    def wait_for_charts(self, count: int, *, timeout: int = STEP_TIMEOUT) -> None:
        """Wait until at least so many charts are drawn."""
        self.charts().nth(count - 1).wait_for(timeout=timeout)

    def look_of(self, part: Locator) -> bytes:
        """Picture of one part of the page, to be compared with a later one."""
        part.scroll_into_view_if_needed(timeout=STEP_TIMEOUT)
        return part.screenshot(animations="disabled", timeout=STEP_TIMEOUT)

    def wait_for_new_look(self, part: Locator, old: bytes, *, timeout: int = STEP_TIMEOUT) -> bytes:
        """Wait until a part of the page looks otherwise than it did; its new picture.

        Raises
        ------
        AssertionError
            If it still looks the same when the time is over.
        """
        for _ in range(timeout // SETTLE):
            new = self.look_of(part)
            if new != old:
                return new
            self.page.wait_for_timeout(SETTLE)
        raise AssertionError(f"still looks the same after {timeout // SECONDS} s: {part}")

    # Looking

    def set_theme(self, theme: Theme) -> None:
        """Switch JupyterLab's theme and wait until the page wears it."""
        name = THEMES[theme]
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name
        )
        self.page.locator(f'body[data-jp-theme-name="{name}"]').wait_for(
            state="attached", timeout=STEP_TIMEOUT
        )
        self.page.wait_for_timeout(SETTLE)

    def screenshot(self, name: str, *, themes: tuple[Theme, ...] = ("light", "dark")) -> list[Path]:
        """Pictures of the page as it stands, one per theme; light is on again afterwards."""
        paths = []
        for theme in themes:
            self.set_theme(theme)
            path = self.pictures / f"{name}-{theme}.png"
            self.page.screenshot(path=path, animations="disabled")
            paths.append(path)
        self.set_theme("light")
        return paths

    # What no learner sees

    def complaints(self) -> list[str]:
        """Foreign requests, errors of the page, and errors of the kernel outside cells.

        The last are exceptions in a button's handler: a notebook shows nothing of them
        but a number in the status bar.
        """
        return [
            *(f"asked a foreign host: {url[:200]}" for url in self.foreign),
            *(f"error of the page: {text[:500]}" for text in self.errors),
            *(f"logged by the kernel: {text[-1500:]}" for text in self.kernel_log()),
        ]

    def kernel_log(self) -> list[str]:
        """What the kernel printed or raised outside any cell, as the log console shows it."""
        badge = self.page.locator(".jp-LogConsoleStatusItem [role=button]")
        if not badge.is_visible() or " 0 log entries" in (badge.get_attribute("title") or ""):
            return []
        entries = self.page.locator(".jp-LogConsolePanel .jp-OutputArea-output")
        if not entries.first.is_visible():
            badge.click(timeout=STEP_TIMEOUT)
            entries.first.wait_for(timeout=STEP_TIMEOUT)
        return [text.strip() for text in entries.all_inner_texts() if text.strip()]

    def close(self) -> None:
        """End the kernels this page began; the server outlives it."""
        self.page.evaluate(
            "() => window.jupyterapp && window.jupyterapp.serviceManager.sessions.shutdownAll()"
        )
        self.page.close()

    def _note_request(self, request: Request) -> None:
        self._note_address(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        self._note_address(socket.url)

    def _note_address(self, url: str) -> None:
        home = self.server.url.removeprefix("http")
        inside = url.startswith((f"http{home}/", f"ws{home}/", "data:", "blob:"))
        if not inside:
            self.foreign.append(url)

    def _menu(self, menu: str, item: str) -> None:
        exactly = re.compile(f"^{menu}$")
        self.page.locator(".lm-MenuBar-itemLabel", has_text=exactly).click(timeout=STEP_TIMEOUT)
        self.page.get_by_role("menuitem", name=item, exact=True).click(timeout=STEP_TIMEOUT)
