"""A wasm keeper with contracts made of Python: Authorities that list, Slashings that hear."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devnet.chain.context import Context
from devnet.crypto.addresses import to_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.errors import TxError
from devnet.primitives.types import Address, Power
from devnet.x.validator.types import Validator

PREFIX = "tgrade"


class ContractSaidNo(TxError):
    """A refusal of a fake contract."""

    codespace, code = "wasm", 5


@dataclass(frozen=True)
class Listed:
    """A contract on record."""

    address: Address
    label: str


@dataclass
class FakeWasm:
    """Contracts by address; answers to ``list_validators`` and effects of ``sudo``."""

    sets: dict[Address, Any] = field(default_factory=dict)
    """What each Authority lists: validators, or any JSON in place of an answer."""
    sudos: dict[Address, Callable[[Context, Any], None]] = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)

    def find_contract(self, ctx: Context, address: str) -> Listed | None:
        known = {**self.sets, **self.sudos}
        return Listed(Address(address), "fake") if address in known else None

    def query_smart(self, ctx: Context, contract: str, msg: bytes) -> bytes:
        ctx.gas.consume(1000, "query")
        asked: Any = loads(msg)
        self.asked.append(asked)
        answer = self.sets.get(Address(contract))
        if answer is None:
            raise ContractSaidNo("no such query: query wasm contract failed")
        if not isinstance(answer, list) or not all(isinstance(v, Validator) for v in answer):
            return dumps(answer)
        bounds = asked["list_validators"]
        operators = [v.operator for v in answer]
        after = bounds["start_after"]
        start = 0 if after is None else operators.index(after) + 1
        page = answer[start : start + bounds["limit"]]
        return dumps({"validators": [entry(v) for v in page]})

    def sudo(self, ctx: Context, contract: str, msg: bytes) -> bytes | None:
        self.sudos[Address(contract)](ctx, loads(msg))
        return None


def address_of(name: str) -> Address:
    return to_bech32(PREFIX, sha256(name.encode())[:20])


def validator(name: str, power: int, *, key: str = "") -> Validator:
    """An entry by name; the key follows from the name unless another is given."""
    pub_key = sha256(f"key of {key or name}".encode())
    return Validator(address_of(name), pub_key, Power(power))


def entry(wish: Validator) -> dict[str, Any]:
    """The same in JSON."""
    pubkey = b64encode(wish.pub_key).decode()
    return {"operator": wish.operator, "pubkey": pubkey, "weight": wish.power}
