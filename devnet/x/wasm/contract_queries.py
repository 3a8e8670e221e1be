"""What contracts may ask the chain, and how it answers (cosmwasm reference, section 9).

Two layers of failure are kept apart: the request was impossible (a *system error*), or
the one asked refused. A refusing contract is quoted; what the chain's own modules say is
shown as codespace and code only, because such texts may change between versions.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas, UnknownQuery
from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.types import parse_uint
from devnet.x.wasm.errors import CodeNotFound, ContractError, ContractNotFound
from devnet.x.wasm.registry import ContractInfo, ContractStorage, Registry

MAX_REQUEST = 64 * 1024
"""Bytes of a query request."""

Smart = Callable[[Context, ContractInfo, bytes], bytes]
"""Asks a contract; given by who runs contracts."""

# Kinds of requests that a module of the same name answers, in the contract's own words.
_MODULES = ("bank", "staking")


class ModuleQueries(Protocol):
    """What contracts' questions need of the query router."""

    def query(
        self, ctx: Context, module: str, name: str, params: Mapping[str, Json] | None = None
    ) -> Json:
        """Answer of a module; ``UnknownQuery``, ``TxError``."""


class ContractQueries:
    """Answers requests of contracts from contracts' records and from modules."""

    def __init__(self, registry: Registry, modules: ModuleQueries) -> None:
        self._registry, self._modules = registry, modules

    def answer(self, ctx: Context, request: bytes, *, smart: Smart) -> bytes:
        """Doubly wrapped JSON answer of a JSON request.

        Raises
        ------
        OutOfGas
            Alone of all failures: the contract that asks has no gas left either.
        """
        try:
            answer = self._ask(ctx, _read(request), smart)
        except OutOfGas:
            raise
        except ContractNotFound as err:
            return _system("no_such_contract", addr=err.address)
        except CodeNotFound as err:
            return _system("no_such_code", code_id=err.code_id)
        except UnknownQuery as err:
            return _system("unsupported_request", kind=err.name)
        except _InvalidRequest as err:
            return _system("invalid_request", error=str(err), request=_base64(request))
        except TxError as err:
            return dumps({"ok": {"error": redacted(err)}})
        return dumps({"ok": {"ok": _base64(answer)}})

    def _ask(self, ctx: Context, request: dict[str, Any], smart: Smart) -> bytes:
        match request:
            case {"wasm": {"smart": {"contract_addr": str(address), "msg": str(msg)}}}:
                return smart(ctx, self._registry.get_contract(ctx, address), _bytes(msg))
            case {"wasm": {"raw": {"contract_addr": str(address), "key": str(key)}}}:
                contract = self._registry.get_contract(ctx, address)
                return ContractStorage(ctx, contract.raw).get(_bytes(key)) or b""
            case {"wasm": {"contract_info": {"contract_addr": str(address)}}}:
                return self._contract_info(ctx, address)
            case {"wasm": {"code_info": {"code_id": code_id}}}:
                return self._code_info(ctx, parse_uint(code_id, bits=64, field="code_id"))
            case {"custom": dict(body)} if len(body) == 1:
                return self._custom(ctx, body)
            case _:
                return self._module(ctx, request)

    def _contract_info(self, ctx: Context, address: str) -> bytes:
        contract = self._registry.get_contract(ctx, address)
        return dumps(
            {
                "code_id": contract.code_id,
                "creator": contract.creator,
                "admin": contract.admin,
                "pinned": False,
                "ibc_port": None,
            }
        )

    def _code_info(self, ctx: Context, code_id: int) -> bytes:
        code = self._registry.get_code(ctx, code_id)
        creator = self._registry.address(code.creator)
        return dumps({"code_id": code_id, "creator": creator, "checksum": code.checksum.hex()})

    def _custom(self, ctx: Context, body: dict[str, Any]) -> bytes:
        """``{"custom": {"validator": {"permissions": {}}}}``: module, query, parameters."""
        ((module, inner),) = body.items()
        if not isinstance(inner, dict) or len(inner) != 1:
            raise _InvalidRequest(f"custom.{module}: give one query with its parameters")
        ((name, params),) = inner.items()
        return self._query(ctx, module, name, params)

    def _module(self, ctx: Context, request: dict[str, Any]) -> bytes:
        ((kind, body),) = request.items()
        if not isinstance(body, dict) or len(body) != 1:
            raise _InvalidRequest(f"{kind}: give one query with its parameters")
        ((name, params),) = body.items()
        if kind not in _MODULES:
            raise UnknownQuery("kind of query", f"{kind}.{name}", ("wasm", "custom", *_MODULES))
        return self._query(ctx, kind, name, params)

    def _query(self, ctx: Context, module: str, name: str, params: Json) -> bytes:
        if not isinstance(params, dict):
            raise _InvalidRequest(f"{module}.{name}: parameters are an object")
        return dumps(self._modules.query(ctx, module, name, params))


class _InvalidRequest(Exception):
    """A request that cannot be read; never leaves this room."""


def redacted(err: TxError) -> str:
    """An error as a contract may see it: the text of contracts, the code of all others."""
    if isinstance(err, ContractError | ContractNotFound | CodeNotFound):
        return str(err)
    return f"codespace: {err.codespace}, code: {err.code}"


def _read(request: bytes) -> dict[str, Any]:
    if len(request) > MAX_REQUEST:
        raise _InvalidRequest(f"{len(request)} bytes, at most {MAX_REQUEST} are taken")
    try:
        found = loads(request)
    except InvalidMessage as err:
        raise _InvalidRequest(err.reason) from err
    if not isinstance(found, dict) or len(found) != 1:
        raise _InvalidRequest("a request is an object with one key")
    return found


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as err:
        raise _InvalidRequest(f"no base64: {err}") from err


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _system(kind: str, /, **facts: Json) -> bytes:
    return dumps({"error": {kind: facts}})
