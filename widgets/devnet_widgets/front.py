"""The small widgets with a face of their own in the browser: one file of JavaScript each.

No build step and no network: the scripts in ``static/`` are sent as they stand. Only
texts, whole numbers, truths and lists of them travel to the browser.
"""

from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

_STATIC = Path(__file__).parent / "static"


def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


class Footer(anywidget.AnyWidget):
    """The foot of a panel: the line of Python just run, what changed, what was refused.

    ``status`` is read out politely when it changes, ``alert`` at once. It also carries
    the style sheet of all panels, so that a panel needs no other source of styles.
    """

    _esm: ClassVar[str] = _static("footer.js")
    _css: ClassVar[str] = _static("panel.css")
    code = traitlets.Unicode("").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    alert = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"Footer({self.alert or self.status!r})"


class BlockLane(anywidget.AnyWidget):
    """The last blocks as a lane of squares; ``selected`` is the id of the chosen one.

    A node holds ``id``, ``parent``, ``lane``, ``height``, ``label`` (the whole of it in
    words), ``mark``, ``colour``, ``ink``, ``txs``, ``signed``, ``signers``, ``evidence``,
    ``tip`` and ``fresh``; nodes stand in the order in which they are drawn.
    """

    _esm: ClassVar[str] = _static("lane.js")
    nodes: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"BlockLane({len(self.nodes)} blocks)"
