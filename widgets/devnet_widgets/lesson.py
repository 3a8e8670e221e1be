"""Predictions of a lab: say what you expect, run, compare.

A prediction is a question with choices and a default, so that a notebook that is run
from top to bottom has one too. Nobody is graded: a wrong guess shows what to look at.
"""

from collections.abc import Sequence
from html import escape

import ipywidgets as widgets

from devnet.primitives.errors import InvalidMessage


class Prediction(widgets.VBox):  # type: ignore[misc]  # ipywidgets carries no types
    """A question asked before the picture that answers it."""

    def __init__(self, question: str, choices: Sequence[object], default: object = None) -> None:
        texts = [str(choice) for choice in choices]
        if not texts:
            raise InvalidMessage("choices", "give at least one answer to choose from")
        chosen = texts[0] if default is None else str(default)
        if chosen not in texts:
            raise InvalidMessage("default", f"{chosen!r} is none of {', '.join(texts)}")
        self.question = question
        self._choice = widgets.ToggleButtons(options=texts, value=chosen)
        self._choice.tooltips = [f"I expect: {text}" for text in texts]
        super().__init__([widgets.HTML(f"<b>{escape(question)}</b>"), self._choice])

    @property
    def choice(self) -> str:
        """What is predicted now."""
        return str(self._choice.value)

    def reveal(self, answer: object, because: str = "") -> None:
        """Print the prediction against what happened.

        Parameters
        ----------
        answer
            What happened; recompute it from the chain, do not type it in.
        because
            One sentence that explains it.
        """
        happened = str(answer)
        verdict = "as you said" if happened == self.choice else f"you said {self.choice}"
        print(f"{self.question}\n{happened} - {verdict}. {because}".rstrip())  # noqa: T201

    def __repr__(self) -> str:
        return f"<prediction: {self.question}>"


def predict(question: str, choices: Sequence[object], *, default: object = None) -> Prediction:
    """Ask for a prediction; end a cell with it, and call ``reveal`` after the run.

    Raises
    ------
    InvalidMessage
        If there is nothing to choose from, or the default is not among the choices.
    """
    return Prediction(question, choices, default)
