"""What a contract is in Python: a class whose decorated methods are its messages.

The decorators are the schema: the name of a method is the name of the message, its
annotations are the fields, its docstring is the help. A name that Python needs for
something else is given in brackets: ``@query(name="vote")``.

A contract keeps nothing between calls but what it stores; its class attributes are the
places in storage. Every call begins with a fresh instance.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, get_args, overload

from devnet.cosmwasm.errors import SchemaError
from devnet.cosmwasm.kinds import ANYTHING, kind_of, words_of
from devnet.cosmwasm.messages import Response
from devnet.cosmwasm.schema import (
    NAMED,
    REQUIRED,
    Argument,
    ContractSchema,
    EntryPoint,
    Message,
    show,
)
from devnet.cosmwasm.shapes import Answer

__all__ = [
    "HANDED",
    "Answer",
    "Contract",
    "ContractSchema",
    "execute",
    "instantiate",
    "migrate",
    "query",
    "reply",
    "schema_of",
    "show",
    "sudo",
]

Method = TypeVar("Method", bound=Callable[..., Any])

_MARK = "_entry_point"
HANDED: dict[EntryPoint, tuple[str, ...]] = {
    "instantiate": ("self", "deps", "env", "info"),
    "execute": ("self", "deps", "env", "info"),
    "query": ("self", "deps", "env"),
    "sudo": ("self", "deps", "env"),
    "reply": ("self", "deps", "env", "reply"),
    "migrate": ("self", "deps", "env"),
}
"""What a method of each door is handed, in this order, before the fields of its message."""


class Contract:
    """The base of every contract; it adds nothing but the name."""

    def __repr__(self) -> str:
        return f"<contract {type(self).__name__}>"


def _door(entry_point: EntryPoint) -> Callable[..., Any]:
    def mark(method: Method | None = None, *, name: str = "") -> Any:
        def set_mark(method: Method) -> Method:
            setattr(method, _MARK, (entry_point, name or method.__name__))
            return method

        return set_mark if method is None else set_mark(method)

    return mark


@overload
def execute(method: Method, /) -> Method: ...
@overload
def execute(*, name: str) -> Callable[[Method], Method]: ...
def execute(method: Any = None, *, name: str = "") -> Any:
    """A message that anyone may send in a transaction, or another contract."""
    return _door("execute")(method, name=name)


@overload
def query(method: Method, /) -> Method: ...
@overload
def query(*, name: str) -> Callable[[Method], Method]: ...
def query(method: Any = None, *, name: str = "") -> Any:
    """A question; it may not write."""
    return _door("query")(method, name=name)


@overload
def sudo(method: Method, /) -> Method: ...
@overload
def sudo(*, name: str) -> Callable[[Method], Method]: ...
def sudo(method: Any = None, *, name: str = "") -> Any:
    """A call that only the chain itself makes; it has no sender."""
    return _door("sudo")(method, name=name)


def instantiate(method: Method, /) -> Method:
    """The one call that makes an instance."""
    marked: Method = _door("instantiate")(method)
    return marked


def reply(method: Method, /) -> Method:
    """The call that hears of the outcome of a submessage."""
    marked: Method = _door("reply")(method)
    return marked


def migrate(method: Method, /) -> Method:
    """The call that an instance gets when its code is replaced by this one."""
    marked: Method = _door("migrate")(method)
    return marked


def schema_of(cls: type[Contract]) -> ContractSchema:
    """The schema of a contract class.

    Raises
    ------
    SchemaError
        If an entry point cannot be called from outside; naming method and argument.
    """
    messages: dict[EntryPoint, dict[str, Message]] = {}
    for name, method in _members(cls):
        mark = getattr(method, _MARK, None)
        if mark is None:
            continue
        entry_point, wire_name = mark
        key = wire_name if entry_point in NAMED else entry_point
        door = messages.setdefault(entry_point, {})
        if key in door:
            raise SchemaError(f"{cls.__name__}.{name}", f"a second {entry_point} {key!r}")
        door[key] = _message(cls.__name__, name, method, entry_point, key)
    if "instantiate" not in messages:
        raise SchemaError(cls.__name__, "has no @instantiate; without one nobody can make it")
    return ContractSchema(cls.__name__, inspect.getdoc(cls) or "", messages)


def _members(cls: type) -> list[tuple[str, Any]]:
    """Attributes in order of definition, those of a base first unless they are replaced."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found.update(vars(base))
    return list(found.items())


def _message(class_name: str, name: str, method: Any, entry_point: EntryPoint, key: str) -> Message:
    place = f"{class_name}.{name}"
    parameters = list(inspect.signature(method).parameters.values())
    handed = HANDED[entry_point]
    if len(parameters) < len(handed) or any(
        p.kind not in {p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY} for p in parameters
    ):
        raise SchemaError(place, f"takes ({', '.join(handed)}) and the fields of its message")
    fields = parameters[len(handed) :]
    if entry_point == "reply" and fields:
        raise SchemaError(place, "a reply takes no further fields")
    returns = inspect.signature(method).return_annotation
    no_answer = entry_point != "query" and _answers_nothing(returns)
    return Message(
        entry_point,
        key,
        name,
        tuple(_argument(place, parameter) for parameter in fields),
        None if returns is inspect.Signature.empty or no_answer else kind_of(returns, place=place),
        inspect.getdoc(method) or "",
    )


def _answers_nothing(returns: object) -> bool:
    """Whether the answer is a response, or none, instead of plain data."""
    return returns in {None, Response} or Response in get_args(returns)


def _argument(place: str, parameter: inspect.Parameter) -> Argument:
    annotation = parameter.annotation
    default = REQUIRED if parameter.default is parameter.empty else parameter.default
    if annotation is parameter.empty:
        return Argument(parameter.name, "any", ANYTHING, default)
    kind = kind_of(annotation, place=f"{place}({parameter.name})")
    return Argument(parameter.name, words_of(annotation), kind, default)
