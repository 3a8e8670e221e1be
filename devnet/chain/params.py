"""Reading JSON that came from outside: query parameters and parts of a genesis document.

Each reader names the field that is wrong by its path, like ``bank.balances[2].address``.
"""

from collections.abc import Iterable, Mapping
from typing import Self

from devnet.chain.errors import nearest
from devnet.crypto.addresses import parse_address
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.primitives.types import Address, Coin, Coins, Denom, parse_denom, parse_uint

_MISSING = object()


class Params:
    """An object of named values; ``None`` stands for the empty one.

    Raises
    ------
    InvalidMessage
        If the value is no object, or holds a name that is not known.
    """

    __slots__ = ("_field", "_values")

    def __init__(
        self, value: "Mapping[str, Json] | Json", *, field: str, known: Iterable[str]
    ) -> None:
        values = {} if value is None else value
        if not isinstance(values, Mapping):
            raise InvalidMessage(field, f"{value!r} is no object of named values")
        names = tuple(known)
        for name in values:
            if name not in names:
                raise InvalidMessage(f"{field}.{name}", f"unknown{nearest(name, names)}")
        self._values, self._field = values, field

    def path(self, name: str) -> str:
        """What errors call a value."""
        return f"{self._field}.{name}"

    def text(self, name: str, *, default: str | None = None) -> str:
        """A text."""
        value = self._get(name, default)
        if not isinstance(value, str):
            raise InvalidMessage(self.path(name), f"{value!r} is no text")
        return value

    def uint(self, name: str, *, bits: int, default: int | None = None) -> int:
        """A whole number, given as such or as decimal text."""
        return parse_uint(self._get(name, default), bits=bits, field=self.path(name))

    def address(self, name: str, *, prefix: str) -> Address:
        """An address under the chain's prefix; ``InvalidAddress``."""
        return parse_address(self._get(name, None), prefix, field=self.path(name))

    def denom(self, name: str) -> Denom:
        """A denomination."""
        try:
            return parse_denom(self._get(name, None))
        except InvalidCoins as err:
            raise InvalidMessage(self.path(name), err.reason) from None

    def coins(self, name: str) -> Coins:
        """Coins as a list of ``{"denom", "amount"}``; see :func:`coins_of_json`."""
        return coins_of_json(self._get(name, None), field=self.path(name))

    def records(self, name: str, *, known: Iterable[str]) -> list[Self]:
        """A list of objects; absent means none."""
        names = tuple(known)
        return [
            type(self)(item, field=f"{self.path(name)}[{n}]", known=names)
            for n, item in enumerate(self.items(name))
        ]

    def items(self, name: str) -> list[Json]:
        """A list of anything; absent means none."""
        value = self._values.get(name, [])
        if not isinstance(value, list):
            raise InvalidMessage(self.path(name), f"{value!r} is no list")
        return value

    def _get(self, name: str, default: object) -> object:
        value = self._values.get(name, _MISSING)
        if value is not _MISSING:
            return value
        if default is None:
            raise InvalidMessage(self.path(name), "missing; give it")
        return default


def coins_of_json(value: object, *, field: str) -> Coins:
    """Coins of a list of ``{"denom": text, "amount": text}``: summed, zeros dropped.

    Raises
    ------
    InvalidMessage
        Naming the entry that is no coin.
    """
    if not isinstance(value, list):
        raise InvalidMessage(field, f"{value!r} is no list of coins")
    found: list[Coin] = []
    for number, item in enumerate(value):
        coin = Params(item, field=f"{field}[{number}]", known=("denom", "amount"))
        found.append(Coin(coin.denom("denom"), coin.uint("amount", bits=128)))
    try:
        return Coins.of(found)
    except InvalidCoins as err:
        raise InvalidMessage(field, err.reason) from None


def coin_to_json(coin: Coin) -> Json:
    """JSON of a coin: the amount is text, as in the Cosmos SDK and CosmWasm."""
    return {"denom": str(coin.denom), "amount": str(coin.amount)}


def coins_to_json(coins: Iterable[Coin]) -> list[Json]:
    """JSON of coins, in their order."""
    return [coin_to_json(coin) for coin in coins]
