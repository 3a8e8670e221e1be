"""What a user may type where a message wants an address, coins or JSON.

Handles stand for their address, names for the account or contract of that name. A
contract's schema says which argument is an address, an amount or a decimal; messages of
compiled contracts, which have none, pass through with handles replaced.
"""

from collections.abc import Mapping
from typing import Any

from devnet.crypto.addresses import parse_address
from devnet.crypto.errors import InvalidAddress
from devnet.live.errors import UnknownName
from devnet.live.session import Session
from devnet.primitives.canonical_json import Json
from devnet.primitives.decimals import Decimal
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Coin, Coins


def address_of(session: Session, value: object, *, field: str) -> Address:
    """Address of a handle, a name or an address text.

    Raises
    ------
    UnknownName
        If it is no address and nobody has that name, offering the nearest.
    InvalidAddress
        If it looks like an address and is none.
    """
    for attribute in ("address", "operator"):
        found = getattr(value, attribute, None)
        if isinstance(found, str) and found.startswith(session.prefix + "1"):
            refuse_stranger(session, value, field=field)
            return Address(found)
    if not isinstance(value, str):
        raise InvalidMessage(field, f"{value!r} is no address; give a handle, a name or an address")
    if value.startswith(session.prefix + "1"):
        return parse_address(value, session.prefix, field=field)
    named = session.find_address(value)
    if named is None:
        if value.rfind("1") > 0 and len(value) > len(session.prefix) + 30:
            raise InvalidAddress(value, f"addresses here begin with {session.prefix}1", field=field)
        raise UnknownName(f"account or contract for {field}:", value, session.names())
    return named


def refuse_stranger(session: Session, handle: object, *, field: str) -> None:
    """Refuse a handle of another chain: names and addresses there mean somebody else."""
    if getattr(handle, "session", session) is not session:
        raise InvalidMessage(field, f"{handle!r} belongs to another chain; take it from this one")


def wire(session: Session, value: Any, *, field: str) -> Json:
    """JSON of an argument: handles become addresses, coins and decimals their wire form."""
    found: Json
    match value:
        case None | bool() | int() | str():
            found = value
        case Coin():
            found = {"denom": value.denom, "amount": str(value.amount)}
        case Coins() | list() | tuple():
            found = [wire(session, item, field=f"{field}[{i}]") for i, item in enumerate(value)]
        case Decimal():
            found = str(value)
        case bytes():
            raise InvalidMessage(field, "give bytes as base64 text, like a validator's pubkey")
        case float():
            raise InvalidMessage(field, f"{value!r}: write a fraction as text, like '0.05'")
        case Mapping():
            found = {str(k): wire(session, v, field=f"{field}.{k}") for k, v in value.items()}
        case _:
            found = address_of(session, value, field=field)
    return found
