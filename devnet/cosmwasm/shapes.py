"""Values with parts on the wire: lists, objects, choices.

A dataclass is an object of its fields, in snake_case as they are. A union of dataclasses
is a Rust enum: an object with one key, the name of the class in snake_case (or its
``TAG``), around its fields. A dataclass whose only field is called ``value`` is written as
that value alone, as a Rust newtype is: ``AtHeight(5)`` is ``{"at_height": 5}``. The words
of a ``Literal`` are bare strings and may stand in a union too.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from devnet.cosmwasm.errors import nearest
from devnet.cosmwasm.wire import Check, Kind, Resolve, inside
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage

_ONLY = "value"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Anything(Kind):
    """Any JSON, passed on as it is; what is not JSON yet is spelled by its own type."""

    name = "JSON value"

    def __init__(self, spell: Callable[[Any], Json]) -> None:
        self._spell = spell

    def read(self, value: Json, check: Check) -> Json:  # noqa: ARG002
        """The value itself."""
        return value

    def write(self, value: Any) -> Json:
        """The value in plain JSON: coins, decimals and bytes find their spelling."""
        return self._spell(value)


class Answer(dict[str, Any]):
    """An answer's fields, by key and by attribute: ``answer["weight"]``, ``answer.weight``."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"this answer has no {name!r}; {nearest(name, self)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]


class ListOf(Kind):
    """A list of one kind; a list in Python, or a tuple where the annotation says so."""

    def __init__(self, item: Kind, *, make: type[list[Any]] | type[tuple[Any, ...]] = list) -> None:
        self._item, self._make = item, make
        self.name = f"list of: {item.name}"

    def read(self, value: Json, check: Check) -> Any:
        """Every item read; an error says which."""
        if type(value) is not list:
            raise self.refuse(value)
        return self._make(self._each(value, lambda item: self._item.read(item, check)))

    def write(self, value: Any) -> Json:
        """Every item written."""
        if not isinstance(value, list | tuple):
            raise self.refuse(value)
        return self._each(value, self._item.write)

    def draft(self, value: object, resolve: Resolve) -> Json:
        """Any run of items."""
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
            raise self.refuse(value)
        return self._each(list(value), lambda item: self._item.draft(item, resolve))

    def show(self, value: Json) -> Any:
        """Every item shown."""
        if type(value) is not list:
            raise self.refuse(value)
        return self._each(value, self._item.show)

    @staticmethod
    def _each(items: Any, work: Callable[[Any], Any]) -> list[Any]:
        done: list[Any] = []
        for item in items:
            try:
                done.append(work(item))
            except InvalidMessage as err:
                raise inside(f"[{len(done)}]", err) from None
        return done


class MapOf(Kind):
    """An object with text keys and values of one kind."""

    def __init__(self, item: Kind) -> None:
        self._item = item
        self.name = f"object, its values: {item.name}"

    def read(self, value: Json, check: Check) -> Any:
        """Every value read."""
        return self._each(value, lambda item: self._item.read(item, check))

    def write(self, value: Any) -> Json:
        """Every value written."""
        return self._each(value, self._item.write)

    def draft(self, value: object, resolve: Resolve) -> Json:
        """Every value drafted."""
        return self._each(value, lambda item: self._item.draft(item, resolve))

    def show(self, value: Json) -> Any:
        """Every value shown."""
        return Answer(self._each(value, self._item.show))

    def _each(self, value: Any, work: Callable[[Any], Any]) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise self.refuse(value)
        done: dict[str, Any] = {}
        for key, item in value.items():
            try:
                done[key] = work(item)
            except InvalidMessage as err:
                raise inside(key, err) from None
        return done


class Optional(Kind):
    """A kind or null; absent is null."""

    def __init__(self, item: Kind) -> None:
        self._item, self.name = item, f"{item.name}, or null"

    def read(self, value: Json, check: Check) -> Any:
        """Nothing, or the value."""
        return None if value is None else self._item.read(value, check)

    def write(self, value: Any) -> Json:
        """Null, or the value."""
        return None if value is None else self._item.write(value)

    def draft(self, value: object, resolve: Resolve) -> Json:
        """Null, or the value."""
        return None if value is None else self._item.draft(value, resolve)

    def show(self, value: Json) -> Any:
        """Nothing, or the value."""
        return None if value is None else self._item.show(value)


class Words(Kind):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.name = f"one of {', '.join(words)}"

    def read(self, value: Json, check: Check) -> str:  # noqa: ARG002
        """The word."""
        if type(value) is str and value in self.words:
            return value
        raise self.refuse(value)

    def write(self, value: Any) -> Json:
        """The word."""
        return self.read(value, None)

    def refuse(self, value: object) -> InvalidMessage:
        """The error, with the nearest word."""
        known = f"it is {self.name}"
        hint = f"{nearest(value, self.words)} ({known})" if isinstance(value, str) else known
        return InvalidMessage("", f"{value!r} is unknown; {hint}")


