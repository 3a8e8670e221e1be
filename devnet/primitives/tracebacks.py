"""The few lines of a traceback that are a user's own: cells, files, contracts.

Our frames say nothing to a learner and bury the one sentence that does. A notebook asks
an exception to render itself (``_render_traceback_``); this is what it answers.
"""

import linecache
import traceback
from pathlib import Path

_HOUSE = str(Path(__file__).resolve().parents[1])
_FOREIGN = (_HOUSE, "devnet_widgets", "site-packages", "<frozen", "importlib")


def readable(error: BaseException) -> list[str]:
    """Lines for a person: where in their code, where in the contract, what and why."""
    lines: list[str] = []
    for raised in _chain(error):
        for frame in traceback.extract_tb(raised.__traceback__):
            place = _place(frame.filename)
            if place is not None and frame.lineno is not None:
                source = linecache.getline(frame.filename, frame.lineno).strip()
                lines.append(f"  {place}, line {frame.lineno}: {source}")
    return [*dict.fromkeys(lines), f"{type(error).__name__}: {error}"]


def _chain(error: BaseException) -> list[BaseException]:
    """The error, then what caused it: outside first, the contract's own last."""
    found, now = [error], error.__cause__
    while now is not None and now not in found:
        found.append(now)
        now = now.__cause__
    return found


def _place(filename: str) -> str | None:
    """What to call a file, or None where it is none of the user's."""
    if filename.startswith("<contract"):
        return filename.strip("<>")
    if any(part in filename for part in _FOREIGN):
        return None
    if "ipykernel" in filename or filename.startswith("<ipython"):
        return "cell"
    return Path(filename).name
