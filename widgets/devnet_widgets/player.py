"""Blocks by themselves: one task on the kernel's own loop, shared by all panels of a chain.

The task never prints and never redraws more often than a person can follow; what goes
wrong in it is kept as text, because an exception in a task would surface much later,
under some other cell. A cell that runs long pauses it, and it goes on afterwards.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import traitlets

from devnet.primitives.errors import DevnetError

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet

REDRAW_SECONDS: Final = 0.2
"""Least time between two redraws while playing."""


class Player(traitlets.HasTraits):
    """Makes blocks until paused; changing a setting never starts it.

    Attributes
    ----------
    blocks_per_second
        Speed asked for; a slow block makes it slower, never bunched.
    draw_every
        Panels are drawn at every n-th block.
    refusal
        Why it stopped by itself, in the words of the exception; empty otherwise.
    """

    is_playing = traitlets.Bool(default_value=False)
    blocks_per_second = traitlets.Int(1, min=1, max=50)
    draw_every = traitlets.Int(1, min=1, max=100)
    refusal = traitlets.Unicode("")

    def __init__(self, net: "Devnet", catch_up: Callable[[], None]) -> None:
        super().__init__()
        self._net, self._catch_up = net, catch_up
        self._task: asyncio.Task[None] | None = None
        self.is_quiet = False

    def play(self) -> None:
        """Start, unless it runs already.

        Raises
        ------
        DevnetError
            Where no event loop runs, outside a notebook.
        """
        if self.is_playing:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError as err:
            raise DevnetError("Play needs a notebook's event loop; here, call net.step(n)") from err
        self.refusal = ""
        self.is_playing = True
        self._task = loop.create_task(self._run())

    def pause(self) -> None:
        """Stop after the block being made, and draw where the chain stands; any number of times."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
        self._rest()

    def _rest(self) -> None:
        self.is_quiet = False
        if self.is_playing:
            self.is_playing = False
            self._catch_up()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        made, drawn = 0, loop.time() - REDRAW_SECONDS
        try:
            while True:
                begun = loop.time()
                made += 1
                self.is_quiet = made % self.draw_every != 0 or begun - drawn < REDRAW_SECONDS
                drawn = drawn if self.is_quiet else begun
                try:
                    self._net.step()
                finally:
                    self.is_quiet = False
                await asyncio.sleep(max(0.0, 1 / self.blocks_per_second - (loop.time() - begun)))
        except DevnetError as error:
            self._task = None
            self._rest()
            self.refusal = str(error)
        except Exception as error:  # noqa: BLE001 - a task's exception would be lost; it is shown
            self._task = None
            self._rest()
            self.refusal = f"{type(error).__name__}: {error}"
