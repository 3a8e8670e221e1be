"""A chain for tests of contracts: dicts for stores, depth-first dispatch, no blocks of its own.

Enough of x/wasm, x/bank and x/validator to let real contracts talk to one another, and
nothing that could hide a mistake of theirs: every call starts from stored bytes, and a
failed message leaves nothing behind.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from devnet.cosmwasm.deps import BlockInfo, ContractInfo, Env, MessageInfo, TransactionInfo
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import Event, Response, SubMsg, read_answer, read_result
from devnet.cosmwasm.runtime import Call
from devnet.cosmwasm.schema import EntryPoint
from devnet.crypto.addresses import contract_address, to_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.errors import TxError
from devnet.primitives.types import SECOND, Address, Coin, Coins, Height, Timestamp
from devnet.vm.python_code import source_of
from devnet.vm.python_runtime import PythonRuntime

PREFIX = "tgrade"
GENESIS = 1_704_067_200 * SECOND
RUNTIME = PythonRuntime(PREFIX)
"""One for all tests: it keeps nothing but compiled classes, by checksum."""
OFFICES = ("admin", "authority", "distribution", "slashing")


class HostError(TxError):
    """Something the host refuses: bank, missing contract, message nobody takes."""


class Gas:
    """A meter with a limit."""

    def __init__(self, limit: int = 50_000_000) -> None:
        self.used, self.limit = 0, limit

    def consume(self, amount: int, what: str) -> None:
        self.used += amount
        if self.used > self.limit:
            raise HostError(f"out of gas in {what}")


class Store(dict[bytes, bytes]):
    """A contract's keys and values."""

    def set(self, key: bytes, value: bytes) -> None:
        self[key] = value

    def delete(self, key: bytes) -> None:
        self.pop(key, None)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        keys = [k for k in self if (start is None or k >= start) and (end is None or k < end)]
        return iter([(key, self[key]) for key in sorted(keys, reverse=reverse)])


@dataclass
class State:
    """Everything a failed message takes back."""

    stores: dict[str, Store] = field(default_factory=dict)
    codes: dict[str, bytes] = field(default_factory=dict)
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    burned: dict[str, int] = field(default_factory=dict)
    offices: dict[str, str | None] = field(default_factory=lambda: dict.fromkeys(OFFICES))
    diffs: list[tuple[int, list[Any]]] = field(default_factory=list)


@dataclass
class Result:
    """What a call did: events with their contract, and its data."""

    events: list[tuple[str, Event]] = field(default_factory=list)
    data: bytes | None = None

    def attributes(self) -> dict[str, str]:
        """Attributes of the called contract."""
        return next((dict(e.attributes) for _, e in self.events if e.type == "wasm"), {})

    def of(self, type_: str) -> list[dict[str, str]]:
        """Events of one type, by their attributes."""
        return [dict(event.attributes) for _, event in self.events if event.type == type_]


