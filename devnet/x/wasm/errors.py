"""What can go wrong with stored code, instances and calls.

Codes are those of wasmd (``x/wasm/types/errors``). Failures of the machine itself
(``VmError``) and of code that may not be stored (``CodeRejected``) belong to ``cosmwasm``.
"""

from typing import Literal

from devnet.chain.errors import Unauthorized
from devnet.primitives.errors import TxError
from devnet.primitives.types import Address

EntryPoint = Literal["instantiate", "execute", "query", "sudo", "reply", "migrate"]


class WasmError(TxError):
    """A failure whose code belongs to wasmd's codespace."""

    codespace = "wasm"


class ContractError(WasmError):
    """A contract refused, or its code raised.

    The text is what every client of a wasmd chain reads; what was raised is the cause.

    Attributes
    ----------
    label, contract
        The instance, by the name its maker gave it and by its address.
    entry_point
        What was called.
    reason
        The contract's own words.
    """

    code = 5
    what = "execute"

    def __init__(
        self, label: str, entry_point: EntryPoint, reason: str, *, contract: Address
    ) -> None:
        super().__init__(f"{reason}: {self.what} wasm contract failed")
        self.label, self.entry_point = label, entry_point
        self.reason, self.contract = reason, contract

    @classmethod
    def of(
        cls, label: str, entry_point: EntryPoint, reason: str, *, contract: Address
    ) -> "ContractError":
        """Error with the code that wasmd gives this entry point."""
        kind = _BY_ENTRY_POINT.get(entry_point, ContractError)
        return kind(label, entry_point, reason, contract=contract)


class InstantiateFailed(ContractError):
    """A contract refused to be made."""

    code = 4
    what = "instantiate"


class QueryFailed(ContractError):
    """A contract refused to answer."""

    code = 9
    what = "query"


class MigrateFailed(ContractError):
    """The new code refused the old state."""

    code = 11
    what = "migrate"


_BY_ENTRY_POINT: dict[EntryPoint, type[ContractError]] = {
    "instantiate": InstantiateFailed,
    "query": QueryFailed,
    "migrate": MigrateFailed,
}


class AddressTaken(WasmError):
    """A contract stands at this predictable address already."""

    code = 15

    def __init__(self, address: Address) -> None:
        super().__init__(f"a contract stands at {address} already; choose another salt")
        self.address = address


class UnknownContractMessage(WasmError):
    """A contract sent a message of a kind this chain does not carry out.

    Attributes
    ----------
    kind
        The kind, like ``staking`` or ``custom:gov``.
    """

    code = 20

    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind}: unknown message from the contract; no module here takes it")
        self.kind = kind


class InvalidContractEvent(WasmError):
    """A contract gave an event or attribute a name that is kept for the chain, or none."""

    code = 21

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"invalid event: {what}: {reason}")
        self.what, self.reason = what, reason


class ContractNotFound(WasmError):
    """No contract stands at an address."""

    code = 22

    def __init__(self, address: str) -> None:
        super().__init__(f"No such contract: {address}")
        self.address = address


class QueryTooDeep(WasmError):
    """Queries ask one another too many levels deep."""

    code = 27

    def __init__(self, limit: int) -> None:
        super().__init__(f"queries nest at most {limit} deep; ask fewer contracts in a row")
        self.limit = limit


class CodeNotFound(WasmError):
    """No code was stored under a number."""

    code = 28

    def __init__(self, code_id: int, last: int) -> None:
        known = f"there are 1 to {last}" if last else "nothing was stored yet"
        super().__init__(f"No such code: {code_id}; {known}")
        self.code_id = code_id


class CallTooDeep(WasmError):
    """Contracts call one another too many levels deep."""

    code = 30

    def __init__(self, limit: int) -> None:
        super().__init__(f"calls nest at most {limit} deep; a contract may be calling itself")
        self.limit = limit


class NotContractAdmin(Unauthorized):
    """Only the migration admin of a contract may do this.

    Attributes
    ----------
    contract, sender
        Which contract, and who asked.
    admin
        Who may; ``None`` if nobody can any more.
    """

    def __init__(self, contract: str, sender: Address, admin: Address | None) -> None:
        who = f"only its admin {admin} may" if admin else "it has no admin, so nobody can"
        super().__init__(f"{contract} cannot be changed by {sender}: {who}")
        self.contract, self.sender, self.admin = contract, sender, admin
