"""Which codes and contracts there are: reads and writes their records, runs nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from devnet.chain.context import Context
from devnet.chain.gas import MeteredStore
from devnet.chain.module import Description
from devnet.crypto.addresses import from_bech32, to_bech32
from devnet.crypto.errors import InvalidAddress
from devnet.primitives.protobuf import decode, encode
from devnet.primitives.types import Address, Height
from devnet.x.wasm.errors import CodeNotFound, ContractNotFound
from devnet.x.wasm.records import (
    CODE,
    HISTORY,
    INSTANCE,
    LAST_CODE,
    LAST_INSTANCE,
    STORAGE,
    Code,
    HistoryEntry,
    Instance,
    read_code,
    read_instance,
)

STORE = "wasm"
CONTRACT_SIZE = 32
"""Bytes of a contract's address."""
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class ContractInfo:
    """A contract, as everybody may see it.

    Attributes
    ----------
    raw
        Its address in bytes, under which its state stands.
    admin
        Who may give it other code; ``None`` is nobody, ever.
    number
        The how many-th contract of this chain it is, from 1.
    """

    address: Address
    raw: bytes
    code_id: int
    creator: Address
    admin: Address | None
    label: str
    height: Height
    number: int

    def __str__(self) -> str:
        return f"{self.label} ({self.address})"


class Registry:
    """Records of codes and contracts under one address prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        # Under the stored bytes themselves, so that no revert makes it wrong.
        self.contract_of = lru_cache(maxsize=_REMEMBERED)(self._contract_of)

    def address(self, raw: bytes) -> Address:
        """Text of a raw address."""
        return to_bech32(self.prefix, raw)

    # -- codes --------------------------------------------------------------------------

    def find_code(self, ctx: Context, code_id: int) -> Code | None:
        """Code of a number. Not charged by size: calls pay a flat price to load code."""
        raw = ctx.peek(STORE, _code_key(code_id))
        return None if raw is None else read_code(raw)

    def get_code(self, ctx: Context, code_id: int) -> Code:
        """Code of a number; ``CodeNotFound``."""
        code = self.find_code(ctx, code_id)
        if code is None:
            raise CodeNotFound(code_id, self.last_code(ctx))
        return code

    def add_code(self, ctx: Context, code: Code) -> int:
        """Store code under the next number, and answer it."""
        code_id = self.last_code(ctx) + 1
        _put_number(ctx, LAST_CODE, code_id)
        ctx.store(STORE).set(_code_key(code_id), encode(code))
        return code_id

    def last_code(self, ctx: Context) -> int:
        """The highest number given; 0 before the first."""
        return _number(ctx.store(STORE).get(LAST_CODE))

    def codes(self, ctx: Context) -> Iterator[tuple[int, Code]]:
        """Every code by number."""
        for key, raw in ctx.store(STORE).iterate_prefix(CODE):
            yield _number(key[1:]), read_code(raw)

    # -- contracts ----------------------------------------------------------------------

    def find_contract(self, ctx: Context, address: str) -> ContractInfo | None:
        """Contract at an address; ``None`` also for a text that is no address."""
        try:
            raw = from_bech32(address, self.prefix)
        except InvalidAddress:
            return None
        stored = ctx.store(STORE).get(INSTANCE + raw)
        return None if stored is None else self.contract_of(raw, stored)

    def get_contract(self, ctx: Context, address: str) -> ContractInfo:
        """Contract at an address; ``ContractNotFound``."""
        found = self.find_contract(ctx, address)
        if found is None:
            raise ContractNotFound(address)
        return found

    def next_number(self, ctx: Context) -> int:
        """Take the next number of a contract; a branch that is dropped gives it back."""
        number = _number(ctx.store(STORE).get(LAST_INSTANCE)) + 1
        _put_number(ctx, LAST_INSTANCE, number)
        return number

    def put_contract(self, ctx: Context, contract: ContractInfo) -> None:
        """Write a contract's record."""
        index = 0 if ctx.tx_index is None else ctx.tx_index + 1
        key = INSTANCE + contract.raw
        before = ctx.store(STORE).get(key)
        if before is not None:
            index = read_instance(before).tx_index
        record = Instance(
            contract.code_id,
            from_bech32(contract.creator, self.prefix),
            from_bech32(contract.admin, self.prefix) if contract.admin else b"",
            contract.label,
            contract.height,
            index,
            contract.number,
        )
        ctx.store(STORE).set(key, encode(record))

    def set_admin(self, ctx: Context, contract: ContractInfo, admin: Address | None) -> None:
        """Give a contract another admin, or none for good."""
        self.put_contract(ctx, replace(contract, admin=admin))

    def contracts(self, ctx: Context, *, code_id: int | None = None) -> list[ContractInfo]:
        """Every contract, or those of one code, in the order in which they were made."""
        stored = ctx.store(STORE).iterate_prefix(INSTANCE)
        found = [self.contract_of(key[1:], raw) for key, raw in stored]
        chosen = [c for c in found if code_id is None or c.code_id == code_id]
        return sorted(chosen, key=lambda contract: contract.number)

    def add_history(
        self, ctx: Context, contract: ContractInfo, *, operation: str, msg: bytes
    ) -> None:
        """Remember that a contract has its code from now on."""
        position = len(self.history(ctx, contract))
        entry = HistoryEntry(operation, contract.code_id, ctx.block.height, msg)
        ctx.store(STORE).set(HISTORY + contract.raw + position.to_bytes(8), encode(entry))

    def history(self, ctx: Context, contract: ContractInfo) -> list[HistoryEntry]:
        """Codes a contract has had, the first one first."""
        stored = ctx.store(STORE).iterate_prefix(HISTORY + contract.raw)
        return [decode(HistoryEntry, raw) for _, raw in stored]

    def _contract_of(self, raw: bytes, stored: bytes) -> ContractInfo:
        """Contract of its raw address and its stored record."""
        record = read_instance(stored)
        return ContractInfo(
            self.address(raw),
            raw,
            record.code_id,
            self.address(record.creator),
            self.address(record.admin) if record.admin else None,
            record.label,
            Height(record.height),
            record.number,
        )


