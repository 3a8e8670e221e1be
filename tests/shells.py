"""An in-process shell for tests, without a history file that nobody closes."""

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def make_shell() -> InteractiveShell:
    """A shell that keeps its history nowhere."""
    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell(config=config)  # type: ignore[no-untyped-call]
