"""The words of the house as types: addresses, coins, heights, weights, powers.

Conversion happens once, at the boundary: ``parse_*`` turns what a user typed into a
checked value and names the field that was wrong. Nothing here knows an encoding.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NewType, Self

from devnet.primitives.errors import InvalidCoins, InvalidMessage

Address = NewType("Address", str)
"""bech32 text, already checked."""
ConsAddress = NewType("ConsAddress", bytes)
"""First 20 bytes of SHA-256 of an ed25519 key; shown in upper-case hex."""
Denom = NewType("Denom", str)
Height = NewType("Height", int)
Timestamp = NewType("Timestamp", int)
"""Nanoseconds since 1970 of block time, never of the wall clock."""
Weight = NewType("Weight", int)
"""uint64; what a group gives a member."""
Power = NewType("Power", int)
"""0 .. 2**60 - 1, a whole validator set together."""

MAX_UINT64 = 2**64 - 1
MAX_UINT128 = 2**128 - 1
MAX_TOTAL_POWER = 2**60 - 1
"""The consensus engine's limit: MaxInt64 / 8 (CometBFT, types/validator_set)."""
SECOND = 1_000_000_000
"""Nanoseconds in a second."""

_DENOM = re.compile(r"[a-zA-Z][a-zA-Z0-9/:._-]{2,127}")
_COIN = re.compile(r"([0-9]+)([a-zA-Z][a-zA-Z0-9/:._-]{2,127})")
_DIGITS = re.compile(r"[0-9]+")
_LONGEST = 100


def parse_uint(value: object, *, bits: int, field: str) -> int:
    """Whole number from ``0`` to ``2**bits - 1``, given as ``int`` or decimal text.

    Raises
    ------
    InvalidMessage
        For anything else: floats, booleans, signs, blanks, numbers out of range.
    """
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = parse_digits(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidMessage(field, f"{value!r} is no whole number; give digits only, like 100")
    if not 0 <= value < 1 << bits:
        raise InvalidMessage(field, f"{value} is outside 0 .. 2**{bits} - 1")
    return value


def parse_digits(digits: str) -> int:
    """Number of a text of digits; one of more than a hundred is given as ``10**100``.

    Such a number is out of every range here, and Python refuses to read it when it is
    longer still.
    """
    return int(digits) if len(digits) <= _LONGEST else 10**_LONGEST


def parse_denom(text: object) -> Denom:
    """Denomination of a coin: 3 to 128 letters, digits and ``/:._-``, a letter first.

    Raises
    ------
    InvalidCoins
        If the text has another form (Cosmos SDK, ``ValidateDenom``).
    """
    if not isinstance(text, str) or not _DENOM.fullmatch(text):
        raise InvalidCoins(text, "a denomination is 3 to 128 letters and digits, like utgd")
    return Denom(text)


@dataclass(frozen=True, slots=True)
class Coin:
    """An amount of one token; ``amount`` is a uint128 in the smallest unit."""

    denom: Denom
    amount: int

    def __str__(self) -> str:
        return f"{self.amount}{self.denom}"

    __repr__ = __str__

    @classmethod
    def parse(cls, text: object) -> Self:
        """Coin of a text like ``5utgd``.

        Raises
        ------
        InvalidCoins
            If the text is not digits followed by a denomination, or passes 2**128 - 1.
        """
        match = _COIN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise InvalidCoins(text, "write digits and the denomination together, like 5utgd")
        amount = parse_digits(match[1])
        if amount > MAX_UINT128:
            raise InvalidCoins(text, "the amount passes 2**128 - 1")
        return cls(parse_denom(match[2]), amount)


@dataclass(frozen=True, slots=True)
class Coins:
    """Amounts of several tokens: sorted by denomination, each once, none zero."""

    items: tuple[Coin, ...] = ()

    @classmethod
    def of(cls, coins: Iterable[Coin]) -> Self:
        """Sum of any coins: equal denominations are added, zeros dropped.

        Raises
        ------
        InvalidCoins
            If a sum passes 2**128 - 1 or an amount is negative.
        """
        sums: dict[Denom, int] = {}
        for coin in coins:
            if coin.amount < 0:
                raise InvalidCoins(str(coin), "an amount is never negative")
            sums[coin.denom] = sums.get(coin.denom, 0) + coin.amount
        for denom, amount in sums.items():
            if amount > MAX_UINT128:
                raise InvalidCoins(f"{amount}{denom}", "the amount passes 2**128 - 1")
        return cls(tuple(Coin(denom, sums[denom]) for denom in sorted(sums) if sums[denom]))

    @classmethod
    def parse(cls, text: object) -> Self:
        """Coins of a text like ``5utgd`` or ``5utgd,3uatom``; the empty text is none.

        Raises
        ------
        InvalidCoins
            If a part is no coin, is zero, or a denomination stands twice.
        """
        if isinstance(text, cls):
            return text
        if isinstance(text, Coin):
            return cls.of([text])
        if not isinstance(text, str):
            raise InvalidCoins(text, "write coins as text, like '5utgd' or '5utgd,3uatom'")
        parts = [Coin.parse(part.strip()) for part in text.split(",")] if text.strip() else []
        if any(coin.amount == 0 for coin in parts):
            raise InvalidCoins(text, "an amount of zero is left out")
        if len({coin.denom for coin in parts}) < len(parts):
            raise InvalidCoins(text, "a denomination stands twice; add the amounts")
        return cls.of(parts)

    def amount_of(self, denom: str) -> int:
        """Amount of one denomination, zero if there is none."""
        return next((coin.amount for coin in self.items if coin.denom == denom), 0)

    def __getitem__(self, denom: str) -> int:
        return self.amount_of(denom)

    def __iter__(self) -> Iterator[Coin]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __add__(self, other: "Coins") -> "Coins":
        return Coins.of((*self.items, *other.items))

    def __str__(self) -> str:
        return ",".join(str(coin) for coin in self.items)

    def __repr__(self) -> str:
        return str(self) or "no coins"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            try:
                return self == Coins.parse(other)
            except InvalidCoins:
                return False
        return self.items == other.items if isinstance(other, Coins) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.items)
