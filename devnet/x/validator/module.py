"""x/validator as a module: its messages, its queries, genesis, and the end of a block."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

from devnet.abci import Event, ValidatorUpdate
from devnet.chain.context import Context
from devnet.chain.module import Description, Encoder, Handler, Module, QueryHandler
from devnet.chain.params import Params
from devnet.chain.tx import Msg, MsgResult
from devnet.crypto.addresses import consensus_address, parse_address, to_bech32
from devnet.primitives import protobuf
from devnet.primitives.canonical_json import Json
from devnet.primitives.types import Address, Power
from devnet.x.validator.diffs import read_key
from devnet.x.validator.keeper import ValidatorKeeper
from devnet.x.validator.messages import MsgSetPermissions, MsgValidatorDiff, from_contract
from devnet.x.validator.types import (
    NAMES,
    OPERATOR,
    PERMISSIONS,
    POWER_BEFORE,
    TOTAL_POWER,
    VALIDATOR,
    Permissions,
    Validator,
    ValidatorRecord,
)


class ValidatorModule(Module):
    """The validator set, ruled by contracts."""

    name = "validator"

    def __init__(self, keeper: ValidatorKeeper) -> None:
        self._keeper = keeper

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        """``MsgSetPermissions`` and ``MsgValidatorDiff``."""
        return {MsgSetPermissions: self._set_permissions, MsgValidatorDiff: self._diff}

    def contract_messages(self) -> Mapping[str, Encoder]:
        """``{"custom": {"validator": {...}}}``: the same two, from contracts."""
        prefix = self._keeper.prefix
        return {"custom:validator": lambda sender, body: from_contract(sender, body, prefix=prefix)}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        """``permissions``, ``validators`` and ``validator {operator}``."""
        return {
            "permissions": self._permissions,
            "validators": self._validators,
            "validator": self._validator,
        }

    def init_genesis(self, ctx: Context, state: Json) -> None:
        """Put offices and validators; who holds an office is not asked for anything.

        Raises
        ------
        InvalidMessage, InvalidAddress, InvalidDiff, PowerOverflow
            If the document is malformed or its set cannot be.
        """
        if state is None:
            return
        genesis = Params(state, field="validator", known=(*NAMES, "validators"))
        prefix = self._keeper.prefix
        assert isinstance(state, dict)  # Params
        holders = {
            name: genesis.address(name, prefix=prefix)
            for name in NAMES
            if state.get(name) is not None
        }
        self._keeper.put_permissions(ctx, Permissions().changed(holders))
        entries = [
            Validator(
                entry.address("operator", prefix=prefix),
                read_key(entry.text("pubkey"), field=entry.path("pubkey")),
                Power(entry.uint("power", bits=64)),
            )
            for entry in genesis.records("validators", known=("operator", "pubkey", "power"))
        ]
        self._keeper.decided.load(ctx, entries)

    def export_genesis(self, ctx: Context) -> Json:
        """Offices and everyone who ever had power, so that late evidence finds them."""
        validators: list[Json] = [_view(v) for v in self._keeper.decided.everyone(ctx)]
        return {**self._keeper.permissions(ctx).to_json(), "validators": validators}

    def describe(self, key: bytes, value: bytes) -> Description:
        """Put a stored key in words."""
        kind, rest = key[:1], key[1:]
        if kind == VALIDATOR:
            record = protobuf.decode(ValidatorRecord, value)
            operator, address = self._text(rest), consensus_address(record.pub_key)
            decided = f"power {record.power} with {address.hex().upper()}"
            return Description(f"validator of {operator}", decided)
        if kind == OPERATOR:
            return Description(f"operator of {rest.hex().upper()}", self._text(value))
        if kind == POWER_BEFORE:
            return Description(
                f"power of {rest.hex().upper()} when the block began", str(int.from_bytes(value))
            )
        if key == PERMISSIONS:
            return Description("permissions", value.decode())
        if key == TOTAL_POWER:
            return Description("total power", str(int.from_bytes(value)))
        return super().describe(key, value)

    def end_blocker(self, ctx: Context) -> Sequence[ValidatorUpdate]:
        """Hand consensus what really changed, one update per key, sorted by key."""
        changed = self._keeper.decided.close_block(ctx)
        for validator in changed:
            ctx.emit(Event.of("validator_update", **_view(validator)))
        return [ValidatorUpdate(validator.pub_key, validator.power) for validator in changed]

    def _set_permissions(self, ctx: Context, msg: MsgSetPermissions) -> MsgResult:
        sender = parse_address(msg.sender, self._keeper.prefix, field="sender")
        changes = {
            name: None if who is None else parse_address(who, self._keeper.prefix, field=name)
            for name, who in msg.changes().items()
        }
        self._keeper.set_permissions(ctx, sender, changes)
        return MsgResult()

    def _diff(self, ctx: Context, msg: MsgValidatorDiff) -> MsgResult:
        sender = parse_address(msg.sender, self._keeper.prefix, field="sender")
        entries = [
            Validator(
                parse_address(entry.operator, self._keeper.prefix, field="operator"),
                entry.pubkey,
                Power(entry.weight),
            )
            for entry in msg.diffs
        ]
        self._keeper.change_power(ctx, sender, entries)
        return MsgResult()

    def _permissions(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        Params(params, field="permissions", known=())
        return dict(self._keeper.permissions(ctx).to_json())

    def _validators(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        Params(params, field="validators", known=())
        return {"validators": [_view(v) for v in self._keeper.decided.active(ctx)]}

    def _validator(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        asked = Params(params, field="validator", known=("operator",))
        operator = asked.address("operator", prefix=self._keeper.prefix)
        return {"validator": _view(self._keeper.decided.get(ctx, operator))}

    def _text(self, raw: bytes) -> Address:
        return to_bech32(self._keeper.prefix, raw)


def _view(validator: Validator) -> dict[str, Json]:
    return {
        "operator": validator.operator,
        "pubkey": b64encode(validator.pub_key).decode(),
        "power": validator.power,
    }
