"""What the node tells whoever listens: a block was made, the chain moved, it halted.

Panels meet the chain only here and in the public verbs. Events of one verb call are
delivered together when the call ends, in order; the last one is marked ``final``, so a
listener may redraw once however many blocks were made. A listener that fails is shown and
passed over.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from devnet.primitives.types import Height

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BlockCommitted:
    """A block was made and stored."""

    height: Height
    final: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The chain went elsewhere: a revert, or the end of a look-ahead."""

    height: Height
    final: bool = False


@dataclass(frozen=True, slots=True)
class Halted:
    """No further block can be made; ``cause`` says why, for people."""

    height: Height
    cause: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Something was asked for and waits for the next block: a switch, a double sign."""

    height: Height
    final: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The chain was closed; whoever listens may stop."""

    height: Height
    final: bool = False


FeedEvent: TypeAlias = BlockCommitted | Moved | Halted | Asked | Closed
Listener: TypeAlias = Callable[[FeedEvent], None]


class Feed:
    """Hands events to listeners in the order in which they subscribed."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._held: list[FeedEvent] = []
        self._depth = 0

    def __repr__(self) -> str:
        return f"<feed: {len(self._listeners)} listening>"

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event from now on; the answer ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: FeedEvent) -> None:
        """Tell an event, or hold it until the present verb call ends."""
        self._held.append(event)
        if self._depth == 0:
            self._deliver()

    @contextmanager
    def verb(self) -> Iterator[None]:
        """One call of a user: its events are delivered when the outermost one ends."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._deliver()

    def _deliver(self) -> None:
        events, self._held = self._held, []
        for index, event in enumerate(events, start=1):
            told = replace(event, final=True) if index == len(events) else event
            for listener in tuple(self._listeners):
                try:
                    listener(told)
                except Exception:  # noqa: BLE001
                    # Panels' or learners' code. The block is made; neither its maker nor
                    # the other listeners are to pay for this one.
                    _LOG.exception("a listener of the feed failed: %r", listener)
