"""The roots of every expected failure.

A wing keeps its own errors; this room holds the roots they grow from and the two that
parsing raises everywhere: :class:`InvalidMessage` and :class:`InvalidCoins`.
"""

from typing import ClassVar

from devnet.primitives.tracebacks import readable


class DevnetError(Exception):
    """Any failure a user can meet and act on; a bug is never one of these."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the user's own lines, the contract's, and the sentence."""
        return readable(self)


class TxError(DevnetError):
    """A failure that fails one transaction and rolls back its branch; the block goes on.

    ``codespace`` and ``code`` are those of the Cosmos SDK where the error exists there.
    """

    codespace: ClassVar[str] = "devnet"
    code: ClassVar[int] = 1


class InvalidMessage(TxError):
    """A field of a message, an argument or a document holds what it must not.

    Attributes
    ----------
    field
        The name of the field or argument, as the user typed it.
    reason
        What is wrong and what to give instead.
    """

    codespace = "sdk"
    code = 18

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class InvalidCoins(TxError):
    """A text or list that is no amount of coins."""

    codespace = "sdk"
    code = 10

    def __init__(self, text: object, reason: str) -> None:
        super().__init__(f"{text!r} is no amount of coins: {reason}")
        self.text, self.reason = text, reason


class MissingExtra(DevnetError):
    """A part of the package that was not installed is needed now."""

    def __init__(self, what: str, install_hint: str) -> None:
        super().__init__(f"{what} is not installed; run: {install_hint}")
        self.what, self.install_hint = what, install_hint
