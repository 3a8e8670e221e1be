"""What x/bank is asked to do: pay, and destroy one's own coins."""

from dataclasses import dataclass

from devnet.chain.params import Params
from devnet.chain.tx import Msg, ProtoCoin, check_address, read_coins
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidCoins, InvalidMessage
from devnet.primitives.protobuf import field
from devnet.primitives.types import Address, Coins


@dataclass(frozen=True, slots=True)
class MsgSend(Msg):
    """Pay coins from the signer's account to any other."""

    type_url = "/cosmos.bank.v1beta1.MsgSend"

    from_address: str = field(1, "string")
    to_address: str = field(2, "string")
    amount: tuple[ProtoCoin, ...] = field(3, ProtoCoin, repeated=True)

    def signers(self) -> tuple[Address, ...]:
        """Who pays."""
        return (Address(self.from_address),)

    def validate_basic(self) -> None:
        """Both addresses are bech32; at least one coin, sorted, each above zero."""
        check_address(self.from_address, field="from_address")
        check_address(self.to_address, field="to_address")
        if not self.amount:
            raise InvalidMessage("amount", "there is none; send at least one coin, like 5utgd")
        read_coins(self.amount, field="amount")


@dataclass(frozen=True, slots=True)
class MsgBurn(Msg):
    """Destroy coins of the signer's account; supply falls."""

    type_url = "/devnet.bank.v1.MsgBurn"

    from_address: str = field(1, "string")
    amount: tuple[ProtoCoin, ...] = field(2, ProtoCoin, repeated=True)

    def signers(self) -> tuple[Address, ...]:
        """Whose coins go."""
        return (Address(self.from_address),)

    def validate_basic(self) -> None:
        """The address is bech32; at least one coin, sorted, each above zero."""
        check_address(self.from_address, field="from_address")
        if not self.amount:
            raise InvalidMessage("amount", "there is none; burn at least one coin, like 5utgd")
        read_coins(self.amount, field="amount")


def from_contract(sender: Address, payload: Json) -> Msg:
    """Message of what a contract asks: ``{"send": {...}}`` or ``{"burn": {...}}``.

    A contract may list nothing to send, and then nothing happens; a list that comes to
    nothing is an error (reference: cosmwasm, messages a contract can send).

    Raises
    ------
    InvalidMessage
        Naming the field.
    InvalidCoins
        If a list of coins sums to zero.
    """
    match payload:
        case {"send": body, **rest} if not rest:
            send = Params(body, field="bank.send", known=("to_address", "amount"))
            return MsgSend(sender, send.text("to_address"), _amount(send))
        case {"burn": body, **rest} if not rest:
            burn = Params(body, field="bank.burn", known=("amount",))
            return MsgBurn(sender, _amount(burn))
        case _:
            raise InvalidMessage("bank", "give exactly one of send and burn")


def _amount(params: Params) -> tuple[ProtoCoin, ...]:
    listed = params.items("amount")
    coins: Coins = params.coins("amount")
    if listed and not coins:
        raise InvalidCoins(str(listed), "the list comes to nothing")
    return ProtoCoin.of(coins)
