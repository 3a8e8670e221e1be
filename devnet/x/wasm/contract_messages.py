"""What a contract may send to x/wasm: ``{"wasm": {...}}`` as chain messages.

Coins of contracts may stand in any order, twice, or be zero; they are summed here
(reference: cosmwasm, messages a contract can send).
"""

from base64 import b64decode

from devnet.chain.params import Params
from devnet.chain.tx import Msg, ProtoCoin
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address
from devnet.x.wasm.errors import UnknownContractMessage
from devnet.x.wasm.messages import (
    MsgClearAdmin,
    MsgExecuteContract,
    MsgInstantiateContract,
    MsgInstantiateContract2,
    MsgMigrateContract,
    MsgUpdateAdmin,
)

_INSTANTIATE = ("admin", "code_id", "msg", "funds", "label")


def from_contract(sender: Address, payload: Json) -> Msg:
    """Message of what a contract asks of other contracts, or of its own.

    Raises
    ------
    InvalidMessage
        Naming the field that is wrong.
    UnknownContractMessage
        If contracts cannot be asked that.
    """
    if not isinstance(payload, dict) or len(payload) != 1:
        raise InvalidMessage("wasm", "give exactly one message, like execute")
    ((kind, body),) = payload.items()
    match kind:
        case "execute":
            call = Params(body, field="wasm.execute", known=("contract_addr", "msg", "funds"))
            return MsgExecuteContract(sender, call.text("contract_addr"), _msg(call), _funds(call))
        case "instantiate":
            new = Params(body, field="wasm.instantiate", known=_INSTANTIATE)
            code_id = new.uint("code_id", bits=64)
            return MsgInstantiateContract(
                sender, _admin(new, body), code_id, new.text("label"), _msg(new), _funds(new)
            )
        case "instantiate2":
            new = Params(body, field="wasm.instantiate2", known=(*_INSTANTIATE, "salt"))
            code_id, salt = new.uint("code_id", bits=64), _bytes(new, "salt")
            return MsgInstantiateContract2(
                sender, _admin(new, body), code_id, new.text("label"), _msg(new), _funds(new), salt
            )
        case _:
            return _about_admin(sender, kind, body)


def _about_admin(sender: Address, kind: str, body: Json) -> Msg:
    match kind:
        case "migrate":
            move = Params(body, field="wasm.migrate", known=("contract_addr", "new_code_id", "msg"))
            code_id = move.uint("new_code_id", bits=64)
            return MsgMigrateContract(sender, move.text("contract_addr"), code_id, _msg(move))
        case "update_admin":
            hand = Params(body, field="wasm.update_admin", known=("contract_addr", "admin"))
            return MsgUpdateAdmin(sender, hand.text("admin"), hand.text("contract_addr"))
        case "clear_admin":
            clear = Params(body, field="wasm.clear_admin", known=("contract_addr",))
            return MsgClearAdmin(sender, clear.text("contract_addr"))
        case _:
            raise UnknownContractMessage(f"wasm:{kind}")


def _msg(params: Params) -> bytes:
    return _bytes(params, "msg")


def _funds(params: Params) -> tuple[ProtoCoin, ...]:
    return ProtoCoin.of(params.coins("funds"))


def _admin(params: Params, body: Json) -> str:
    """Nobody, if it is null, empty or absent."""
    named = isinstance(body, dict) and body.get("admin") is not None
    return params.text("admin", default="") if named else ""


def _bytes(params: Params, name: str) -> bytes:
    try:
        return b64decode(params.text(name), validate=True)
    except ValueError as err:
        raise InvalidMessage(params.path(name), f"no base64: {err}") from None
