"""How a chain begins: the options of ``start`` and the genesis state they make.

Options are kept in the store beside the chain, so that reopening needs only the folder.
The cast of a chain is names: every key follows from the seed and a name.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal, Self, get_args

from devnet.crypto.addresses import to_bech32
from devnet.crypto.keys import Keyring
from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import (
    MAX_TOTAL_POWER,
    MAX_UINT64,
    SECOND,
    Address,
    Timestamp,
    parse_denom,
    parse_uint,
)

VoteMode = Literal["verified", "signed", "off"]
FAUCET = "faucet"
FAUCET_FUNDS = 10**18
"""Smallest units of the chain's token the faucet holds at genesis."""
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_. -]{0,31}")
_PREFIX = re.compile(r"[a-z]{1,20}")
_MAX_CHAIN_ID = 50
_DAY = 86_400


def check_name(name: object, *, field_name: str = "name") -> str:
    """A name of the cast: a letter, then up to 31 letters, digits, blanks, ``_ . -``.

    Raises
    ------
    InvalidMessage
        If it is no such text, naming the field.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.strip():
        raise InvalidMessage(
            field_name, f"{name!r} is no name; use a letter, then letters, digits, _ . - or blanks"
        )
    return name


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What ``devnet.start`` was given, checked; part of the chain for good.

    ``genesis_time`` is RFC 3339 text in UTC; ``validators`` maps names to powers.
    """

    seed: int = 0
    validators: Mapping[str, int] = field(default_factory=lambda: {"genesis": 1})
    admin: str | None = None
    chain_id: str = "poe-devnet-1"
    prefix: str = "tgrade"
    genesis_time: str = "2024-01-01T00:00:00Z"
    denom: str = "utgd"
    block_seconds: int = 5
    votes: VoteMode = "verified"

    def __post_init__(self) -> None:
        _check_texts(self)
        parse_uint(self.seed, bits=64, field="seed")
        if not self.validators:
            raise InvalidMessage("validators", 'give names and powers, like {"ana": 4, "ben": 3}')
        for name, power in self.validators.items():
            check_name(name, field_name="validators")
            if parse_uint(power, bits=60, field=f"validators[{name!r}]") == 0:
                raise InvalidMessage(f"validators[{name!r}]", "a validator has power 1 or more")
        if sum(self.validators.values()) > MAX_TOTAL_POWER:
            raise InvalidMessage("validators", "all powers together pass 2**60 - 1")
        if self.admin is not None:
            check_name(self.admin, field_name="admin")
        if not 1 <= len(self.chain_id) <= _MAX_CHAIN_ID:
            raise InvalidMessage("chain_id", "a text of 1 to 50 characters, like 'poe-devnet-1'")
        if not _PREFIX.fullmatch(self.prefix):
            raise InvalidMessage("prefix", "1 to 20 lower-case letters, like 'tgrade'")
        parse_denom(self.denom)
        if not 1 <= parse_uint(self.block_seconds, bits=32, field="block_seconds") <= _DAY:
            raise InvalidMessage("block_seconds", "a block takes 1 second to a day (86400)")
        if self.votes not in get_args(VoteMode):
            raise InvalidMessage("votes", f"one of {', '.join(get_args(VoteMode))}")
        _ = self.genesis_nanoseconds

    @property
    def genesis_nanoseconds(self) -> Timestamp:
        """Genesis time in nanoseconds since 1970.

        Raises
        ------
        InvalidMessage
            If ``genesis_time`` is no time in UTC, or before 1970.
        """
        try:
            moment = datetime.fromisoformat(self.genesis_time)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            raise InvalidMessage(
                "genesis_time", f"{self.genesis_time!r}: write it like 2024-01-01T00:00:00Z"
            )
        since = moment - datetime(1970, 1, 1, tzinfo=UTC)
        seconds = since.days * 86_400 + since.seconds
        if not 0 < seconds * SECOND <= MAX_UINT64 >> 1:
            raise InvalidMessage("genesis_time", "a time after 1970 and before 2262")
        return Timestamp(seconds * SECOND + since.microseconds * 1000)

    def to_json(self) -> bytes:
        """Canonical bytes, as kept in the store; the order of validators is no fact."""
        return dumps({**asdict(self), "validators": dict(self.validators)})

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Options of what :meth:`to_json` wrote."""
        return cls(**loads(data))  # type: ignore[arg-type]  # checked by __post_init__


def _check_texts(options: StartOptions) -> None:
    """Options arrive as keywords from a cell, where nothing checks their types."""
    for name in ("chain_id", "prefix", "genesis_time", "denom", "votes"):
        given: object = getattr(options, name)
        if not isinstance(given, str):
            raise InvalidMessage(name, f"{given!r} is no text")
    validators: object = options.validators
    if not isinstance(validators, Mapping):
        raise InvalidMessage("validators", 'give names and powers, like {"ana": 4, "ben": 3}')


def operator_address(keyring: Keyring, name: str, prefix: str) -> Address:
    """The account address of a name."""
    return to_bech32(prefix, keyring.account(name).raw_address)


def genesis_state(options: StartOptions, keyring: Keyring) -> Json:
    """State of every module before the first block."""

    def address(name: str) -> Address:
        return operator_address(keyring, name, options.prefix)

    admin = None if options.admin is None else address(options.admin)
    known: list[Json] = []
    if admin is not None:  # who holds no coins is not known otherwise
        known.append({"address": admin, "account_number": 0, "sequence": 0})
    return {
        "auth": {"accounts": known},
        "bank": {
            "balances": [
                {
                    "address": address(FAUCET),
                    "coins": [{"denom": options.denom, "amount": str(FAUCET_FUNDS)}],
                }
            ]
        },
        "validator": {
            "admin": admin,
            "validators": [
                {
                    "operator": address(name),
                    "pubkey": b64encode(keyring.consensus(name).public_key).decode(),
                    "power": power,
                }
                for name, power in sorted(options.validators.items())
            ],
        },
    }
