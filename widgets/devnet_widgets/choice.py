"""A drop-down that follows the chain until a person chooses."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

Option = str | tuple[str, str]


class Choice(widgets.Dropdown):  # type: ignore[misc]
    """Offers what there is now; keeps a person's choice for as long as it is offered."""

    value: Any
    options: Any

    def __init__(self, description: str, *, width: str = "200px") -> None:
        self._offering = False
        self._is_chosen = False
        super().__init__(options=[], description=description, layout={"width": width})
        self.observe(self._notice, names="value")

    def offer(self, options: Sequence[Option], *, first: str | None = None) -> None:
        """Offer options; without a choice of a person's, ``first`` or the first of them stands."""
        values = [option if isinstance(option, str) else option[1] for option in options]
        kept = self.value
        self._offering = True
        try:
            if tuple(self.options) != tuple(options):
                self.options = options
            if not (self._is_chosen and kept in values):
                self._is_chosen = False
                kept = first if first in values else next(iter(values), None)
            if self.value != kept:
                self.value = kept
        finally:
            self._offering = False

    def settle(self) -> None:
        """Keep what stands as if a person had chosen it: an action spoke of it."""
        self._is_chosen = self.value is not None

    @property
    def is_offering(self) -> bool:
        """Whether the value changes because the options did, not by a person."""
        return self._offering

    def _notice(self, _: Any) -> None:
        if not self._offering:
            self._is_chosen = self.value is not None

    def __repr__(self) -> str:
        return f"Choice({self.value!r})"
