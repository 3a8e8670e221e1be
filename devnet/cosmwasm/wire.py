"""Values on the wire: how each annotation of a contract looks in JSON.

A :class:`Kind` knows one annotation in four directions: ``read`` checks what came in a
message, ``write`` spells what a contract answers or stores, ``draft`` takes what a person
typed, ``show`` gives an answer back as Python values. The spelling is that of compiled
contracts (cosmwasm reference, section 5): plain integers are JSON numbers, ``Uint64``,
``Uint128``, ``Decimal`` and ``Timestamp`` are text, ``bytes`` is base64.

This room holds plain values; amounts are in ``amounts``, lists, objects and choices in
``shapes``, and ``kinds`` finds the kind of an annotation.
"""

from abc import ABC, abstractmethod
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable
from typing import Any, NewType, TypeAlias

from devnet.cosmwasm.errors import Overflow
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.primitives.types import MAX_UINT64, Address, Denom, parse_denom, parse_uint

Uint64 = NewType("Uint64", int)
"""0 .. 2**64 - 1, written as text; a plain ``int`` has the same range, written as a number."""
Uint128 = NewType("Uint128", int)
"""0 .. 2**128 - 1, written as text: amounts of tokens."""
UncheckedAddress = NewType("UncheckedAddress", str)
"""An address as it was typed: the contract itself decides whether and when to check it."""

Check: TypeAlias = "Callable[[str], Address] | None"
"""The host's address check. ``None`` reads a value that a contract or the chain wrote itself:
addresses are taken as they are and unknown fields are passed over."""
Resolve: TypeAlias = "Callable[[object], str]"
"""Address text of what a person typed: a name, a handle or an address."""


class Kind(ABC):
    """One annotation on the wire.

    Attributes
    ----------
    name
        What a value is, in words that complete "this is no ...".
    """

    name: str

    @abstractmethod
    def read(self, value: Json, check: Check) -> Any:
        """Python value of JSON from outside.

        Raises
        ------
        InvalidMessage
            Naming the field and what belongs there.
        """

    @abstractmethod
    def write(self, value: Any) -> Json:
        """JSON of a contract's value.

        Raises
        ------
        Overflow
            If a number does not fit.
        InvalidMessage
            If it is a value of another kind.
        """

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002 - for those that resolve
        """JSON of what a person typed, in any spelling that can only mean one thing."""
        return self.write(value)

    def show(self, value: Json) -> Any:
        """Python value of an answer, for a person."""
        return self.read(value, None)

    def refuse(self, value: object) -> InvalidMessage:
        """The error for a value of another kind; those around it add the field's name."""
        return InvalidMessage("", f"{value!r} is no {self.name}")


class Number(Kind):
    """A JSON number of 64 bits."""

    name = "whole number of 64 bits, written as a number"

    def read(self, value: Json, check: Check) -> int:  # noqa: ARG002
        """The number itself; ``true`` is none."""
        if type(value) is int and 0 <= value <= MAX_UINT64:
            return value
        raise self.refuse(value)

    def write(self, value: Any) -> Json:
        """The number itself."""
        if type(value) is not int:
            raise self.refuse(value)
        if not 0 <= value <= MAX_UINT64:
            raise Overflow(f"{value}", "a whole number here is 0 .. 2**64 - 1")
        return value

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002
        """A number or its digits as text."""
        return parse_uint(value, bits=64, field="")


class TextNumber(Kind):
    """A whole number written as text, of 64 or 128 bits."""

    def __init__(self, bits: int) -> None:
        self.bits, self._max = bits, (1 << bits) - 1
        self.name = f"whole number of {bits} bits, written as text"

    def read(self, value: Json, check: Check) -> int:  # noqa: ARG002
        """The number of a text of digits."""
        if type(value) is str and value.isascii() and value.isdigit() and len(value) <= self.bits:
            number = int(value)
            if number <= self._max:
                return number
        raise self.refuse(value)

    def write(self, value: Any) -> Json:
        """The digits."""
        if type(value) is not int:
            raise self.refuse(value)
        if not 0 <= value <= self._max:
            raise Overflow(f"{value}", f"a whole number here is 0 .. 2**{self.bits} - 1")
        return str(value)

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002
        """A number or its digits as text."""
        return str(parse_uint(value, bits=self.bits, field=""))


class Plain(Kind):
    """A text or a truth value, as it stands."""

    def __init__(self, type_: type, name: str) -> None:
        self._type, self.name = type_, name

    def read(self, value: Json, check: Check) -> Any:  # noqa: ARG002
        """The value itself."""
        if type(value) is self._type:
            return value
        raise self.refuse(value)

    def write(self, value: Any) -> Json:
        """The value itself."""
        written: Json = self.read(value, None)
        return written


class AddressText(Kind):
    """An address; checked by the host where it comes from outside, if it asks for that."""

    name = "address, written as text"

    def __init__(self, *, checked: bool) -> None:
        self._checked = checked

    def read(self, value: Json, check: Check) -> str:
        """The address, in the one spelling the host accepts."""
        if type(value) is not str:
            raise self.refuse(value)
        return check(value) if check is not None and self._checked else value

    def write(self, value: Any) -> Json:
        """The text."""
        if not isinstance(value, str):
            raise self.refuse(value)
        return value

    def draft(self, value: object, resolve: Resolve) -> Json:
        """The address of a name, a handle or an address."""
        return resolve(value)


class DenomText(Plain):
    """The denomination of a coin."""

    def __init__(self) -> None:
        super().__init__(str, "denomination")

    def read(self, value: Json, check: Check) -> Denom:  # noqa: ARG002
        """The checked denomination."""
        try:
            return parse_denom(value)
        except InvalidCoins as err:
            raise InvalidMessage("", str(err)) from None


class Base64(Kind):
    """Bytes as base64 with padding."""

    name = "base64 text"

    def read(self, value: Json, check: Check) -> bytes:  # noqa: ARG002
        """The bytes."""
        if type(value) is not str:
            raise self.refuse(value)
        try:
            return a2b_base64(value, strict_mode=True)
        except (Base64Error, ValueError):
            raise self.refuse(value) from None

    def write(self, value: Any) -> Json:
        """The text."""
        if not isinstance(value, bytes):
            raise self.refuse(value)
        return b64encode(value).decode()

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002
        """Bytes, or their base64 text."""
        return self.write(value if isinstance(value, bytes) else self.read(_json(value), None))


BINARY = Base64()


def inside(name: str, err: InvalidMessage) -> InvalidMessage:
    """The same error, seen from one level further out."""
    joint = "" if not err.field or err.field.startswith("[") else "."
    return InvalidMessage(f"{name}{joint}{err.field}", err.reason)


def _json(value: object) -> Json:
    """What a person typed, as far as it is text; other values are refused further on."""
    return value if isinstance(value, str) else None
