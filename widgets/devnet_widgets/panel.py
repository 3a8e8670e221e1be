"""The base of every panel: strip, picture, actions, the line of Python, what changed.

A panel builds its widgets once and then only changes their values, so that focus and
scroll position stay. It keeps nothing of the chain: every redraw reads it again, one
redraw per verb call, whoever made the call. Handlers never raise: a refusal is shown in
the panel, in the words of the exception.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets as widgets

from devnet.primitives.errors import DevnetError
from devnet_widgets.closing import parts_of
from devnet_widgets.desk import NOTHING, Change, desk_of
from devnet_widgets.front import Footer
from devnet_widgets.given import require_chain
from devnet_widgets.naming import name_in_cell
from devnet_widgets.readings import change_sentence
from devnet_widgets.tables import Html
from devnet_widgets.theme import Style, palette_of
from devnet_widgets.wording import clock, grouped

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet


class Panel(widgets.VBox):  # type: ignore[misc]
    """One question about a chain, what just changed, and what one would do now.

    Parameters
    ----------
    net
        The chain; the same verbs as in a cell.
    embedded
        Part of a larger panel: no strip of its own, no rival of a free one, and nothing is
        drawn before :meth:`show`.

    Attributes
    ----------
    name
        What the cell that made the panel calls the chain; its lines of Python do so too.
    last_error
        What went wrong last and is no :class:`DevnetError`, with its traceback.
    """

    title: ClassVar[str] = ""
    _closed = False
    _shown = False
    _stale = False

    def __init__(self, net: "Devnet", *, embedded: bool = False) -> None:
        require_chain(net, type(self).__name__)
        self.net = net
        self.name = name_in_cell(net)
        self.kind = "" if embedded else type(self).__name__
        self._shown = not embedded
        self.last_error: BaseException | None = None
        self.desk = desk_of(net)
        self._strip = None if embedded else _box(widgets.HTML(), "devnet-strip")
        self.footer = Footer()
        body = _box(widgets.VBox(list(self.build())), "devnet-body")
        buttons = list(self.actions())
        row = _box(widgets.HBox(buttons), "devnet-actions") if buttons else None
        super().__init__(
            [part for part in (self._strip, body, row, self.footer) if part is not None]
        )
        self.add_class("devnet-panel")
        self.desk.join(self)
        self.redraw(Change((net.height,)) if net.height else NOTHING)

    # -- for each panel to say ---------------------------------------------------------

    def build(self) -> Sequence[widgets.Widget]:
        """Make the widgets between strip and actions; called once."""
        return ()

    def actions(self) -> Sequence[widgets.Widget]:
        """Make the buttons, in the order of their use; called once."""
        return ()

    def draw(self, change: Change) -> None:
        """Read the chain and put what it says into the widgets."""

    def sentence(self, change: Change) -> str:
        """What changed, as this panel tells it."""
        return change_sentence(self.net, change)

    def tables(self) -> Html:
        """What is left of the panel where no widget can be shown."""
        return Html("")

    # -- following ---------------------------------------------------------------------

    @property
    def status(self) -> str:
        """The sentence about what changed."""
        return str(self.footer.status)

    @property
    def alert(self) -> str:
        """What was refused last; empty after the next success."""
        return str(self.footer.alert)

    @property
    def code(self) -> str:
        """The line of Python that the last button ran."""
        return str(self.footer.code)

    def redraw(self, change: Change = NOTHING) -> None:
        """Show the chain as it is now; a panel out of sight waits until it is shown."""
        if self._closed or not self._shown:
            self._stale = True
            return
        self._stale = False
        try:
            if self._strip is not None:
                self._strip.value = self.strip()
            self.footer.alert = ""
            told = self.sentence(change)
            if told:
                self.footer.status = told
            self.draw(change)
        except Exception as error:  # noqa: BLE001 - a redraw must not fail the cell that stepped
            self.note(error)

    def show(self, *, visible: bool) -> None:
        """Come into sight, and catch up; or go out of sight and rest."""
        self._shown = visible
        if visible and self._stale:
            self.redraw(Change((self.net.height,)))

    def strip(self) -> Html:
        """The line on top: where the chain is, and whether it can go on."""
        quorum = self.net.quorum
        enough = quorum.online >= quorum.needed
        sign = "\N{CHECK MARK}" if enough else "\N{BALLOT X} no block possible"
        online = f"{grouped(quorum.online)} of {grouped(quorum.total)}"
        pairs = [
            ("height", grouped(self.net.height), ""),
            ("block time", clock(self.net.time), ""),
            (
                "online",
                f"{online}, {grouped(quorum.needed)} needed {sign}",
                "" if enough else "devnet-bad",
            ),
        ]
        if self.net.halted:
            pairs.append(("halted", self.net.halted, "devnet-bad"))
        inner = "".join(
            f'<div class="{kind}"><dt>{what}</dt><dd>{escape(value)}</dd></div>'
            for what, value, kind in pairs
        )
        return Html(f'<dl><div class="devnet-question">{escape(self.title)}</div>{inner}</dl>')

    def style_of(self, name: str) -> Style:
        """Colour and dash pattern of a name, the same in every panel of the chain."""
        return palette_of(self.net).style(name)

    # -- acting ------------------------------------------------------------------------

    def button(
        self, description: str, handler: Callable[[], object], *, tip: str, main: bool = False
    ) -> widgets.Button:
        """A guarded button: verb and object as its name, what it does as its description."""
        made = widgets.Button(description=description, tooltip=tip)
        if main:
            made.add_class("devnet-main")
        made.on_click(lambda _: self.guard(handler))
        return made

    def guard(self, handler: Callable[[], object]) -> None:
        """Run a handler; what it raises is shown here, and nothing escapes."""
        self.footer.alert = ""
        try:
            handler()
        except KeyboardInterrupt:
            self.footer.alert = "Interrupted: nothing of the unfinished block was kept."
        except Exception as error:  # noqa: BLE001 - the one place that shows a panel's errors
            self.note(error)

    def note(self, error: Exception) -> None:
        """Show an error in one line; keep it whole if it is nothing a user can expect."""
        if isinstance(error, DevnetError):
            self.footer.alert = str(error)
        else:
            self.last_error = error
            self.footer.alert = f"{type(error).__name__}: {error} (whole in panel.last_error)"

    def run(self, code: str, verb: Callable[[], object], *, said: str = "") -> None:
        """Do what a button stands for: show its line of Python, and run the same verb.

        ``said`` is the sentence to show where the verb itself makes no block.
        """
        self.footer.code = code
        verb()
        if said:
            self.footer.status = said

    # -- the page ----------------------------------------------------------------------

    def close(self) -> None:
        """Leave the chain's feed and the page, with every part; any number of times."""
        if self._closed:
            return
        self._closed = True
        desk = getattr(self, "desk", None)
        if desk is not None:
            desk.leave(self)
        for part in parts_of(self):
            part.close()
        super().close()

    def __repr__(self) -> str:
        if self._closed:
            return f"{type(self).__name__}(closed)"
        return f"{type(self).__name__}({self.net.chain_id}, height {self.net.height})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        bundle["text/plain"] = repr(self)
        bundle["text/html"] = self._page()
        return bundle

    def _page(self) -> Html:
        """What a page without widgets shows in the panel's place."""
        try:
            tables = self.tables()
        except Exception as error:  # noqa: BLE001 - what cannot be shown must not fail the cell
            self.note(error)
            tables = Html(f"<p>{escape(self.alert)}</p>")
        return Html(
            f"<div><p><strong>{escape(self.title)}</strong>, {escape(self.net.chain_id)} at"
            f" height {grouped(self.net.height)}, {clock(self.net.time)}.</p>{tables}"
            "<p>Run this cell in a notebook to work with the live panel.</p></div>"
        )


def _box(widget: Any, kind: str) -> Any:
    """A widget with a class of the style sheet."""
    widget.add_class(kind)
    return widget
