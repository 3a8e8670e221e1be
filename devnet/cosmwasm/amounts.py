"""Amounts on the wire: decimals, one coin, several coins."""

from typing import Any

from devnet.cosmwasm.errors import Overflow
from devnet.cosmwasm.wire import Check, Kind, Resolve, TextNumber
from devnet.primitives.canonical_json import Json
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import MAX_UINT128, Coin, Coins, Denom


class DecimalText(Kind):
    """A decimal of 18 places, as text."""

    name = "decimal, written as text, like '0.05'"

    def read(self, value: Json, check: Check) -> Decimal:  # noqa: ARG002
        """The decimal."""
        if type(value) is not str:
            raise self.refuse(value)
        return Decimal.parse(value, field="")

    def write(self, value: Any) -> Json:
        """The shortest text."""
        if not isinstance(value, Decimal):
            raise self.refuse(value)
        if not 0 <= value.atomics <= MAX_UINT128:
            raise Overflow(f"{value}", "a decimal here is 0 .. (2**128 - 1) / 10**18")
        return str(value)

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002
        """A decimal, its text, or a whole number."""
        typed = str(value) if type(value) is int else value
        return str(Decimal.parse(typed, field=""))


class CoinObject(Kind):
    """One coin: denomination and amount."""

    name = "coin, like {'denom': 'utgd', 'amount': '5'}"
    _amount = TextNumber(128)

    def read(self, value: Json, check: Check) -> Coin:
        """The coin."""
        if not isinstance(value, dict) or value.keys() != {"denom", "amount"}:
            raise self.refuse(value)
        denom = value["denom"]
        if type(denom) is not str:
            raise self.refuse(value)
        return Coin(Denom(denom), self._amount.read(value["amount"], check))

    def write(self, value: Any) -> Json:
        """The object."""
        if not isinstance(value, Coin):
            raise self.refuse(value)
        return {"denom": value.denom, "amount": self._amount.write(value.amount)}

    def draft(self, value: object, resolve: Resolve) -> Json:  # noqa: ARG002
        """A coin, its text or its object."""
        if isinstance(value, dict):
            return self.write(self.read(value, None))
        return self.write(value if isinstance(value, Coin) else Coin.parse(value))


class CoinList(Kind):
    """Several coins: sorted, each denomination once, none zero."""

    name = "list of coins"
    _coin = CoinObject()

    def read(self, value: Json, check: Check) -> Coins:
        """The sum of the list."""
        if not isinstance(value, list):
            raise self.refuse(value)
        return Coins.of(self._coin.read(item, check) for item in value) if value else Coins()

    def write(self, value: Any) -> Json:
        """The list."""
        if not isinstance(value, Coins):
            raise self.refuse(value)
        return [self._coin.write(coin) for coin in value]

    def draft(self, value: object, resolve: Resolve) -> Json:
        """Coins, their text, or a list in any of these spellings."""
        if isinstance(value, list | tuple):
            drafts = [self._coin.draft(item, resolve) for item in value]
            return self.write(self.read(drafts, None))
        return self.write(Coins.parse(value))


COIN, COINS, DECIMAL = CoinObject(), CoinList(), DecimalText()