class ContractChain:
    """The world contracts live in; move it on with ``step``."""

    def __init__(self) -> None:
        self.runtime = RUNTIME
        self.state = State()
        self.height, self.time = 10, GENESIS
        self.names: dict[str, str] = {}
        self.calls: list[tuple[str, str, Any]] = []
        self.has_validator_module = True

    def account(self, name: str, funds: str = "") -> Address:
        """An account's address; with coins if given."""
        address = to_bech32(PREFIX, sha256(name.encode())[:20])
        self.names[address] = name
        for coin in Coins.parse(funds):
            self._add(address, coin.denom, coin.amount)
        return address

    def step(self, blocks: int = 1, *, seconds: int = 5) -> None:
        """The next block, or the one after so many."""
        self.height += blocks
        self.time += blocks * seconds * SECOND

    def balance(self, address: str, denom: str = "utgd") -> int:
        return self.state.balances.get((address, denom), 0)

    def instantiate(
        self, code: ModuleType | type | bytes, *, sender: str, funds: str = "", **fields: Any
    ) -> Address:
        """An instance of a contract, its message built from the schema."""
        source = code if isinstance(code, bytes) else source_of(code)
        number = len(self.state.codes) + 1
        address = to_bech32(PREFIX, contract_address(1, number))
        schema = self.runtime.schema(source, sha256(source))
        assert schema is not None
        msg = schema.build("instantiate", "", fields, str)
        with self._atomic():
            self.state.codes[address] = source
            self.state.stores[address] = Store()
            self._move(sender, address, Coins.parse(funds))
            self._call(address, "instantiate", msg, sender=sender, funds=Coins.parse(funds))
        return address

    def execute(
        self, contract: str, name: str, *, sender: str, funds: str = "", **fields: Any
    ) -> Result:
        """One message as one transaction."""
        msg = self._schema(contract).build("execute", name, fields, str)
        return self.send(contract, msg, sender=sender, funds=funds)

    def send(self, contract: str, msg: Any, *, sender: str, funds: str = "") -> Result:
        """One raw message as one transaction."""
        with self._atomic():
            self._move(sender, contract, Coins.parse(funds))
            return self._call(contract, "execute", msg, sender=sender, funds=Coins.parse(funds))

    def sudo(self, contract: str, name: str, **fields: Any) -> Result:
        """A call by the chain itself."""
        msg = self._schema(contract).build("sudo", name, fields, str)
        with self._atomic():
            return self._call(contract, "sudo", msg)

    def query(self, contract: str, name: str, **fields: Any) -> Any:
        """A typed answer."""
        schema = self._schema(contract)
        return schema.decode_answer(
            name, self.ask(contract, schema.build("query", name, fields, str))
        )

    def ask(self, contract: str, msg: Any) -> Any:
        """The JSON answer to a raw query."""
        return loads(self._query(contract, dumps(msg)))

    def validators(self) -> dict[str, int]:
        """Power by operator that follows from all diffs."""
        powers: dict[str, int] = {}
        for _, diffs in self.state.diffs:
            powers |= {diff["operator"]: diff["weight"] for diff in diffs}
        return {operator: power for operator, power in powers.items() if power}

    def storage(self, contract: str) -> Store:
        return self.state.stores[contract]

    def _schema(self, contract: str) -> Any:
        code = self.state.codes[contract]
        return self.runtime.schema(code, sha256(code))

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        before = deepcopy(self.state)
        try:
            yield
        except BaseException:
            self.state = before
            raise

    def _run(self, contract: str, entry_point: EntryPoint, msg: bytes, info: bytes | None) -> bytes:
        if contract not in self.state.codes:
            raise HostError(f"no such contract: {contract}")
        code = self.state.codes[contract]
        env = Env(
            BlockInfo(Height(self.height), Timestamp(self.time), "test-1"),
            ContractInfo(Address(contract)),
            TransactionInfo(0),
        )
        call = Call(
            entry_point,
            env.to_json(),
            info,
            msg,
            self.state.stores[contract],
            _ChainQuerier(self),
            Gas(),
            read_only=entry_point == "query",
        )
        return self.runtime.run(code, sha256(code), call)

    def _call(
        self,
        contract: str,
        entry_point: EntryPoint,
        msg: Any,
        *,
        sender: str | None = None,
        funds: Coins | None = None,
    ) -> Result:
        info = None
        if sender is not None:
            info = MessageInfo(Address(sender), funds or Coins()).to_json()
        self.calls.append((contract, entry_point, msg))
        response = read_result(self._run(contract, entry_point, dumps(msg), info))
        return self._finish(contract, response)

    def _finish(self, contract: str, response: Response) -> Result:
        result = Result(data=response.data)
        if response.attributes:
            result.events.append((contract, Event("wasm", tuple(response.attributes))))
        result.events += [(contract, event) for event in response.events]
        for sub in response.messages:
            self._submessage(contract, sub, result)
        return result

    def _submessage(self, contract: str, sub: SubMsg, result: Result) -> None:
        reply: Any
        try:
            with self._atomic():
                inner = self._dispatch(contract, sub.msg)
        except (TxError, Refuse) as err:
            if sub.reply_on not in {"error", "always"}:
                raise
            reply = {"error": str(err)}
        else:
            result.events += inner.events
            if sub.reply_on not in {"success", "always"}:
                return
            reply = {"ok": {"events": [], "data": None, "msg_responses": []}}
        msg = {"id": sub.id, "payload": b64encode(sub.payload).decode(), "result": reply}
        answered = self._call(contract, "reply", msg)
        result.events += answered.events
        result.data = answered.data if answered.data is not None else result.data

    def _dispatch(self, sender: str, msg: Any) -> Result:
        match msg:
            case {"bank": {"send": {"to_address": to, "amount": amount}}}:
                self._move(sender, to, _coins(amount))
            case {"bank": {"burn": {"amount": amount}}}:
                for coin in _coins(amount):
                    self._add(sender, coin.denom, -coin.amount)
                    burned = self.state.burned.get(coin.denom, 0)
                    self.state.burned[coin.denom] = burned + coin.amount
            case {"wasm": {"execute": {"contract_addr": to, "msg": inner, "funds": funds}}}:
                coins = _coins(funds)
                self._move(sender, to, coins)
                decoded = loads(b64decode(inner))
                return self._call(to, "execute", decoded, sender=sender, funds=coins)
            case {"custom": {"validator": {"validator_diff": {"diffs": diffs}}}}:
                if sender != self.state.offices["authority"]:
                    raise HostError(f"{sender} is not the authority")
                self.state.diffs.append((self.height, diffs))
            case {"custom": {"validator": {"set_permissions": changes}}}:
                if sender != self.state.offices["admin"]:
                    raise HostError(f"{sender} is not the admin")
                self.state.offices |= changes
            case _:
                raise HostError(f"unknown message from the contract: {msg}")
        return Result()

    def _query(self, contract: str, msg: bytes) -> bytes:
        return read_answer(self._run(contract, "query", msg, None))

    def _move(self, sender: str, to: str, coins: Coins) -> None:
        for coin in coins:
            self._add(sender, coin.denom, -coin.amount)
            self._add(to, coin.denom, coin.amount)

    def _add(self, address: str, denom: str, amount: int) -> None:
        balance = self.balance(address, denom) + amount
        if balance < 0:
            raise HostError(f"{self.balance(address, denom)}{denom}: insufficient funds")
        self.state.balances[address, denom] = balance


