"""x/wasm as a module: its messages, what contracts may send it, its queries."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from itertools import islice

from devnet.chain.context import Context
from devnet.chain.module import Description, Encoder, Handler, Module, QueryHandler
from devnet.chain.params import Params
from devnet.chain.tx import Msg, MsgResult
from devnet.crypto.addresses import parse_address
from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import encode
from devnet.primitives.types import Address
from devnet.x.wasm.contract_messages import from_contract
from devnet.x.wasm.genesis import export_genesis, init_genesis
from devnet.x.wasm.keeper import WasmKeeper
from devnet.x.wasm.messages import (
    MsgClearAdmin,
    MsgExecuteContract,
    MsgInstantiateContract,
    MsgInstantiateContract2,
    MsgMigrateContract,
    MsgStoreCode,
    MsgUpdateAdmin,
    StoreCodeResponse,
)
from devnet.x.wasm.records import Code
from devnet.x.wasm.registry import ContractInfo, ContractStorage, describe

PAGE = 100
"""Keys of a contract's state on a page unless asked otherwise."""


class WasmModule(Module):
    """Contracts, as wasmd has them."""

    name = "wasm"

    def __init__(self, keeper: WasmKeeper) -> None:
        self._keeper = keeper

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        """All of wasmd's messages about codes, contracts and admins."""
        run = self._keeper.handle
        return {
            MsgStoreCode: self._store_code,
            MsgInstantiateContract: run,
            MsgInstantiateContract2: run,
            MsgExecuteContract: run,
            MsgMigrateContract: run,
            MsgUpdateAdmin: self._update_admin,
            MsgClearAdmin: self._clear_admin,
        }

    def contract_messages(self) -> Mapping[str, Encoder]:
        """``{"wasm": {...}}``: the same, without upload."""
        return {"wasm": from_contract}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        """About codes: ``codes``, ``code``. About a contract: all the others."""
        return {
            "codes": self._codes,
            "code": self._code,
            "contracts": self._contracts,
            "contract_info": self._contract_info,
            "history": self._history,
            "smart": self._smart,
            "raw": self._raw,
            "state": self._state,
        }

    def init_genesis(self, ctx: Context, state: Json) -> None:
        """Put codes and contracts with their state; no entry point runs."""
        init_genesis(ctx, self._keeper.registry, state)

    def export_genesis(self, ctx: Context) -> Json:
        """Codes and contracts with their state."""
        return export_genesis(ctx, self._keeper.registry)

    def describe(self, key: bytes, value: bytes) -> Description:
        """Put a stored key in words."""
        return describe(self._keeper.registry, key, value) or super().describe(key, value)

    # -- messages -----------------------------------------------------------------------

    def _store_code(self, ctx: Context, msg: MsgStoreCode) -> MsgResult:
        sender = self._address(msg.sender, field="sender")
        code_id = self._keeper.store_code(
            ctx, sender, msg.wasm_byte_code, access=msg.instantiate_permission
        )
        checksum = self._keeper.get_code(ctx, code_id).checksum
        return MsgResult(encode(StoreCodeResponse(code_id, checksum)))

    def _update_admin(self, ctx: Context, msg: MsgUpdateAdmin) -> MsgResult:
        sender = self._address(msg.sender, field="sender")
        admin = self._address(msg.new_admin, field="new_admin")
        self._keeper.update_admin(ctx, msg.contract, sender=sender, admin=admin)
        return MsgResult()

    def _clear_admin(self, ctx: Context, msg: MsgClearAdmin) -> MsgResult:
        sender = self._address(msg.sender, field="sender")
        self._keeper.update_admin(ctx, msg.contract, sender=sender, admin=None)
        return MsgResult()

    # -- queries ------------------------------------------------------------------------

    def _codes(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        Params(params, field="codes", known=())
        return {"codes": [self._view(number, code) for number, code in self._keeper.codes(ctx)]}

    def _code(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        """Give a code with its source (base64)."""
        code_id = Params(params, field="code", known=("code_id",)).uint("code_id", bits=64)
        code = self._keeper.get_code(ctx, code_id)
        return self._view(code_id, code) | {"source": b64encode(code.source).decode()}

    def _contracts(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        """Give all contracts, or those of a code, in the order in which they were made."""
        asked = Params(params, field="contracts", known=("code_id",))
        if params.get("code_id") is None:
            found = self._keeper.contracts(ctx)
        else:
            found = self._keeper.instances_of(ctx, asked.uint("code_id", bits=64))
        return {"contracts": [_info(contract) for contract in found]}

    def _contract_info(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        return _info(self._contract(ctx, params, query="contract_info"))

    def _history(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        contract = self._contract(ctx, params, query="history")
        entries: list[Json] = [
            {
                "operation": entry.operation,
                "code_id": entry.code_id,
                "height": entry.height,
                "msg": loads(entry.msg),
            }
            for entry in self._keeper.registry.history(ctx, contract)
        ]
        return {"entries": entries}

    def _smart(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        """Give a contract's own answer, which is JSON for all we know."""
        contract = self._contract(ctx, params, query="smart", more=("msg",))
        return loads(self._keeper.query_smart(ctx, contract.address, dumps(params.get("msg"))))

    def _raw(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        contract = self._contract(ctx, params, query="raw", more=("key",))
        found = self._keeper.query_raw(ctx, contract.address, _bytes(params, "key"))
        return {"data": None if found is None else b64encode(found).decode()}

    def _state(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        """Give a page of a contract's keys and values (base64), sorted by key."""
        more = ("start_after", "limit")
        contract = self._contract(ctx, params, query="state", more=more)
        limit = Params(params, field="state", known=("address", *more)).uint(
            "limit", bits=32, default=PAGE
        )
        start = None
        if params.get("start_after") is not None:
            start = _bytes(params, "start_after") + b"\0"
        found = ContractStorage(ctx, contract.raw).iterate(start)
        models: list[Json] = [
            {"key": b64encode(key).decode(), "value": b64encode(value).decode()}
            for key, value in islice(found, limit)
        ]
        return {"models": models}

    def _contract(
        self, ctx: Context, params: Mapping[str, Json], *, query: str, more: tuple[str, ...] = ()
    ) -> ContractInfo:
        asked = Params(params, field=query, known=("address", *more))
        address = asked.address("address", prefix=self._keeper.registry.prefix)
        return self._keeper.get_contract(ctx, address)

    def _address(self, text: str, *, field: str) -> Address:
        return parse_address(text, self._keeper.registry.prefix, field=field)

    def _view(self, code_id: int, code: Code) -> dict[str, Json]:
        return {
            "code_id": code_id,
            "creator": self._keeper.registry.address(code.creator),
            "checksum": code.checksum.hex(),
            "size": len(code.source),
        }


def _info(contract: ContractInfo) -> dict[str, Json]:
    return {
        "address": contract.address,
        "code_id": contract.code_id,
        "creator": contract.creator,
        "admin": contract.admin,
        "label": contract.label,
        "height": contract.height,
    }


def _bytes(params: Mapping[str, Json], name: str) -> bytes:
    value = params.get(name)
    try:
        return b64decode(value if isinstance(value, str) else "*", validate=True)
    except ValueError:
        raise InvalidMessage(name, f"{value!r} is no base64 text") from None
