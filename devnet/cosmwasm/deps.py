"""What a contract is handed: storage, queries, addresses; where and by whom it is called.

:class:`Storage`, :class:`RawQuerier` and :class:`Api` are what a host must offer; the rest
is built here from their bytes. ``Env`` and ``MessageInfo`` are spelled as in the cosmwasm
reference, section 6, the query protocol as in section 9.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from devnet.cosmwasm.amounts import COIN, COINS
from devnet.cosmwasm.errors import QueryFailed
from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.types import Address, Coin, Coins, Height, Timestamp

_KEPT = 256
NO_COINS = Coins()


class Storage(Protocol):
    """The contract's own keys and values, as bytes."""

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if absent."""

    def set(self, key: bytes, value: bytes) -> None:
        """Put a value."""

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs in order of keys, ``start`` included, ``end`` excluded."""


class RawQuerier(Protocol):
    """The chain's side of ``query_chain``."""

    def query(self, request: bytes) -> bytes:
        """Doubly wrapped JSON answer of a JSON request."""


class Api(Protocol):
    """What only the host knows: the form of addresses."""

    def addr_validate(self, human: str) -> Address:
        """The address, if it is in its one normal form; else :class:`Refuse`."""

    def addr_canonicalize(self, human: str) -> bytes:
        """Raw bytes of an address; else :class:`Refuse`."""

    def addr_humanize(self, canonical: bytes) -> Address:
        """Text of raw bytes; else :class:`Refuse`."""


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """The block that is being made. ``time`` is in nanoseconds since 1970."""

    height: Height
    time: Timestamp
    chain_id: str


@dataclass(frozen=True, slots=True)
class TransactionInfo:
    """The place of the transaction in its block."""

    index: int


@dataclass(frozen=True, slots=True)
class ContractInfo:
    """The contract that runs."""

    address: Address


@dataclass(frozen=True, slots=True)
class Env:
    """Where a contract runs; ``transaction`` is ``None`` outside of one."""

    block: BlockInfo
    contract: ContractInfo
    transaction: TransactionInfo | None = None

    def to_json(self) -> bytes:
        """The bytes a contract is handed."""
        transaction = self.transaction
        return dumps(
            {
                "block": {
                    "height": self.block.height,
                    "time": str(self.block.time),
                    "chain_id": self.block.chain_id,
                },
                "transaction": None if transaction is None else {"index": transaction.index},
                "contract": {"address": self.contract.address},
            }
        )


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """Who calls, and the coins that were sent along (already in the contract's account)."""

    sender: Address
    funds: Coins = NO_COINS

    def to_json(self) -> bytes:
        """The bytes a contract is handed."""
        return dumps({"sender": self.sender, "funds": COINS.write(self.funds)})


@lru_cache(maxsize=_KEPT)
def read_env(data: bytes) -> Env:
    """``Env`` of the host's bytes."""
    env: Any = loads(data)  # written by the host, whose form is fixed
    block, transaction = env["block"], env.get("transaction")
    return Env(
        BlockInfo(Height(block["height"]), Timestamp(int(block["time"])), block["chain_id"]),
        ContractInfo(Address(env["contract"]["address"])),
        None if transaction is None else TransactionInfo(transaction["index"]),
    )


@lru_cache(maxsize=_KEPT)
def read_info(data: bytes) -> MessageInfo:
    """``MessageInfo`` of the host's bytes."""
    info: Any = loads(data)  # written by the host, whose form is fixed
    return MessageInfo(Address(info["sender"]), COINS.read(info["funds"], None))


class Querier:
    """Questions to the chain and to other contracts, as of this very moment."""

    __slots__ = ("_raw",)

    def __init__(self, raw: RawQuerier) -> None:
        self._raw = raw

    def ask(self, request: Mapping[str, Json]) -> bytes:
        """Answer bytes of any request of the query protocol.

        Raises
        ------
        QueryFailed
            If the request was impossible, or the one asked refused.
        """
        outer: Any = loads(self._raw.query(dumps(request)))  # the protocol fixes the form
        if "error" in outer:
            raise QueryFailed(f"Querier system error: {_system_error(outer['error'])}")
        inner = outer["ok"]
        if "error" in inner:
            raise QueryFailed(f"Querier contract error: {inner['error']}")
        return b64decode(inner["ok"])

    def smart(self, contract: Address, msg: Mapping[str, Json]) -> Json:
        """Answer of another contract to one of its query messages."""
        data = b64encode(dumps(msg)).decode()
        request: Json = {"contract_addr": contract, "msg": data}
        return loads(self.ask({"wasm": {"smart": request}}))

    def raw(self, contract: Address, key: bytes) -> bytes | None:
        """A stored value of another contract, ``None`` if the key is absent."""
        request: Json = {"contract_addr": contract, "key": b64encode(key).decode()}
        return self.ask({"wasm": {"raw": request}}) or None

    def contract_info(self, contract: Address) -> Json:
        """Code id, creator and admin of a contract."""
        return loads(self.ask({"wasm": {"contract_info": {"contract_addr": contract}}}))

    def balance(self, address: Address, denom: str) -> Coin:
        """What an account holds of one denomination."""
        request: Json = {"balance": {"address": address, "denom": denom}}
        answer: Any = loads(self.ask({"bank": request}))  # x/bank fixes the form
        coin: Coin = COIN.read(answer["amount"], None)
        return coin

    def custom(self, request: Mapping[str, Json]) -> Json:
        """Answer of a module of this chain."""
        return loads(self.ask({"custom": dict(request)}))


class Deps:
    """Everything a contract may reach: its storage, the chain, the form of addresses."""

    __slots__ = ("api", "querier", "storage")

    def __init__(self, storage: Storage, querier: Querier, api: Api) -> None:
        self.storage, self.querier, self.api = storage, querier, api


def _system_error(error: Any) -> str:
    """Words of a system error, as the compiled library spells them."""
    match error:
        case {"no_such_contract": {"addr": addr}}:
            return f"No such contract: {addr}"
        case {"no_such_code": {"code_id": code_id}}:
            return f"No such code: {code_id}"
        case {"invalid_request": {"error": text}}:
            return f"Cannot parse request: {text}"
        case {"invalid_response": {"error": text}}:
            return f"Cannot parse response: {text}"
        case {"unsupported_request": {"kind": kind}}:
            return f"Unsupported query type: {kind}"
        case _:
            return "Unknown system error"
