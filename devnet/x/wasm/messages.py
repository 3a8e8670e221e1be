"""What x/wasm is asked to do, as wasmd spells it (``cosmwasm.wasm.v1``).

The messages of users; what contracts send becomes one of them in ``contract_messages``.
"""

from dataclasses import dataclass

from devnet.chain.tx import Msg, ProtoCoin, check_address, read_coins
from devnet.primitives import canonical_json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import field
from devnet.primitives.types import Address

MAX_LABEL = 128
MAX_SALT = 64
EVERYBODY, NOBODY, LISTED = 3, 1, 4
"""Who may instantiate a code (wasmd, ``AccessType``); 0 means everybody too."""
MAX_LISTED = 50


@dataclass(frozen=True, slots=True)
class AccessConfig:
    """Who may make instances of a code."""

    permission: int = field(1, "uint64")
    addresses: tuple[str, ...] = field(3, "string", repeated=True)


@dataclass(frozen=True, slots=True)
class MsgStoreCode(Msg):
    """Put code on the chain; every upload gets the next number."""

    type_url = "/cosmwasm.wasm.v1.MsgStoreCode"

    sender: str = field(1, "string")
    wasm_byte_code: bytes = field(2, "bytes")
    instantiate_permission: AccessConfig | None = field(5, AccessConfig)  # noqa: RUF009 - wire

    def signers(self) -> tuple[Address, ...]:
        """Who uploads; becomes the code's creator."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """An address, some code, and a permission that is one."""
        check_address(self.sender, field="sender")
        if not self.wasm_byte_code:
            raise InvalidMessage("wasm_byte_code", "there is none; give source text or a binary")
        access = self.instantiate_permission
        if access is not None:
            _check_access(access)


@dataclass(frozen=True, slots=True)
class MsgInstantiateContract(Msg):
    """Make an instance of a code, at the next address."""

    type_url = "/cosmwasm.wasm.v1.MsgInstantiateContract"

    sender: str = field(1, "string")
    admin: str = field(2, "string")
    code_id: int = field(3, "uint64")
    label: str = field(4, "string")
    msg: bytes = field(5, "bytes")
    funds: tuple[ProtoCoin, ...] = field(6, ProtoCoin, repeated=True)

    def signers(self) -> tuple[Address, ...]:
        """Who pays the funds; becomes the creator, which gives no right."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """Addresses, a code, a label, JSON and coins in their one form."""
        _check_instantiate(self)


@dataclass(frozen=True, slots=True)
class MsgInstantiateContract2(Msg):
    """Make an instance at an address that follows from code, sender and salt."""

    type_url = "/cosmwasm.wasm.v1.MsgInstantiateContract2"

    sender: str = field(1, "string")
    admin: str = field(2, "string")
    code_id: int = field(3, "uint64")
    label: str = field(4, "string")
    msg: bytes = field(5, "bytes")
    funds: tuple[ProtoCoin, ...] = field(6, ProtoCoin, repeated=True)
    salt: bytes = field(7, "bytes")
    fix_msg: bool = field(8, "bool")

    def signers(self) -> tuple[Address, ...]:
        """Who pays the funds; the address depends on it."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """As without salt, and a salt of 1 to 64 bytes."""
        _check_instantiate(self)
        if not 1 <= len(self.salt) <= MAX_SALT:
            raise InvalidMessage("salt", f"{len(self.salt)} bytes; give 1 to {MAX_SALT}")


@dataclass(frozen=True, slots=True)
class MsgExecuteContract(Msg):
    """Call a contract, with coins if it wants some."""

    type_url = "/cosmwasm.wasm.v1.MsgExecuteContract"

    sender: str = field(1, "string")
    contract: str = field(2, "string")
    msg: bytes = field(3, "bytes")
    funds: tuple[ProtoCoin, ...] = field(5, ProtoCoin, repeated=True)

    def signers(self) -> tuple[Address, ...]:
        """Who the contract will see as sender."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """Two addresses, JSON, and coins in their one form."""
        check_address(self.sender, field="sender")
        check_address(self.contract, field="contract")
        _check_json(self.msg)
        read_coins(self.funds, field="funds")


@dataclass(frozen=True, slots=True)
class MsgMigrateContract(Msg):
    """Give a contract other code, keeping address, state and coins."""

    type_url = "/cosmwasm.wasm.v1.MsgMigrateContract"

    sender: str = field(1, "string")
    contract: str = field(2, "string")
    code_id: int = field(3, "uint64")
    msg: bytes = field(4, "bytes")

    def signers(self) -> tuple[Address, ...]:
        """The contract's admin, or it will be refused."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """Two addresses, a code and JSON."""
        check_address(self.sender, field="sender")
        check_address(self.contract, field="contract")
        _check_code_id(self.code_id)
        _check_json(self.msg)


