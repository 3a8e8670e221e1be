"""What the panels of one chain share: one ear at the feed, one redraw per verb, one loop.

A desk exists while panels of its chain are open. It hears the feed once for all of them,
so that they agree at every moment, and keeps the one rule about re-run cells: a second
panel of a kind closes the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakKeyDictionary

from devnet_widgets.player import Player

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet


@dataclass(frozen=True, slots=True)
class Change:
    """What happened since panels were last drawn.

    Attributes
    ----------
    blocks
        Heights of the blocks made since, in order, those that still stand.
    moved
        Whether the chain went elsewhere: a revert, or the end of a look-ahead.
    asked
        Whether something waits for the next block: a switch, a double sign.
    halted
        Why no further block can be made; empty while the chain goes on.
    """

    blocks: tuple[int, ...] = ()
    moved: bool = False
    asked: bool = False
    halted: str = ""


NOTHING: Final = Change()


class Follower(Protocol):
    """What a desk needs of a panel."""

    kind: str

    def redraw(self, change: Change) -> None:
        """Show the chain as it is now."""

    def close(self) -> None:
        """Leave the desk and the page."""


class Desk:
    """The open panels of one chain."""

    def __init__(self, net: "Devnet") -> None:
        self.net = net
        self.player = Player(net, self.catch_up)
        self._panels: list[Follower] = []
        self._heard: list[object] = []
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def panels(self) -> tuple[Follower, ...]:
        """Open panels in the order in which they were made."""
        return tuple(self._panels)

    def join(self, panel: Follower) -> None:
        """Take a panel in; an earlier one of its kind is closed. An empty kind has no rival."""
        for rival in self.panels:
            if panel.kind and rival.kind == panel.kind:
                rival.close()
        if self._unsubscribe is None:
            self._unsubscribe = self.net.feed.subscribe(self._hear)
        _DESKS[self.net] = self
        self._panels.append(panel)

    def leave(self, panel: Follower) -> None:
        """Forget a panel; the last one to leave ends the loop and the listening."""
        if panel in self._panels:
            self._panels.remove(panel)
        if not self._panels and self._unsubscribe is not None:
            self.player.pause()
            self._unsubscribe()
            self._unsubscribe = None
            _DESKS.pop(self.net, None)

    def catch_up(self) -> None:
        """Draw what was heard and held back, everywhere."""
        events, self._heard = self._heard, []
        if events:
            self._tell(_change(events))

    def _hear(self, event: object) -> None:
        if _kind(event) == "Closed":
            for panel in self.panels:
                panel.close()
            return
        self._heard.append(event)
        if getattr(event, "final", True) and not self.player.is_quiet:
            self.catch_up()

    def _tell(self, change: Change) -> None:
        for panel in self.panels:
            panel.redraw(change)


def _kind(event: object) -> str:
    return type(event).__name__


def _change(events: Sequence[object]) -> Change:
    blocks: list[int] = []
    moved, halted = False, ""
    for event in events:
        match _kind(event):
            case "BlockCommitted":
                blocks.append(event.height)  # type: ignore[attr-defined]
            case "Moved":
                blocks, moved = [], True
            case "Halted":
                halted = str(event.cause)  # type: ignore[attr-defined]
            case _:
                pass
    asked = any(_kind(event) == "Asked" for event in events)
    return Change(tuple(blocks), moved, asked, halted)


_DESKS: WeakKeyDictionary["Devnet", Desk] = WeakKeyDictionary()


def desk_of(net: "Devnet") -> Desk:
    """The desk of a chain; a fresh one if no panel of it is open."""
    return _DESKS.get(net) or Desk(net)
