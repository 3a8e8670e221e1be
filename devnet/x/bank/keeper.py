"""Coins: who holds how much, and how much there is.

Layout (design, section 7): ``0x00 | denom`` holds the supply of a token and
``0x02 | length | address | denom`` a balance, both as decimal text; what is zero is not
stored. Whatever moves, the balances of a token add up to its supply. Events are those of
the Cosmos SDK's x/bank.
"""

from collections.abc import Iterator
from typing import Protocol

from devnet.abci import Event
from devnet.chain.context import Context
from devnet.chain.errors import InsufficientFunds
from devnet.chain.gas import MeteredStore
from devnet.crypto.addresses import from_bech32, module_address, to_bech32
from devnet.primitives.errors import InvalidCoins
from devnet.primitives.types import MAX_UINT128, Address, Coin, Coins, Denom

STORE = "bank"
SUPPLY = b"\x00"
BALANCES = b"\x02"


class AccountKeeper(Protocol):
    """What x/bank needs of x/auth."""

    def ensure_account(self, ctx: Context, address: Address) -> None:
        """Open an account for who receives coins for the first time."""


class BankKeeper:
    """Moves, makes and destroys coins; addresses carry the chain's prefix."""

    def __init__(self, accounts: AccountKeeper, *, prefix: str) -> None:
        self._accounts = accounts
        self.prefix = prefix

    def module_account(self, module: str) -> Address:
        """Address of a module's account, to which any coins may be sent."""
        return to_bech32(self.prefix, module_address(module))

    def get_balance(self, ctx: Context, address: Address, denom: str) -> Coin:
        """What an address holds of one token, zero included."""
        key = self._holder(address) + denom.encode()
        return Coin(Denom(denom), _amount(ctx.store(STORE), key))

    def balances(self, ctx: Context, address: Address) -> Coins:
        """All an address holds."""
        holder = self._holder(address)
        found = ctx.store(STORE).iterate_prefix(holder)
        return Coins(tuple(_coin(key[len(holder) :], value) for key, value in found))

    def get_supply(self, ctx: Context, denom: str) -> Coin:
        """How much there is of one token, zero included."""
        return Coin(Denom(denom), _amount(ctx.store(STORE), SUPPLY + denom.encode()))

    def total_supply(self, ctx: Context) -> Coins:
        """How much there is of every token."""
        found = ctx.store(STORE).iterate_prefix(SUPPLY)
        return Coins(tuple(_coin(key[1:], value) for key, value in found))

    def holders(self, ctx: Context) -> Iterator[tuple[Address, Coin]]:
        """Every balance, by raw address and then denomination."""
        for key, value in ctx.store(STORE).iterate_prefix(BALANCES):
            raw, denom = split_balance_key(key)
            yield to_bech32(self.prefix, raw), _coin(denom, value)

    def send(self, ctx: Context, sender: Address, recipient: Address, coins: Coins) -> None:
        """Move coins; who never received any gets an account. No coins: nothing happens.

        Raises
        ------
        InsufficientFunds
            If the sender holds less of any of them; then give up the branch.
        """
        if not coins:
            return
        amount = str(coins)
        self._take(ctx, sender, coins, amount=amount)
        self._give(ctx, recipient, coins, amount=amount)
        self._accounts.ensure_account(ctx, recipient)
        ctx.emit(Event.of("transfer", recipient=recipient, sender=sender, amount=amount))

    def send_to_module(self, ctx: Context, sender: Address, module: str, coins: Coins) -> None:
        """Move coins of an account to a module's account; ``InsufficientFunds``."""
        self.send(ctx, sender, self.module_account(module), coins)

    def send_from_module(self, ctx: Context, module: str, to: Address, coins: Coins) -> None:
        """Move coins of a module's account to an account; ``InsufficientFunds``."""
        self.send(ctx, self.module_account(module), to, coins)

    def mint(self, ctx: Context, module: str, coins: Coins) -> None:
        """Make coins, in a module's account.

        Raises
        ------
        InvalidCoins
            If the supply of a token would pass 2**128 - 1.
        """
        if not coins:
            return
        amount, minter = str(coins), self.module_account(module)
        store = ctx.store(STORE)
        for coin in coins:
            _add_supply(store, coin)
        self._give(ctx, minter, coins, amount=amount)
        self._accounts.ensure_account(ctx, minter)
        ctx.emit(Event.of("coinbase", minter=minter, amount=amount))

    def burn(self, ctx: Context, module: str, coins: Coins) -> None:
        """Destroy coins of a module's account; ``InsufficientFunds``."""
        self.burn_from(ctx, self.module_account(module), coins)

    def burn_from(self, ctx: Context, address: Address, coins: Coins) -> None:
        """Destroy coins of any account, whose owner asked for it; ``InsufficientFunds``."""
        if not coins:
            return
        amount = str(coins)
        self._take(ctx, address, coins, amount=amount)
        store = ctx.store(STORE)
        for coin in coins:
            key = SUPPLY + coin.denom.encode()
            _put(store, key, _amount(store, key) - coin.amount)
        ctx.emit(Event.of("burn", burner=address, amount=amount))

    def import_balance(self, ctx: Context, address: Address, coins: Coins) -> None:
        """Add coins of a genesis document to a balance and to the supply; no events."""
        store, holder = ctx.store(STORE), self._holder(address)
        for coin in coins:
            _add_supply(store, coin)
            key = holder + coin.denom.encode()
            _put(store, key, _amount(store, key) + coin.amount)
        self._accounts.ensure_account(ctx, address)

    def _holder(self, address: Address) -> bytes:
        raw = from_bech32(address, self.prefix)
        return BALANCES + bytes((len(raw),)) + raw

    def _take(self, ctx: Context, address: Address, coins: Coins, *, amount: str) -> None:
        store, holder = ctx.store(STORE), self._holder(address)
        held = [(coin, _amount(store, holder + coin.denom.encode())) for coin in coins]
        for coin, amount_held in held:
            if amount_held < coin.amount:
                has = Coins.of(Coin(each.denom, there) for each, there in held)
                raise InsufficientFunds(address, has, coins)
        for coin, amount_held in held:
            _put(store, holder + coin.denom.encode(), amount_held - coin.amount)
        ctx.emit(Event.of("coin_spent", spender=address, amount=amount))

    def _give(self, ctx: Context, address: Address, coins: Coins, *, amount: str) -> None:
        store, holder = ctx.store(STORE), self._holder(address)
        for coin in coins:
            key = holder + coin.denom.encode()
            # No overflow: a balance is part of the supply, which mint holds in bounds.
            store.set(key, str(_amount(store, key) + coin.amount).encode())
        ctx.emit(Event.of("coin_received", receiver=address, amount=amount))


def split_balance_key(key: bytes) -> tuple[bytes, bytes]:
    """Raw address and denomination of a balance's key."""
    end = 2 + key[1]
    return key[2:end], key[end:]


def _amount(store: MeteredStore, key: bytes) -> int:
    found = store.get(key)
    return 0 if found is None else int(found)


def _put(store: MeteredStore, key: bytes, amount: int) -> None:
    if amount:
        store.set(key, str(amount).encode())
    else:
        store.delete(key)


def _add_supply(store: MeteredStore, coin: Coin) -> None:
    key = SUPPLY + coin.denom.encode()
    supply = _amount(store, key) + coin.amount
    if supply > MAX_UINT128:
        raise InvalidCoins(f"{supply}{coin.denom}", "the supply would pass 2**128 - 1")
    store.set(key, str(supply).encode())


def _coin(denom: bytes, value: bytes) -> Coin:
    return Coin(Denom(denom.decode()), int(value))
