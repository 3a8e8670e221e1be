"""From a kind of evidence to who judges it (ADR-009, Routing & Handling).

Any module may register a handler before the chain starts; then the router is sealed.
"""

import re
from collections.abc import Callable
from typing import Self, TypeAlias

from devnet.chain.context import Context
from devnet.x.evidence.errors import InvalidRoute, RouterSealed, UnknownEvidenceRoute
from devnet.x.evidence.types import Evidence

Handler: TypeAlias = Callable[[Context, Evidence], None]
"""Accepts by returning, refuses by raising a ``TxError``; it runs on a branch."""

_NAME = re.compile(r"[a-zA-Z0-9]+")


class EvidenceRouter:
    """Handlers by route; open until sealed, then fixed for the life of the chain."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self._sealed = False

    @property
    def is_sealed(self) -> bool:
        """Whether the chain has started, so that nothing can be added."""
        return self._sealed

    @property
    def routes(self) -> tuple[str, ...]:
        """Names that have a handler, sorted."""
        return tuple(sorted(self._handlers))

    def add_route(self, route: str, handler: Handler) -> Self:
        """Register a handler; returns the router, so that calls can be chained.

        Raises
        ------
        RouterSealed
            If the chain has started.
        InvalidRoute
            If the name is not letters and digits only, or has a handler already.
        """
        if self._sealed:
            raise RouterSealed(route)
        if not _NAME.fullmatch(route):
            raise InvalidRoute(route, "use letters and digits only, at least one")
        if route in self._handlers:
            raise InvalidRoute(route, "it has a handler already; choose another name")
        self._handlers[route] = handler
        return self

    def has_route(self, route: str) -> bool:
        """Whether evidence of this route finds a handler."""
        return route in self._handlers

    def get_route(self, route: str) -> Handler:
        """Handler of a route.

        Raises
        ------
        UnknownEvidenceRoute
            If it has none; the nearest name is offered.
        """
        handler = self._handlers.get(route)
        if handler is None:
            raise UnknownEvidenceRoute(route, self._handlers)
        return handler

    def seal(self) -> None:
        """Fix the routes for good.

        Raises
        ------
        RouterSealed
            If that was done before.
        """
        if self._sealed:
            raise RouterSealed
        self._sealed = True

    def __repr__(self) -> str:
        state = "sealed" if self._sealed else "open"
        return f"EvidenceRouter({state}: {', '.join(self.routes) or 'no routes'})"
