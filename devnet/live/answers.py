"""Answers that call people by name: the same values, addresses read as names when shown."""

import re
from typing import Any

from devnet.cosmwasm.shapes import Answer
from devnet.live.reprs import short
from devnet.node.directory import Directory

_DATA = "0-9a-z"


class NamedAnswer(Answer):
    """Fields of an answer by key and by attribute, as the chain gave them.

    Only the text shown differs: behind every known address stands whose it is.
    """

    def __init__(self, fields: dict[str, Any], directory: Directory) -> None:
        super().__init__(fields)
        object.__setattr__(self, "_directory", directory)

    def __repr__(self) -> str:
        lines = [f"{key}: {value!r}" for key, value in self.items()]
        quoted = re.compile(rf"'({self._directory.prefix}1[{_DATA}]+)'")
        return with_names(quoted.sub(r"\1", "\n".join(lines)), self._directory)


def named(answer: Any, directory: Directory) -> Any:
    """The same answer, shown with names if it is an object."""
    return NamedAnswer(answer, directory) if isinstance(answer, dict) else answer


def with_names(text: str, directory: Directory) -> str:
    """A text in which every known address reads ``name (shortened address)``."""
    address = re.compile(rf"(?<![{_DATA}])({directory.prefix}1[{_DATA}]{{38,58}})")

    def replace(found: re.Match[str]) -> str:
        name = directory.label(found[1])
        return found[0] if name == found[1] else f"{name} ({short(found[1])})"

    return address.sub(replace, text)
