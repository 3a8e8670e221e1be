"""Asking a CW7 contract for its validators, page by page (acceptance, "Fixed wire")."""

from typing import Protocol

from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas
from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.errors import TxError
from devnet.primitives.types import Address
from devnet.x.validator.diffs import read_entries
from devnet.x.validator.errors import UnsuitableContract
from devnet.x.validator.types import Validator

PAGE = 100


class Cw7(Protocol):
    """Who can ask a contract."""

    def query_smart(self, ctx: Context, contract: str, msg: bytes) -> bytes:
        """Answer of a contract to a question."""


def read_set(ctx: Context, wasm: Cw7, contract: Address, *, prefix: str) -> list[Validator]:
    """The complete set a contract wishes for; entries without weight are nobody.

    Raises
    ------
    UnsuitableContract
        If it does not answer CW7, or names an operator twice.
    OutOfGas
        If its list does not end within the gas of who asks.
    """
    found: dict[Address, Validator] = {}
    last: Address | None = None
    while True:
        page = _page(ctx, wasm, contract, last, prefix)
        for validator in page:
            if validator.operator in found:
                raise UnsuitableContract(
                    "authority",
                    contract,
                    f"lists {validator.operator} twice; list_validators names each operator once",
                )
            found[validator.operator] = validator
            last = validator.operator
        if len(page) < PAGE:
            return [validator for validator in found.values() if validator.power]


def _page(
    ctx: Context, wasm: Cw7, contract: Address, start_after: Address | None, prefix: str
) -> list[Validator]:
    msg: Json = {"list_validators": {"start_after": start_after, "limit": PAGE}}
    try:
        answer = loads(wasm.query_smart(ctx, contract, dumps(msg)))
        listed = answer.get("validators") if isinstance(answer, dict) else None
        return read_entries(listed, field="list_validators.validators", prefix=prefix)
    except OutOfGas:
        raise
    except TxError as err:
        raise UnsuitableContract("authority", contract, f"does not answer CW7: {err}") from err
