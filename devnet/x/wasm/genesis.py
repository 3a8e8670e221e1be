"""Codes and contracts as part of a genesis document, out and in again.

The document holds records and raw state, so a new chain stands exactly where the old one
stood; entry points are not run.
"""

from base64 import b64decode, b64encode

from devnet.chain.context import Context
from devnet.chain.params import Params
from devnet.crypto.addresses import from_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import encode
from devnet.x.wasm.records import (
    CODE,
    HISTORY,
    INSTANCE,
    LAST_CODE,
    LAST_INSTANCE,
    Code,
    HistoryEntry,
    Instance,
    read_instance,
)
from devnet.x.wasm.registry import STORE, ContractInfo, ContractStorage, Registry

_CODE = ("code_id", "creator", "source", "imports", "permission", "listed")
_CONTRACT = (
    "address",
    "code_id",
    "creator",
    "admin",
    "label",
    "height",
    "tx_index",
    "number",
    "history",
    "state",
)
_ENTRY = ("operation", "code_id", "height", "msg")


def export_genesis(ctx: Context, registry: Registry) -> Json:
    """All codes and contracts, and the counters behind their numbers."""
    return {
        "last_code_id": registry.last_code(ctx),
        "last_contract_id": int.from_bytes(ctx.store(STORE).get(LAST_INSTANCE) or b""),
        "codes": [_code_out(registry, number, code) for number, code in registry.codes(ctx)],
        "contracts": [_contract_out(ctx, registry, found) for found in registry.contracts(ctx)],
    }


def init_genesis(ctx: Context, registry: Registry, state: Json) -> None:
    """Put what :func:`export_genesis` gave; ``None`` puts nothing.

    Raises
    ------
    InvalidMessage
        Naming the entry and field that is wrong.
    """
    known = ("last_code_id", "last_contract_id", "codes", "contracts")
    genesis = Params(state, field="wasm", known=known)
    store = ctx.store(STORE)
    for key, name in ((LAST_CODE, "last_code_id"), (LAST_INSTANCE, "last_contract_id")):
        number = genesis.uint(name, bits=64, default=0) if state is not None else 0
        if number:
            store.set(key, number.to_bytes(8))
    for entry in genesis.records("codes", known=_CODE):
        source = _bytes(entry, "source")
        code = Code(
            sha256(source),
            from_bech32(entry.address("creator", prefix=registry.prefix), registry.prefix),
            source,
            _bytes(entry, "imports"),
            entry.uint("permission", bits=8),
            tuple(from_bech32(str(listed), registry.prefix) for listed in entry.items("listed")),
        )
        store.set(CODE + entry.uint("code_id", bits=64).to_bytes(8), encode(code))
    for entry in genesis.records("contracts", known=_CONTRACT):
        _contract_in(ctx, registry, entry)


def _contract_in(ctx: Context, registry: Registry, entry: Params) -> None:
    raw = from_bech32(entry.address("address", prefix=registry.prefix), registry.prefix)
    admin = entry.text("admin", default="")
    record = Instance(
        entry.uint("code_id", bits=64),
        from_bech32(entry.address("creator", prefix=registry.prefix), registry.prefix),
        from_bech32(admin, registry.prefix) if admin else b"",
        entry.text("label"),
        entry.uint("height", bits=64),
        entry.uint("tx_index", bits=64),
        entry.uint("number", bits=64),
    )
    if registry.find_code(ctx, record.code_id) is None:
        raise InvalidMessage(entry.path("code_id"), f"{record.code_id} is not among the codes")
    store = ctx.store(STORE)
    store.set(INSTANCE + raw, encode(record))
    for position, past in enumerate(entry.records("history", known=_ENTRY)):
        line = HistoryEntry(
            past.text("operation"),
            past.uint("code_id", bits=64),
            past.uint("height", bits=64),
            _bytes(past, "msg"),
        )
        store.set(HISTORY + raw + position.to_bytes(8), encode(line))
    storage = ContractStorage(ctx, raw)
    for pair in entry.records("state", known=("key", "value")):
        storage.set(_bytes(pair, "key"), _bytes(pair, "value"))


def _code_out(registry: Registry, code_id: int, code: Code) -> Json:
    return {
        "code_id": code_id,
        "creator": registry.address(code.creator),
        "source": _base64(code.source),
        "imports": _base64(code.imports),
        "permission": code.permission,
        "listed": [registry.address(raw) for raw in code.listed],
    }


def _contract_out(ctx: Context, registry: Registry, contract: ContractInfo) -> Json:
    record = read_instance(ctx.store(STORE).get(INSTANCE + contract.raw) or b"")
    history: list[Json] = [
        {
            "operation": entry.operation,
            "code_id": entry.code_id,
            "height": entry.height,
            "msg": _base64(entry.msg),
        }
        for entry in registry.history(ctx, contract)
    ]
    state: list[Json] = [
        {"key": _base64(key), "value": _base64(value)}
        for key, value in ContractStorage(ctx, contract.raw).iterate()
    ]
    return {
        "address": contract.address,
        "code_id": contract.code_id,
        "creator": contract.creator,
        "admin": contract.admin or "",
        "label": contract.label,
        "height": contract.height,
        "tx_index": record.tx_index,
        "number": contract.number,
        "history": history,
        "state": state,
    }


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(params: Params, name: str) -> bytes:
    try:
        return b64decode(params.text(name), validate=True)
    except ValueError as err:
        raise InvalidMessage(params.path(name), f"no base64: {err}") from None
