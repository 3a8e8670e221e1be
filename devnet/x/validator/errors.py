"""What x/validator refuses, each with what to do instead."""

from devnet.abci import Event
from devnet.chain.errors import Unauthorized
from devnet.primitives.errors import TxError
from devnet.primitives.types import MAX_TOTAL_POWER, Address


class ValidatorError(TxError):
    """A failure of x/validator."""

    codespace = "validator"


class PermissionDenied(Unauthorized):
    """Only the holder of a permission may do this.

    Attributes
    ----------
    permission
        ``admin`` or ``authority``.
    sender
        Who asked.
    holder
        Who holds it; ``None`` if nobody does.
    """

    def __init__(self, permission: str, sender: Address, holder: Address | None) -> None:
        if holder is not None:
            who = f"only {holder} may"
        elif permission == "admin":
            who = "there is no admin any more, so nobody can ever change the permissions"
        else:
            who = f"nobody holds it; the admin sets {permission}"
        super().__init__(f"{sender} does not hold the permission {permission!r}: {who}")
        self.permission, self.sender, self.holder = permission, sender, holder


class EmptyValidatorSet(ValidatorError):
    """After this nobody could sign a block, and the chain would stand still for ever."""

    code = 2

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} would leave no validator with power, and no block could follow;"
            " give at least one operator with a registered key some weight first"
        )
        self.what = what


class PowerOverflow(ValidatorError):
    """Total power beyond what consensus can count with.

    Attributes
    ----------
    total
        What the set would come to.
    """

    code = 3
    limit = MAX_TOTAL_POWER

    def __init__(self, total: int) -> None:
        super().__init__(
            f"total power would be {total}, consensus takes at most {MAX_TOTAL_POWER}"
            " (2**60 - 1); scale the weights down"
        )
        self.total = total


class InvalidDiff(ValidatorError):
    """An entry that cannot be carried out.

    Attributes
    ----------
    operator
        Whose entry it is.
    reason
        What is wrong with it.
    """

    code = 4

    def __init__(self, operator: Address, reason: str) -> None:
        super().__init__(f"entry of {operator}: {reason}")
        self.operator, self.reason = operator, reason


class UnsuitableContract(ValidatorError):
    """An address that cannot hold this permission.

    Attributes
    ----------
    permission, address
        What it was to hold, and who it is.
    reason
        Why it cannot.
    """

    code = 5

    def __init__(self, permission: str, address: str, reason: str) -> None:
        super().__init__(f"{permission}: {address} {reason}")
        self.permission, self.address, self.reason = permission, address, reason


class UnknownValidator(ValidatorError):
    """No operator ever ran a validator with this address.

    Attributes
    ----------
    address
        Consensus address in upper-case hex, or the operator that was asked for.
    """

    code = 6

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is not, and never was, a validator of this chain")
        self.address = address


class PrivilegedCallFailed(ValidatorError):
    """A contract in office did not do what the chain asked of it.

    Attributes
    ----------
    role, contract
        The office, and who holds it.
    reason
        Why it failed.
    events
        What to tell after the branch of the call was dropped.
    """

    code = 7

    def __init__(self, role: str, contract: str, reason: str) -> None:
        super().__init__(f"{contract}, called as {role}: {reason}")
        self.role, self.contract, self.reason = role, contract, reason
        self.events: tuple[Event, ...] = (
            Event.of("privileged_call_failed", role=role, contract=contract, reason=reason),
        )
