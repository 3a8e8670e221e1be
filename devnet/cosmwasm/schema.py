"""What a contract can be asked: its messages, their arguments, their answers.

A schema is read off a contract class once and serves three readers: the runtime (JSON to
arguments), a live object (typed arguments to JSON, answers to Python values, completion
and help) and a person. It holds no code of the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from devnet.cosmwasm.errors import nearest
from devnet.cosmwasm.kinds import ANYTHING
from devnet.cosmwasm.shapes import Answer, Optional
from devnet.cosmwasm.wire import Check, Kind, Resolve, inside
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage

EntryPoint = Literal["instantiate", "execute", "query", "sudo", "reply", "migrate"]
"""The six doors of a contract (cosmwasm reference, section 4)."""
NAMED: tuple[EntryPoint, ...] = ("execute", "query", "sudo")
"""Doors whose message is ``{"name": {...}}``; the others take the fields alone."""

REQUIRED = object()
"""In place of a default: there is none."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One field of a message."""

    name: str
    annotation: str
    kind: Kind
    default: Any = REQUIRED

    @property
    def is_required(self) -> bool:
        """Whether a message without it is refused."""
        return self.default is REQUIRED and not isinstance(self.kind, Optional)

    def __str__(self) -> str:
        text = f"{self.name}: {self.annotation}"
        return text if self.default is REQUIRED else f"{text} = {self.default!r}"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a contract.

    Attributes
    ----------
    function
        Name of the method that answers it.
    returns
        Kind of the answer, of data or of a query; ``None`` if the method does not say.
    """

    entry_point: EntryPoint
    name: str
    function: str
    arguments: tuple[Argument, ...]
    returns: Kind | None = None
    doc: str = ""
    _readers: tuple[tuple[str, Any, Any], ...] = field(default=(), init=False, repr=False)

    def __post_init__(self) -> None:
        readers = tuple(
            (a.name, a.kind.read, REQUIRED if a.is_required else _default(a))
            for a in self.arguments
        )
        object.__setattr__(self, "_readers", readers)

    def read(self, fields: Json, check: Check) -> dict[str, Any]:
        """Arguments of the JSON fields of a message.

        Raises
        ------
        InvalidMessage
            Naming the field that is missing, unknown or mistyped.
        """
        if type(fields) is not dict:
            raise InvalidMessage(self.name, "holds no object; write the fields in {...}")
        values: dict[str, Any] = {}
        found = 0
        for name, read, default in self._readers:
            if name in fields:
                found += 1
                try:
                    values[name] = read(fields[name], check)
                except InvalidMessage as err:
                    raise inside(f"{self.name}.{name}", err) from None
            elif default is REQUIRED:
                raise self._missing(name)
            else:
                values[name] = default
        if found != len(fields):
            self._refuse_unknown(fields)
        return values

    def draft(self, given: Mapping[str, object], resolve: Resolve) -> dict[str, Json]:
        """JSON fields of what a person typed as keyword arguments.

        Raises
        ------
        InvalidMessage
            Naming the argument that is missing, unknown or mistyped.
        """
        self._refuse_unknown(given)
        fields: dict[str, Json] = {}
        for argument in self.arguments:
            if argument.name in given:
                try:
                    fields[argument.name] = argument.kind.draft(given[argument.name], resolve)
                except InvalidMessage as err:
                    raise inside(f"{self.name}.{argument.name}", err) from None
            elif argument.is_required:
                raise self._missing(argument.name)
        return fields

    def __str__(self) -> str:
        return f"{self.name}({', '.join(str(argument) for argument in self.arguments)})"

    def _missing(self, name: str) -> InvalidMessage:
        (kind,) = [argument.kind for argument in self.arguments if argument.name == name]
        return InvalidMessage(f"{self.name}.{name}", f"is missing; expected: {kind.name}")

    def _refuse_unknown(self, given: Mapping[str, object]) -> None:
        known = [argument.name for argument in self.arguments]
        for name in given:
            if name not in known:
                hint = nearest(name, known)
                raise InvalidMessage(f"{self.name}.{name}", f"is no field of it; {hint}")


@dataclass(frozen=True, slots=True)
class ContractSchema:
    """All messages of a contract, by door and name.

    Attributes
    ----------
    name
        Name of the contract class.
    """

    name: str
    doc: str
    messages: Mapping[EntryPoint, Mapping[str, Message]]

    def names(self, entry_point: EntryPoint) -> tuple[str, ...]:
        """Names of the messages of a door, in the order in which the class has them."""
        return tuple(self.messages.get(entry_point, ()))

    def message(self, entry_point: EntryPoint, name: str = "") -> Message:
        """The message of a name; doors without names have one message.

        Raises
        ------
        InvalidMessage
            If there is none; with the nearest that there is.
        """
        messages = self.messages.get(entry_point, {})
        found = messages.get(name or entry_point)
        if found is None:
            hint = nearest(name, messages)
            raise InvalidMessage(
                name or entry_point, f"{self.name} has no such {entry_point} message; {hint}"
            )
        return found

    def open(self, entry_point: EntryPoint, msg: Json) -> tuple[Message, Json]:
        """The message that JSON asks for, and its fields.

        Raises
        ------
        InvalidMessage
            If it is no message of this door.
        """
        if entry_point not in NAMED:
            return self.message(entry_point), msg
        if type(msg) is not dict or len(msg) != 1:
            raise InvalidMessage(
                entry_point, 'a message is an object with one key, {"name": {...}}'
            )
        name, fields = next(iter(msg.items()))
        return self.message(entry_point, name), fields

    def build(
        self, entry_point: EntryPoint, name: str, given: Mapping[str, object], resolve: Resolve
    ) -> Json:
        """The JSON message of what a person typed.

        Raises
        ------
        InvalidMessage
            As :meth:`Message.draft`, and if the message is unknown.
        """
        message = self.message(entry_point, name)
        fields = message.draft(given, resolve)
        return {message.name: fields} if entry_point in NAMED else fields

    def decode_answer(self, name: str, answer: Json) -> Any:
        """Python value of a query's answer, typed by the method's return annotation."""
        kind = self.message("query", name).returns
        return show(answer) if kind is None else kind.show(answer)


def show(answer: Json) -> Any:
    """Python value of an answer that nobody declared: objects with attributes."""
    match answer:
        case dict():
            return Answer({key: show(value) for key, value in answer.items()})
        case list():
            return [show(value) for value in answer]
        case _:
            return ANYTHING.show(answer)


def _default(argument: Argument) -> Any:
    return None if argument.default is REQUIRED else argument.default
