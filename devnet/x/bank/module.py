"""x/bank as a module: its messages, questions about coins, balances in genesis."""

from collections.abc import Mapping

from devnet.chain.context import Context
from devnet.chain.module import Description, Encoder, Handler, Module, QueryHandler
from devnet.chain.params import Params, coin_to_json, coins_to_json
from devnet.chain.tx import Msg, MsgResult, read_coins
from devnet.crypto.addresses import parse_address, to_bech32
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Coin
from devnet.x.bank.keeper import BALANCES, SUPPLY, BankKeeper, split_balance_key
from devnet.x.bank.messages import MsgBurn, MsgSend, from_contract


class BankModule(Module):
    """Coins of users, contracts and modules."""

    name = "bank"

    def __init__(self, keeper: BankKeeper) -> None:
        self._keeper = keeper

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        """``MsgSend`` and ``MsgBurn``."""
        return {MsgSend: self._send, MsgBurn: self._burn}

    def contract_messages(self) -> Mapping[str, Encoder]:
        """``{"bank": {"send": ...}}`` and ``{"bank": {"burn": ...}}``."""
        return {"bank": from_contract}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        """``balance {address, denom}``, ``all_balances {address}``, ``supply {denom}``.

        Their answers are those CosmWasm contracts expect.
        """
        return {"balance": self._balance, "all_balances": self._all, "supply": self._supply}

    def init_genesis(self, ctx: Context, state: Json) -> None:
        """Put the balances of a genesis document; a supply, if given, must be their sum."""
        genesis = Params(state, field="bank", known=("balances", "supply"))
        for entry in genesis.records("balances", known=("address", "coins")):
            address = entry.address("address", prefix=self._keeper.prefix)
            self._keeper.import_balance(ctx, address, entry.coins("coins"))
        if genesis.items("supply"):
            total = self._keeper.total_supply(ctx)
            if genesis.coins("supply") != total:
                raise InvalidMessage("bank.supply", f"the balances add up to {total}")

    def export_genesis(self, ctx: Context) -> Json:
        """All balances and their sum."""
        held: dict[Address, list[Coin]] = {}
        for address, coin in self._keeper.holders(ctx):
            held.setdefault(address, []).append(coin)
        balances: list[Json] = [
            {"address": address, "coins": coins_to_json(coins)} for address, coins in held.items()
        ]
        return {"balances": balances, "supply": coins_to_json(self._keeper.total_supply(ctx))}

    def describe(self, key: bytes, value: bytes) -> Description:
        """Put a balance or a supply in words."""
        if key[:1] == SUPPLY:
            return Description(f"supply of {key[1:].decode()}", value.decode())
        if key[:1] == BALANCES:
            raw, denom = split_balance_key(key)
            address = to_bech32(self._keeper.prefix, raw)
            return Description(f"balance of {address} in {denom.decode()}", value.decode())
        return super().describe(key, value)

    def _send(self, ctx: Context, msg: MsgSend) -> MsgResult:
        prefix = self._keeper.prefix
        sender = parse_address(msg.from_address, prefix, field="from_address")
        recipient = parse_address(msg.to_address, prefix, field="to_address")
        self._keeper.send(ctx, sender, recipient, read_coins(msg.amount, field="amount"))
        return MsgResult()

    def _burn(self, ctx: Context, msg: MsgBurn) -> MsgResult:
        burner = parse_address(msg.from_address, self._keeper.prefix, field="from_address")
        self._keeper.burn_from(ctx, burner, read_coins(msg.amount, field="amount"))
        return MsgResult()

    def _balance(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        asked = Params(params, field="balance", known=("address", "denom"))
        address = asked.address("address", prefix=self._keeper.prefix)
        held = self._keeper.get_balance(ctx, address, asked.denom("denom"))
        return {"amount": coin_to_json(held)}

    def _all(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        asked = Params(params, field="all_balances", known=("address",))
        address = asked.address("address", prefix=self._keeper.prefix)
        return {"amount": coins_to_json(self._keeper.balances(ctx, address))}

    def _supply(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        asked = Params(params, field="supply", known=("denom",))
        return {"amount": coin_to_json(self._keeper.get_supply(ctx, asked.denom("denom")))}
