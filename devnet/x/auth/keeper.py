"""Accounts: the number, next sequence and public key of every address that was ever paid.

Layout (design, section 7): ``0x01 | address`` holds the account; the next account number
stands under the name the Cosmos SDK gives it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devnet.chain.context import Context
from devnet.chain.errors import UnknownAccount
from devnet.crypto.addresses import from_bech32, to_bech32
from devnet.primitives.protobuf import decode, encode, field
from devnet.primitives.types import Address

STORE = "auth"
ACCOUNTS = b"\x01"
NEXT_NUMBER = b"globalAccountNumber"


@dataclass(frozen=True, slots=True)
class Account:
    """What the chain knows of an account.

    Attributes
    ----------
    public_key
        33 bytes; empty until the first transaction brings it.
    number
        Given once, counting from 0; part of every signature.
    sequence
        How many transactions it has paid for, which is what the next one must sign.
    """

    public_key: bytes = field(1, "bytes")
    number: int = field(2, "uint64", always=True)
    sequence: int = field(3, "uint64")


class AccountKeeper:
    """Reads and writes accounts; addresses carry the chain's prefix."""

    def __init__(self, *, prefix: str) -> None:
        self.prefix = prefix

    def find_account(self, ctx: Context, address: Address) -> Account | None:
        """Account at an address, ``None`` if nobody ever paid it."""
        found = ctx.store(STORE).get(ACCOUNTS + from_bech32(address, self.prefix))
        return None if found is None else decode(Account, found)

    def get_account(self, ctx: Context, address: Address) -> Account:
        """Account at an address.

        Raises
        ------
        UnknownAccount
            If nobody ever paid it.
        """
        found = self.find_account(ctx, address)
        if found is None:
            raise UnknownAccount(address)
        return found

    def put_account(self, ctx: Context, address: Address, account: Account) -> None:
        """Store an account."""
        ctx.store(STORE).set(ACCOUNTS + from_bech32(address, self.prefix), encode(account))

    def ensure_account(self, ctx: Context, address: Address) -> None:
        """Open an account with the next number, unless the address has one."""
        store = ctx.store(STORE)
        key = ACCOUNTS + from_bech32(address, self.prefix)
        if store.get(key) is None:
            number = self._next_number(ctx)
            store.set(key, encode(Account(number=number)))
            store.set(NEXT_NUMBER, (number + 1).to_bytes(8))

    def accounts(self, ctx: Context) -> Iterator[tuple[Address, Account]]:
        """All accounts, in the order of their raw addresses."""
        for key, value in ctx.store(STORE).iterate_prefix(ACCOUNTS):
            yield to_bech32(self.prefix, key[1:]), decode(Account, value)

    def import_account(self, ctx: Context, address: Address, account: Account) -> None:
        """Store an account of a genesis document; later ones count on from the highest."""
        self.put_account(ctx, address, account)
        following = max(self._next_number(ctx), account.number + 1)
        ctx.store(STORE).set(NEXT_NUMBER, following.to_bytes(8))

    def _next_number(self, ctx: Context) -> int:
        return int.from_bytes(ctx.store(STORE).get(NEXT_NUMBER) or b"")
