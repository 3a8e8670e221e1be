"""Calls of the chain itself into contracts that hold an office.

A contract that fails is rolled back and told of, and the chain goes on. One that never
ends cannot be waited for: outside of transactions the chain halts, visibly, and whoever
watches may go back to before it was put in office.
"""

from collections.abc import Callable
from typing import Protocol

from devnet.abci import PrivilegedCallEndless
from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas
from devnet.primitives.errors import TxError
from devnet.primitives.types import Address
from devnet.x.validator.errors import PrivilegedCallFailed

PRIVILEGED_GAS = 200_000_000
"""Chain gas of one privileged call; beyond it a contract counts as endless."""


class Contract(Protocol):
    """What is said about a contract in a message to people."""

    @property
    def address(self) -> Address:
        """Where it stands."""

    @property
    def label(self) -> str:
        """What its maker called it."""


def call_privileged(
    ctx: Context, call: Callable[[Context], object], *, role: str, contract: str
) -> None:
    """Run a call on a branch of its own, with the gas of a privileged call.

    Raises
    ------
    PrivilegedCallFailed
        If the contract refuses or fails; nothing of the call is kept.
    PrivilegedCallEndless
        If it used up all its gas and no transaction pays for it.
    OutOfGas
        If a transaction pays, and has none left.
    """
    meter = ctx.gas
    try:
        with ctx.branch(gas_limit=PRIVILEGED_GAS) as scope:
            meter = scope.gas
            call(scope)
    except OutOfGas as err:
        if not meter.is_exhausted:  # a limit inside of the call, which it did not catch
            raise PrivilegedCallFailed(role, contract, str(err)) from err
        if ctx.mode in ("begin_block", "end_block"):
            raise PrivilegedCallEndless(role, contract) from err
        raise
    except TxError as err:
        raise PrivilegedCallFailed(role, contract, str(err)) from err
