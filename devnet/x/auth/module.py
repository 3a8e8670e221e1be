"""x/auth as a module: accounts in genesis, and questions about them."""

import base64
from collections.abc import Mapping

from devnet.chain.context import Context
from devnet.chain.errors import UnknownAccount
from devnet.chain.module import Description, Module, QueryHandler
from devnet.chain.params import Params
from devnet.crypto.addresses import to_bech32
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import decode
from devnet.primitives.types import Address
from devnet.x.auth.keeper import ACCOUNTS, NEXT_NUMBER, Account, AccountKeeper


class AuthModule(Module):
    """Accounts; the ante handler is handed to the application, not routed."""

    name = "auth"

    def __init__(self, keeper: AccountKeeper) -> None:
        self._keeper = keeper

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        """``account {address}``, and ``accounts``, which is all of them."""
        return {"account": self._account, "accounts": self._accounts}

    def init_genesis(self, ctx: Context, state: Json) -> None:
        """Open the accounts of a genesis document; holders of coins get theirs by x/bank."""
        genesis = Params(state, field="auth", known=("accounts",))
        for account in genesis.records("accounts", known=tuple(_as_json("", Account()))):
            address = account.address("address", prefix=self._keeper.prefix)
            key = account.text("pub_key", default="")
            try:
                public_key = base64.b64decode(key, validate=True)
            except ValueError:
                raise InvalidMessage(account.path("pub_key"), f"{key!r} is no base64") from None
            number = account.uint("account_number", bits=64)
            sequence = account.uint("sequence", bits=64)
            self._keeper.import_account(ctx, address, Account(public_key, number, sequence))

    def export_genesis(self, ctx: Context) -> Json:
        """All accounts with their numbers, sequences and keys."""
        return {"accounts": [_as_json(a, account) for a, account in self._keeper.accounts(ctx)]}

    def describe(self, key: bytes, value: bytes) -> Description:
        """Put an account, or the next account number, in words."""
        if key == NEXT_NUMBER:
            return Description("next account number", str(int.from_bytes(value)))
        if key[:1] == ACCOUNTS:
            account = decode(Account, value)
            return Description(
                f"account {to_bech32(self._keeper.prefix, key[1:])}",
                f"number {account.number}, sequence {account.sequence}",
            )
        return super().describe(key, value)

    def _account(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        asked = Params(params, field="account", known=("address",))
        address = asked.address("address", prefix=self._keeper.prefix)
        account = self._keeper.find_account(ctx, address)
        if account is None:
            raise UnknownAccount(address)
        return {"account": _as_json(address, account)}

    def _accounts(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        Params(params, field="accounts", known=())
        return self.export_genesis(ctx)


def _as_json(address: Address | str, account: Account) -> dict[str, Json]:
    return {
        "address": address,
        "pub_key": base64.b64encode(account.public_key).decode(),
        "account_number": str(account.number),
        "sequence": str(account.sequence),
    }
