"""What can go wrong between a contract and its host.

Two families. :class:`Refuse` and its children are raised *by* contract code: the contract
says no, and its caller reads the text. :class:`VmError` and :class:`CodeRejected` are the
host's: code that cannot run, or may not be stored.

A text of a standard (CW3, CW4, ...) stands first in a refusal, word for word as the
compiled contracts say it; what helps a person follows behind a semicolon.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from devnet.primitives.errors import DevnetError, TxError


class Refuse(DevnetError):
    """A contract's own no; the call fails and everything it did is undone.

    Attributes
    ----------
    rule
        The text of the standard, or the contract's own.
    hint
        What to do instead, empty if there is nothing to add.
    """

    def __init__(self, rule: str, hint: str = "") -> None:
        super().__init__(f"{rule}; {hint}" if hint else rule)
        self.rule, self.hint = rule, hint


class Unauthorized(Refuse):
    """Who calls is not who may."""

    def __init__(self, hint: str = "") -> None:
        super().__init__("Unauthorized", hint)


class Overflow(Refuse):
    """A number leaves its range; nothing in a contract ever wraps.

    Attributes
    ----------
    what
        The quantity, in words.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"Overflow: {what}", hint)
        self.what = what


class NotFound(Refuse):
    """A stored value that a contract relies on is absent.

    Attributes
    ----------
    what
        The item or the entry of a map that is missing.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found")
        self.what = what


class QueryFailed(Refuse):
    """A query to another contract or to the chain had no answer."""


class SchemaError(DevnetError):
    """A contract class whose entry points cannot be called from outside.

    Attributes
    ----------
    place
        The class, method or argument that is wrong.
    reason
        What is wrong and what to write instead.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason = place, reason


class VmError(TxError):
    """The code could not be run to a result (cosmwasm reference, section 4, layer 2)."""

    codespace = "wasm"
    code = 29

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: wasmvm error")
        self.reason = reason


class CodeRejected(TxError):
    """Source text that may not be stored as a contract.

    Attributes
    ----------
    line
        Line of the stored text, counted from 1; 0 if no single line is to blame.
    rule
        What is not allowed there, and what to do instead.
    """

    codespace = "wasm"
    code = 2

    def __init__(self, line: int, rule: str, *, text: str = "") -> None:
        where = f"line {line}" if line else "this code"
        shown = f" in `{text.strip()}`" if text.strip() else ""
        super().__init__(f"{where}{shown}: {rule}")
        self.line, self.rule = line, rule


def nearest(name: str, known: Iterable[str]) -> str:
    """How to go on after an unknown name: the nearest one, or all there are."""
    choices = sorted(known)
    close = get_close_matches(name, choices, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there is {', '.join(choices)}" if choices else "there is none"
