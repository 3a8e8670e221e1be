"""A recipe: named steps over a running chain, taken one by one or all at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from devnet.live.errors import LabError
from devnet.live.reprs import html_table, text_table

W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Step(Generic[W]):
    """One step: what it does in words, and the doing."""

    title: str
    action: Callable[[W], None] = field(repr=False)


class Recipe(Generic[W]):
    """Steps over a world of things made so far; ``world`` grows with each step."""

    def __init__(self, title: str, world: W, steps: Sequence[Step[W]]) -> None:
        self.title, self.world, self.steps = title, world, tuple(steps)
        self._heights: list[int] = []

    @property
    def done(self) -> int:
        """How many steps were taken."""
        return len(self._heights)

    def next(self) -> Step[W]:
        """Take the next step; a step that fails can be taken again.

        Raises
        ------
        LabError
            If all steps were taken.
        """
        if self.done == len(self.steps):
            raise LabError(f"{self.title}: all {self.done} steps are done")
        step = self.steps[self.done]
        step.action(self.world)
        self._heights.append(self._height())
        return step

    def run(self) -> W:
        """Take all steps that are left."""
        while self.done < len(self.steps):
            self.next()
        return self.world

    def _height(self) -> int:
        return int(getattr(getattr(self.world, "net", None), "height", 0))

    def _rows(self) -> list[tuple[object, ...]]:
        heights = [*map(str, self._heights), *[""] * len(self.steps)]
        marks = ["done"] * self.done + ["next"] + [""] * len(self.steps)
        return [
            (n + 1, step.title, mark, height)
            for n, (step, mark, height) in enumerate(zip(self.steps, marks, heights, strict=False))
        ]

    def __repr__(self) -> str:
        return f"{self.title}\n{text_table(('step', 'what', 'state', 'height'), self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(self.title, ("step", "what", "state", "height"), self._rows())
