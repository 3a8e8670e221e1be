"""What a panel or a picture was given: a chain, or a sentence about what to give."""

from devnet.live.devnet import Devnet
from devnet.live.errors import LabError


class NotAChain(LabError, TypeError):
    """Something else stood where a chain is needed."""

    def __init__(self, what: str, given: object) -> None:
        super().__init__(
            f"{what} needs a chain, and {_told(given)} is none; give what devnet.start(...)"
            f" returned: {what}(net)"
        )
        self.given = given


def require_chain(given: object, what: str) -> None:
    """Refuse anything but a chain; ``what`` is the panel or picture that was asked for.

    Raises
    ------
    NotAChain
        Naming what was given and what to give.
    """
    if not isinstance(given, Devnet):
        raise NotAChain(what, given)


def _told(given: object) -> str:
    kind = type(given).__name__
    return f"the text {given!r}" if isinstance(given, str) else f"something of type {kind}"