class _ChainQuerier:
    """The query protocol over a chain."""

    def __init__(self, chain: ContractChain) -> None:
        self._chain = chain

    def query(self, request: bytes) -> bytes:
        chain, asked = self._chain, loads(request)
        match asked:
            case {"wasm": {"smart": {"contract_addr": str(addr), "msg": str(msg)}}}:
                if addr not in chain.state.codes:
                    return _missing(addr)
                try:
                    answer = chain._query(addr, b64decode(msg))
                except (TxError, Refuse) as err:
                    text = f"{err}: query wasm contract failed"
                    return dumps({"ok": {"error": text}})
            case {"wasm": {"raw": {"contract_addr": str(addr), "key": str(key)}}}:
                if addr not in chain.state.codes:
                    return _missing(addr)
                answer = chain.storage(addr).get(b64decode(key)) or b""
            case {"bank": {"balance": {"address": str(addr), "denom": str(denom)}}}:
                coin = {"denom": denom, "amount": str(chain.balance(addr, denom))}
                answer = dumps({"amount": coin})
            case {"custom": {"validator": {"permissions": _}}} if chain.has_validator_module:
                answer = dumps(chain.state.offices)
            case _:
                return dumps({"error": {"unsupported_request": {"kind": "custom"}}})
        return dumps({"ok": {"ok": b64encode(answer).decode()}})


def _missing(addr: str) -> bytes:
    return dumps({"error": {"no_such_contract": {"addr": addr}}})


def _coins(amount: Any) -> Coins:
    return Coins.of(Coin(item["denom"], int(item["amount"])) for item in amount)