class ContractStorage:
    """A contract's own part of the store, charged to the call's gas."""

    __slots__ = ("_prefix", "_store")

    def __init__(self, ctx: Context, contract: bytes) -> None:
        self._store: MeteredStore = ctx.store(STORE)
        self._prefix = STORAGE + contract

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if absent."""
        return self._store.get(self._prefix + key)

    def set(self, key: bytes, value: bytes) -> None:
        """Put a value."""
        self._store.set(self._prefix + key, value)

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""
        self._store.delete(self._prefix + key)

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs in order of keys, ``start`` included, ``end`` excluded."""
        prefix, cut = self._prefix, len(self._prefix)
        last = after(prefix) if end is None else prefix + end
        found = self._store.iterate(prefix + (start or b""), last, reverse=reverse)
        return ((key[cut:], value) for key, value in found)


def after(prefix: bytes) -> bytes:
    """The smallest key behind all that begin with a prefix of this store."""
    stem = prefix.rstrip(b"\xff")  # never empty: the first byte names the kind of record
    return stem[:-1] + bytes((stem[-1] + 1,))


def _code_key(code_id: int) -> bytes:
    return CODE + code_id.to_bytes(8)


def _number(raw: bytes | None) -> int:
    return 0 if raw is None else int.from_bytes(raw)


def _put_number(ctx: Context, key: bytes, number: int) -> None:
    ctx.store(STORE).set(key, number.to_bytes(8))


def describe(registry: Registry, key: bytes, value: bytes) -> Description | None:
    """A stored key of this module in words; ``None`` if it is no key of a known kind."""
    kind, rest = key[:1], key[1:]
    if key in (LAST_CODE, LAST_INSTANCE):
        what = "codes stored" if key == LAST_CODE else "contracts made"
        return Description(what, str(_number(value)))
    if kind == CODE:
        code = read_code(value)
        return Description(f"code {_number(rest)}", f"{len(code.source)} bytes")
    if kind == INSTANCE:
        contract = registry.contract_of(rest, value)
        return Description(
            f"contract {contract.address}", f"{contract.label} of code {contract.code_id}"
        )
    if kind in (STORAGE, HISTORY) and len(rest) > CONTRACT_SIZE:
        address, inner = registry.address(rest[:CONTRACT_SIZE]), rest[CONTRACT_SIZE:]
        if kind == HISTORY:
            entry = decode(HistoryEntry, value)
            return Description(
                f"history of {address}", f"{entry.operation} with code {entry.code_id}"
            )
        return Description(f"state of {address}: {_readable(inner)}", _readable(value))
    return None


def _readable(data: bytes) -> str:
    text = data.decode(errors="replace")
    return text if text.isprintable() and "\ufffd" not in text else f"0x{data.hex()}"