class Record(Kind):
    """An object with the fields of a dataclass, each with its kind and whether it has a default."""

    def __init__(self, cls: type, fields: "list[tuple[str, Kind, bool]]") -> None:
        self._cls, self.name = cls, cls.__name__
        self._fields = fields
        self._kinds = {name: kind for name, kind, _ in self._fields}
        self._value = self._kinds[_ONLY] if list(self._kinds) == [_ONLY] else None

    def read(self, value: Json, check: Check) -> Any:
        """The dataclass; missing, unknown and mistyped fields are named."""
        if self._value is not None:
            return self._cls(self._value.read(value, check))
        if type(value) is not dict:
            raise self.refuse(value)
        given: dict[str, Any] = {}
        for name, kind, has_default in self._fields:
            if name in value:
                try:
                    given[name] = kind.read(value[name], check)
                except InvalidMessage as err:
                    raise inside(name, err) from None
            elif isinstance(kind, Optional) and not has_default:
                given[name] = None
            elif not has_default:
                raise InvalidMessage(name, f"is missing; expected: {kind.name}")
        if check is not None:
            self.refuse_unknown(value)
        return self._cls(**given)

    def write(self, value: Any) -> Json:
        """The object of a dataclass."""
        if type(value) is not self._cls:
            raise self.refuse(value)
        if self._value is not None:
            return self._value.write(getattr(value, _ONLY))
        return {name: kind.write(getattr(value, name)) for name, kind, _ in self._fields}

    def draft(self, value: object, resolve: Resolve) -> Json:
        """A dataclass, or a mapping whose fields are drafted."""
        if isinstance(value, self._cls):
            return self.write(value)
        if self._value is not None:
            return self._value.draft(value, resolve)
        if not isinstance(value, Mapping):
            raise self.refuse(value)
        self.refuse_unknown(value)
        drafts: dict[str, Json] = {}
        for name, kind, has_default in self._fields:
            if name not in value:
                if not has_default and not isinstance(kind, Optional):
                    raise InvalidMessage(name, f"is missing; expected: {kind.name}")
                continue
            try:
                drafts[name] = kind.draft(value[name], resolve)
            except InvalidMessage as err:
                raise inside(name, err) from None
        return drafts

    def show(self, value: Json) -> Any:
        """The fields as an answer; those nobody declared stay as they are."""
        if self._value is not None:
            return self._value.show(value)
        if type(value) is not dict:
            raise self.refuse(value)
        return Answer({k: self._show_field(k, v) for k, v in value.items()})

    def _show_field(self, name: str, value: Json) -> Any:
        return self._kinds[name].show(value) if name in self._kinds else value

    def refuse_unknown(self, value: Mapping[str, object]) -> None:
        """Name a field that the dataclass does not have."""
        for name in value:
            if name not in self._kinds:
                raise InvalidMessage(name, f"is no field here; {nearest(name, self._kinds)}")


class Choice(Kind):
    """One of several shapes: an object with one key, or a bare word."""

    def __init__(self, cases: dict[type, Record], words: tuple[str, ...]) -> None:
        self._cases = {tag_of(cls): record for cls, record in cases.items()}
        self._tags = {cls: tag_of(cls) for cls in cases}
        self._words = Words(words)
        self.name = f"choice of {', '.join([*self._cases, *words])}"

    def read(self, value: Json, check: Check) -> Any:
        """The dataclass of the one key."""
        return self._open(value, lambda case, inner: case.read(cast("Json", inner), check))

    def write(self, value: Any) -> Json:
        """The object around the fields."""
        if isinstance(value, str):
            return self._words.write(value)
        if type(value) not in self._tags:
            raise self.refuse(value)
        tag = self._tags[type(value)]
        return {tag: self._cases[tag].write(value)}

    def draft(self, value: object, resolve: Resolve) -> Json:
        """A dataclass, a bare word, or the object."""
        if type(value) in self._tags:
            return self.write(value)
        tag = next(iter(value)) if isinstance(value, Mapping) and value else None
        drafted = self._open(value, lambda case, inner: case.draft(inner, resolve))
        return {str(tag): drafted} if tag is not None else drafted

    def show(self, value: Json) -> Any:
        """The same object, its inside shown."""
        shown = self._open(value, lambda case, inner: case.show(cast("Json", inner)))
        return Answer({next(iter(value)): shown}) if isinstance(value, dict) else shown

    def _open(self, value: object, work: Callable[[Record, object], Any]) -> Any:
        if isinstance(value, str) and self._words.words:
            return self._words.read(value, None)
        if not isinstance(value, Mapping) or len(value) != 1:
            raise self.refuse(value)
        tag, inner = next(iter(value.items()))
        case = self._cases.get(tag)
        if case is None:
            raise InvalidMessage(str(tag), f"is unknown; {nearest(str(tag), self._cases)}")
        try:
            return work(case, inner)
        except InvalidMessage as err:
            raise inside(str(tag), err) from None


def tag_of(cls: type) -> str:
    """The key a class has in a choice: its ``TAG``, or its name in snake_case."""
    tag = getattr(cls, "TAG", None)
    return tag if isinstance(tag, str) else _CAMEL.sub("_", cls.__name__).lower()
