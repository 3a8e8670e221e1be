"""What consensus refuses, and why it stops.

Nothing here is a failure of a transaction except :class:`EvidenceRefused`, which a
transaction that submits evidence meets too. After any of them the last committed block
stands untouched.
"""

from devnet.primitives.errors import DevnetError, TxError
from devnet.primitives.types import ConsAddress


class ConsensusError(DevnetError):
    """Consensus cannot do what was asked."""


class NotStarted(ConsensusError):
    """There is no block yet, so there is nothing to read or to continue."""

    def __init__(self) -> None:
        super().__init__("the chain has no block yet; give it a genesis first")


class AlreadyStarted(ConsensusError):
    """A genesis was given to a chain that has blocks.

    Attributes
    ----------
    height
        Of the last block.
    """

    def __init__(self, height: int) -> None:
        super().__init__(f"the chain already stands at height {height}; start a new one")
        self.height = height


class NoQuorum(ConsensusError):
    """Not more than two thirds of the power is online, so there is no block.

    Attributes
    ----------
    silent
        Names of the validators that do not sign; the address in hex where no node ever
        ran for the key.
    online, needed, total
        Power that would sign, the least that decides, and the power of the whole set.
    """

    def __init__(self, silent: tuple[str, ...], *, online: int, needed: int, total: int) -> None:
        super().__init__(
            f"no block: {online} of {total} power is online and {needed} is needed;"
            f" silent: {', '.join(silent)}. Bring one of them back online"
        )
        self.silent, self.online, self.needed, self.total = silent, online, needed, total


class ChainHalted(ConsensusError):
    """A block was decided but cannot be executed; the state is that of the block before.

    Attributes
    ----------
    height
        Of the block that could not be executed.
    cause
        What went wrong: a privileged call without end, or validator updates that no
        validator set can take.
    """

    def __init__(self, height: int, cause: DevnetError) -> None:
        super().__init__(
            f"halted at height {height}: {cause}."
            " Nothing of that block was kept; go back to before its cause and go on from there"
        )
        self.height, self.cause = height, cause


class ClockGoesBack(ConsensusError):
    """The clock was asked to stand before the block that is being voted on.

    Attributes
    ----------
    asked, earliest
        Nanoseconds since 1970.
    """

    def __init__(self, *, asked: int, earliest: int) -> None:
        super().__init__(f"the clock cannot go back to {asked}; the earliest is {earliest} ns")
        self.asked, self.earliest = asked, earliest


class UnknownNode(ConsensusError):
    """A switch was set for a key no node was ever started for.

    Attributes
    ----------
    address
        Consensus address of the key.
    """

    def __init__(self, address: ConsAddress) -> None:
        super().__init__(f"no node runs for {address.hex().upper()}; start one first")
        self.address = address


class CannotSign(ConsensusError):
    """A vote was asked of a validator that cannot give it.

    Attributes
    ----------
    address
        Consensus address of the validator.
    reason
        Why not, and what to do.

    ``name`` is who that is, where the one who raises it knows.
    """

    def __init__(self, address: ConsAddress, reason: str, *, name: str = "") -> None:
        super().__init__(f"{name or address.hex().upper()} cannot sign: {reason}")
        self.address, self.reason = address, reason


class ValidatorSetError(ConsensusError):
    """A validator set that cannot be, or updates that no set can take."""


class EmptyValidatorSet(ValidatorSetError):
    """A set without members was asked to choose, or updates would leave nobody."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: the validator set is empty; keep at least one validator")
        self.what = what


class DuplicateValidator(ValidatorSetError):
    """One validator stands twice in a list of updates."""

    def __init__(self, address: ConsAddress) -> None:
        super().__init__(f"{address.hex().upper()} stands twice in the updates; give one entry")
        self.address = address


class InvalidPower(ValidatorSetError):
    """A power below zero, zero where a member is needed, or above the limit of a set."""

    def __init__(self, address: ConsAddress, power: int, reason: str) -> None:
        super().__init__(f"power {power} of {address.hex().upper()}: {reason}")
        self.address, self.power, self.reason = address, power, reason


class InvalidValidatorKey(ValidatorSetError):
    """A validator update whose key is no ed25519 key."""

    def __init__(self, pub_key: bytes) -> None:
        super().__init__(f"{pub_key.hex() or 'an empty key'} is no ed25519 key of 32 bytes")
        self.pub_key = pub_key


class UnknownValidator(ValidatorSetError):
    """A validator that is not in the set cannot be removed from it."""

    def __init__(self, address: ConsAddress) -> None:
        super().__init__(f"{address.hex().upper()} is not in the set and cannot be removed")
        self.address = address


class TotalPowerOverflow(ValidatorSetError):
    """The power of the whole set would pass its limit."""

    def __init__(self, total: int, limit: int) -> None:
        super().__init__(f"total power {total} passes {limit}; give smaller powers")
        self.total, self.limit = total, limit


class VoteRefused(ConsensusError):
    """A vote that cannot be counted here.

    Attributes
    ----------
    reason
        Which rule it breaks.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"vote refused: {reason}")
        self.reason = reason


class CommitRefused(ConsensusError):
    """A commit that does not prove its block decided.

    Attributes
    ----------
    reason
        Which rule it breaks, with the figures.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"commit refused: {reason}")
        self.reason = reason


class BlockRefused(ConsensusError):
    """A block that must not follow the last one.

    Attributes
    ----------
    field
        The header field, or ``evidence`` or ``size``.
    reason
        What it holds and what it should hold.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"block refused, {field}: {reason}")
        self.field, self.reason = field, reason


class EvidenceRefused(TxError):
    """Evidence that proves nothing.

    Attributes
    ----------
    check
        Name of the check that failed: ``encoding``, ``vote``, ``order``, ``block_id``,
        ``height``, ``time``, ``expired``, ``validator``, ``vote_height``, ``round``,
        ``type``, ``address``, ``power``, ``total_power``, ``signature``.
    reason
        What is wrong, with the values compared.
    """

    codespace = "evidence"
    code = 3

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(f"evidence refused, {check}: {reason}")
        self.check, self.reason = check, reason
