"""What x/validator is asked to do: give offices, and change the validator set.

Both come from accounts as transactions and from contracts as custom messages, and mean the
same (acceptance, "Fixed wire"). Absent is unchanged, empty or ``null`` is cleared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from devnet.chain.params import Params
from devnet.chain.tx import Msg, check_address
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import field
from devnet.primitives.types import Address
from devnet.x.validator.diffs import check_key, read_entries
from devnet.x.validator.types import NAMES, Validator

_KINDS = ("set_permissions", "validator_diff")


@dataclass(frozen=True, slots=True)
class Holder:
    """An address that is given on purpose; an empty one clears the office."""

    address: str = field(1, "string")


@dataclass(frozen=True, slots=True)
class MsgSetPermissions(Msg):
    """Give offices to others, or clear them; from the admin only."""

    type_url = "/devnet.validator.v1.MsgSetPermissions"

    sender: str = field(1, "string")
    admin: Holder | None = field(2, Holder)  # noqa: RUF009 - all fields describe the wire
    authority: Holder | None = field(3, Holder)  # noqa: RUF009
    distribution: Holder | None = field(4, Holder)  # noqa: RUF009
    slashing: Holder | None = field(5, Holder)  # noqa: RUF009

    @classmethod
    def of(cls, sender: Address, **changes: Address | None) -> Self:
        """Message with changes by office: an address, or ``None`` to clear it."""
        return cls(sender, **{name: Holder(who or "") for name, who in changes.items()})

    def signers(self) -> tuple[Address, ...]:
        """Who must be the admin."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """At least one change, every address bech32."""
        check_address(self.sender, field="sender")
        if not self.changes():
            raise InvalidMessage("set_permissions", f"change at least one of {', '.join(NAMES)}")
        for name, who in self.changes().items():
            if who is not None:
                check_address(who, field=name)

    def changes(self) -> Mapping[str, str | None]:
        """Changed offices and who gets them; ``None`` is nobody."""
        holders = {name: getattr(self, name) for name in NAMES}
        return {name: who.address or None for name, who in holders.items() if who is not None}


@dataclass(frozen=True, slots=True)
class DiffEntry:
    """The weight one operator is to have with its key; 0 removes it."""

    operator: str = field(1, "string")
    pubkey: bytes = field(2, "bytes")
    weight: int = field(3, "uint64")


@dataclass(frozen=True, slots=True)
class MsgValidatorDiff(Msg):
    """Change some validators' power; from the Authority only."""

    type_url = "/devnet.validator.v1.MsgValidatorDiff"

    sender: str = field(1, "string")
    diffs: tuple[DiffEntry, ...] = field(2, DiffEntry, repeated=True)

    @classmethod
    def of(cls, sender: Address, entries: list[Validator]) -> Self:
        """Message with entries in their order."""
        return cls(sender, tuple(DiffEntry(e.operator, e.pub_key, e.power) for e in entries))

    def signers(self) -> tuple[Address, ...]:
        """Who must be the Authority."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """Every operator an address, every key of the right length."""
        check_address(self.sender, field="sender")
        for number, entry in enumerate(self.diffs):
            check_address(entry.operator, field=f"diffs[{number}].operator")
            check_key(entry.pubkey, field=f"diffs[{number}].pubkey")


def from_contract(sender: Address, payload: Json, *, prefix: str) -> Msg:
    """Message of ``{"set_permissions": {...}}`` or ``{"validator_diff": {"diffs": [...]}}``.

    Raises
    ------
    InvalidMessage, InvalidAddress
        Naming the field that is wrong.
    """
    if not isinstance(payload, dict) or len(payload) != 1:
        raise InvalidMessage("custom.validator", f"give exactly one of {' and '.join(_KINDS)}")
    ((kind, body),) = payload.items()
    match kind:
        case "set_permissions":
            return _set_permissions(sender, body, prefix=prefix)
        case "validator_diff":
            given = Params(body, field="validator.validator_diff", known=("diffs",))
            diffs: Json = given.items("diffs")
            entries = read_entries(diffs, field=given.path("diffs"), prefix=prefix)
            return MsgValidatorDiff.of(sender, entries)
        case _:
            raise InvalidMessage(f"custom.validator.{kind}", f"there is {' and '.join(_KINDS)}")


def _set_permissions(sender: Address, body: Json, *, prefix: str) -> Msg:
    given = Params(body, field="validator.set_permissions", known=NAMES)
    named = body if isinstance(body, dict) else {}
    changes = {
        name: None if who is None else given.address(name, prefix=prefix)
        for name, who in named.items()
    }
    msg = MsgSetPermissions.of(sender, **changes)
    msg.validate_basic()
    return msg
