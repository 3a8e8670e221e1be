"""What can be wrong with a claim of evidence, and with the router it goes through.

Codes are those of the Cosmos SDK (``x/evidence/types/errors``). The router's own errors
are no failed transactions: they meet who assembles a chain, before it starts.
"""

from collections.abc import Iterable

from devnet.chain.errors import nearest
from devnet.primitives.errors import DevnetError, TxError


class EvidenceError(TxError):
    """A claim of evidence that the chain does not take."""

    codespace = "evidence"


class UnknownEvidenceRoute(EvidenceError):
    """No handler is registered for this kind of evidence.

    Attributes
    ----------
    route
        The route, or the type url, that was asked for.
    """

    code = 2

    def __init__(self, route: str, known: Iterable[str]) -> None:
        super().__init__(f"no handler takes evidence of {route!r}{nearest(route, known)}")
        self.route = route


class InvalidEvidence(EvidenceError):
    """The claim does not hold: a field, its proof, or its handler says so.

    Attributes
    ----------
    reason
        What was found; of a handler's refusal, its own words.
    """

    code = 3

    def __init__(self, reason: str) -> None:
        super().__init__(f"invalid evidence: {reason}")
        self.reason = reason


class ExpiredEvidence(InvalidEvidence):
    """The infraction is too long ago, by blocks and by time."""


class EvidenceNotFound(EvidenceError):
    """No infraction of this hash was accepted.

    Attributes
    ----------
    hash
        Upper-case hex, as it was asked for.
    """

    code = 4

    def __init__(self, hash_: str) -> None:
        super().__init__(
            f"no infraction {hash_} is recorded; query infractions lists those that are"
        )
        self.hash = hash_


class DuplicateEvidence(EvidenceError):
    """The same infraction was accepted before; it is punished once.

    Attributes
    ----------
    hash
        Upper-case hex of the infraction.
    """

    code = 5

    def __init__(self, hash_: str) -> None:
        super().__init__(f"evidence {hash_} already exists; an infraction is recorded once")
        self.hash = hash_


class EvidenceRouterError(DevnetError):
    """The router cannot be changed like this."""


class InvalidRoute(EvidenceRouterError):
    """A route's name is not made of letters and digits, or is taken.

    Attributes
    ----------
    route, reason
        The name, and what is wrong with it.
    """

    def __init__(self, route: str, reason: str) -> None:
        super().__init__(f"route {route!r}: {reason}")
        self.route, self.reason = route, reason


class RouterSealed(EvidenceRouterError):
    """The router was sealed when the chain started.

    ADR-009, Consequences, names this as its price: a live chain learns no new kind of
    evidence, because its handler would have to come along.

    Attributes
    ----------
    route
        The route that was to be added; empty if it was a second seal.
    """

    def __init__(self, route: str = "") -> None:
        what = f"route {route!r} comes too late" if route else "it is sealed already"
        super().__init__(
            f"the evidence router is sealed, {what}; a live chain takes no new kinds of"
            " evidence (ADR-009): name the handler when the chain is started"
        )
        self.route = route