@dataclass(frozen=True, slots=True)
class MsgUpdateAdmin(Msg):
    """Hand the right to migrate to somebody else."""

    type_url = "/cosmwasm.wasm.v1.MsgUpdateAdmin"

    sender: str = field(1, "string")
    new_admin: str = field(2, "string")
    contract: str = field(3, "string")

    def signers(self) -> tuple[Address, ...]:
        """The contract's admin, or it will be refused."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """Three addresses."""
        check_address(self.sender, field="sender")
        check_address(self.contract, field="contract")
        check_address(self.new_admin, field="new_admin")


@dataclass(frozen=True, slots=True)
class MsgClearAdmin(Msg):
    """Give up the right to migrate, for good."""

    type_url = "/cosmwasm.wasm.v1.MsgClearAdmin"

    sender: str = field(1, "string")
    contract: str = field(3, "string")

    def signers(self) -> tuple[Address, ...]:
        """The contract's admin, or it will be refused."""
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        """Two addresses."""
        check_address(self.sender, field="sender")
        check_address(self.contract, field="contract")


@dataclass(frozen=True, slots=True)
class StoreCodeResponse:
    """``MsgStoreCodeResponse``."""

    code_id: int = field(1, "uint64")
    checksum: bytes = field(2, "bytes")


@dataclass(frozen=True, slots=True)
class InstantiateResponse:
    """``MsgInstantiateContractResponse``, with and without salt."""

    address: str = field(1, "string")
    data: bytes = field(2, "bytes")


@dataclass(frozen=True, slots=True)
class CallResponse:
    """``MsgExecuteContractResponse`` and ``MsgMigrateContractResponse``."""

    data: bytes = field(1, "bytes")


def _check_instantiate(msg: MsgInstantiateContract | MsgInstantiateContract2) -> None:
    check_address(msg.sender, field="sender")
    if msg.admin:
        check_address(msg.admin, field="admin")
    _check_code_id(msg.code_id)
    _check_label(msg.label)
    _check_json(msg.msg)
    read_coins(msg.funds, field="funds")


def _check_label(label: str) -> None:
    if not 1 <= len(label) <= MAX_LABEL:
        raise InvalidMessage("label", f"{len(label)} characters; give 1 to {MAX_LABEL}")
    if label != label.strip() or not label.isprintable():
        raise InvalidMessage("label", f"{label!r}; no blanks around it, printable letters only")


def _check_code_id(code_id: int) -> None:
    if not code_id:
        raise InvalidMessage("code_id", "codes are counted from 1")


def _check_json(msg: bytes) -> None:
    try:
        canonical_json.loads(msg)
    except InvalidMessage as err:
        raise InvalidMessage("msg", err.reason) from None


def _check_access(access: AccessConfig) -> None:
    if access.permission not in (0, NOBODY, EVERYBODY, LISTED):
        raise InvalidMessage(
            "instantiate_permission",
            f"{access.permission}; give {NOBODY} (nobody), {EVERYBODY} (everybody) or"
            f" {LISTED} (listed addresses)",
        )
    if len(access.addresses) > MAX_LISTED or bool(access.addresses) != (
        access.permission == LISTED
    ):
        raise InvalidMessage(
            "instantiate_permission.addresses",
            f"list 1 to {MAX_LISTED} addresses with permission {LISTED}, none otherwise",
        )
    for address in access.addresses:
        check_address(address, field="instantiate_permission.addresses")
