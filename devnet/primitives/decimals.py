"""Decimals of 18 places: whole numbers inside, rounded down unless told otherwise.

The CosmWasm ``Decimal`` (reference: cosmwasm, JSON conventions): text with up to 18
fractional digits, no exponent, trailing zeros dropped. Roots and exponentials are not
here; they belong to the curves.
"""

import re
from dataclasses import dataclass
from typing import Self

from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import MAX_UINT128, parse_digits

PLACES = 18
ONE: int = 10**PLACES
_TEXT = re.compile(r"([0-9]+)(?:\.([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True, order=True)
class Decimal:
    """A fraction ``atomics / 10**18``; ``atomics`` is a uint128."""

    atomics: int

    @classmethod
    def parse(cls, text: object, *, field: str = "decimal") -> Self:
        """Decimal of a text like ``0.05`` or ``1``; a decimal passes through.

        Raises
        ------
        InvalidMessage
            For floats, signs, exponents, more than 18 places, or a value out of range.
        """
        if isinstance(text, cls):
            return text
        match = _TEXT.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise InvalidMessage(
                field, f"{text!r} is no decimal; write a text with up to 18 places, like '0.05'"
            )
        atomics = parse_digits(match[1]) * ONE + int((match[2] or "").ljust(PLACES, "0"))
        if atomics > MAX_UINT128:
            raise InvalidMessage(field, f"{text} is beyond the range of a decimal")
        return cls(atomics)

    @classmethod
    def from_ratio(cls, numerator: int, denominator: int) -> Self:
        """``numerator / denominator``, rounded down at the 18th place.

        Raises
        ------
        InvalidMessage
            For a division by zero, a negative number, or a value out of range.
        """
        if denominator == 0:
            raise InvalidMessage("decimal", "division by zero")
        atomics = numerator * ONE // denominator
        if not 0 <= atomics <= MAX_UINT128:
            raise InvalidMessage(
                "decimal", f"{numerator} / {denominator} is beyond the range of a decimal"
            )
        return cls(atomics)

    def times(self, amount: int) -> int:
        """Whole part of ``amount * self``, rounded down."""
        return amount * self.atomics // ONE

    def __str__(self) -> str:
        whole, fraction = divmod(self.atomics, ONE)
        digits = f"{fraction:018d}".rstrip("0")
        return f"{whole}.{digits}" if digits else str(whole)

    __repr__ = __str__
