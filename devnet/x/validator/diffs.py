"""Entries that wish for power: read from JSON, and checked against one another and state.

A list of validators and a diff have the same entries (acceptance, "Fixed wire"): operator,
ed25519 key, weight; weight becomes power one to one.
"""

from base64 import b64decode
from collections.abc import Iterable
from typing import Protocol

from devnet.chain.params import Params
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, ConsAddress, Power
from devnet.x.validator.errors import InvalidDiff
from devnet.x.validator.types import KEY_SIZE, Validator

_ENTRY = ("operator", "pubkey", "weight")


class Known(Protocol):
    """What is on record about operators and keys."""

    def validator(self, operator: Address) -> Validator | None:
        """The operator's key and power, if it ever had any."""

    def operator(self, address: ConsAddress) -> Address | None:
        """Who runs the key behind a consensus address, or once did."""


def read_entries(entries: Json, *, field: str, prefix: str) -> list[Validator]:
    """Entries of a JSON list, in their order.

    Raises
    ------
    InvalidMessage, InvalidAddress
        Naming the field by its path: no address, no key, or no whole number of 64 bits.
    """
    if not isinstance(entries, list):
        raise InvalidMessage(field, f"{entries!r} is no list of operator, pubkey and weight")
    return [
        _entry(Params(entry, field=f"{field}[{number}]", known=_ENTRY), prefix)
        for number, entry in enumerate(entries)
    ]


def _entry(params: Params, prefix: str) -> Validator:
    return Validator(
        params.address("operator", prefix=prefix),
        read_key(params.text("pubkey"), field=params.path("pubkey")),
        Power(params.uint("weight", bits=64)),
    )


def read_key(text: str, *, field: str) -> bytes:
    """An ed25519 key of its base64 text.

    Raises
    ------
    InvalidMessage
        If it is none.
    """
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    check_key(key, field=field)
    return key


def check_key(key: bytes, *, field: str) -> None:
    """Refuse what cannot be an ed25519 key (``InvalidMessage``)."""
    if len(key) != KEY_SIZE:
        raise InvalidMessage(
            field, f"{len(key)} bytes; give an ed25519 public key, {KEY_SIZE} bytes in base64"
        )


def settle(entries: Iterable[Validator], known: Known) -> list[Validator]:
    """One wish per operator, the last one counting, none contradicting another or state.

    Raises
    ------
    InvalidDiff
        If a key would get a second operator, or an operator a second key.
    """
    wishes: dict[Address, Validator] = {}
    owners: dict[bytes, Address] = {}
    for entry in entries:
        owner = owners.setdefault(entry.pub_key, entry.operator)
        if owner != entry.operator:
            raise InvalidDiff(entry.operator, f"its key is {owner}'s too; one key has one operator")
        earlier = wishes.get(entry.operator)
        if earlier is not None and earlier.pub_key != entry.pub_key:
            raise InvalidDiff(
                entry.operator, "it stands there with two keys; one operator has one key"
            )
        wishes[entry.operator] = entry
    for wish in wishes.values():
        _check_record(wish, known)
    return list(wishes.values())


def _check_record(wish: Validator, known: Known) -> None:
    """Keys are bound to operators for good, or evidence would find the wrong one."""
    recorded = known.validator(wish.operator)
    if recorded is not None and recorded.pub_key != wish.pub_key:
        raise InvalidDiff(
            wish.operator, "it has another key, for good; name that one, or another operator"
        )
    owner = known.operator(wish.address)
    if owner is not None and owner != wish.operator:
        raise InvalidDiff(wish.operator, f"its key belongs to {owner}, for good; take a new key")
