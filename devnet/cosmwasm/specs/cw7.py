"""CW7: contracts that decide who validates.

A CW7 contract answers ``list_validators`` and ``validator``, takes ``register_pubkey``, and
as long as it is the Authority of x/validator it sends every change as a
``validator_diff``. It asks the chain for the permissions first, so that a contract that is
not, or no longer, in office works on undisturbed (acceptance, Fixed wire).
"""

from dataclasses import dataclass

from devnet.cosmwasm.deps import Querier
from devnet.cosmwasm.errors import QueryFailed
from devnet.cosmwasm.kinds import kind_of, plain
from devnet.cosmwasm.messages import CosmosMsg, custom
from devnet.primitives.types import Address, Weight

KEY_SIZE = 32
"""Bytes of an ed25519 public key."""
_DEFAULT_LIMIT, _MAX_LIMIT = 30, 100


def validator_page(limit: int | None) -> int:
    """How many validators a page holds: 30 unless asked, never more than 100."""
    return _DEFAULT_LIMIT if limit is None else min(limit, _MAX_LIMIT)


@dataclass(frozen=True, slots=True)
class Validator:
    """A consensus key with the weight of its operator; weight 0 in a diff removes it."""

    operator: Address
    pubkey: bytes
    weight: Weight


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator as the contract knows it: ``pubkey`` is ``None`` while it waits for one."""

    operator: Address
    pubkey: bytes | None
    weight: Weight


@dataclass(frozen=True, slots=True)
class ValidatorsAnswer:
    """Answer of ``list_validators``: keys with weight above zero, in order of operator."""

    validators: list[Validator]


@dataclass(frozen=True, slots=True)
class ValidatorAnswer:
    """Answer of ``validator``; ``None`` if the operator has neither weight nor key."""

    validator: Operator | None


@dataclass(frozen=True, slots=True)
class Permissions:
    """The four offices of x/validator."""

    admin: Address | None
    authority: Address | None
    distribution: Address | None
    slashing: Address | None


_PERMISSIONS = kind_of(Permissions)


def find_permissions(querier: Querier) -> Permissions | None:
    """Who holds which office; ``None`` on a chain that has no such offices."""
    try:
        answer = querier.custom({"validator": {"permissions": {}}})
    except QueryFailed:
        return None
    found: Permissions = _PERMISSIONS.read(answer, None)
    return found


def is_authority(querier: Querier, contract: Address) -> bool:
    """Whether this contract decides who validates."""
    permissions = find_permissions(querier)
    return permissions is not None and permissions.authority == contract


def validator_diff(diffs: list[Validator]) -> CosmosMsg:
    """What the Authority tells x/validator."""
    return custom({"validator": {"validator_diff": {"diffs": plain(diffs)}}})
