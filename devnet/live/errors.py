"""What a user can get wrong at the keyboard: names and moments."""

import difflib
from collections.abc import Iterable

from devnet.primitives.errors import DevnetError


class LabError(DevnetError):
    """A call that cannot be meant; the text says what to do instead."""


class UnknownName(LabError, KeyError, AttributeError):
    """Nothing of that name is here.

    Attributes
    ----------
    asked
        What was asked for.
    did_you_mean
        The nearest name there is, or None.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(str(name), names, n=1)
        self.asked = name
        self.did_you_mean = near[0] if near else None
        hint = f"did you mean {self.did_you_mean!r}?" if near else f"there are: {', '.join(names)}"
        if not names:
            hint = "there is none yet"
        self.text = f"no {kind} {name!r}; {hint}"
        super().__init__(self.text)

    def __str__(self) -> str:
        return self.text


class NotAValidator(LabError):
    """An account without a consensus key was asked for its validator."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} runs no validator; {name}.run_validator() starts one")
        self.name = name


class NotInABlockYet(LabError):
    """The result of a transaction was read inside the batch that will carry it."""

    def __init__(self) -> None:
        super().__init__("this result is there when the batch ends; read it after the with block")
