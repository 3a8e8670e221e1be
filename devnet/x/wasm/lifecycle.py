"""A contract's life as tasks: made, called, given other code, called by the chain.

Each task does its own part (records, coins, the entry point, the host's event) and leaves
what follows from the answer to the dispatcher. Rules: cosmwasm reference, section 12.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from devnet.abci import Event
from devnet.chain.context import Context
from devnet.chain.errors import Unauthorized
from devnet.chain.tx import Msg, read_coins
from devnet.cosmwasm.deps import MessageInfo
from devnet.crypto.addresses import (
    contract_address,
    from_bech32,
    parse_address,
    predictable_address,
)
from devnet.primitives.protobuf import encode
from devnet.primitives.types import Address, Coins
from devnet.x.wasm.calls import Caller
from devnet.x.wasm.dispatcher import Dispatcher, Handle, Messages, Task
from devnet.x.wasm.errors import AddressTaken, NotContractAdmin
from devnet.x.wasm.messages import (
    LISTED,
    NOBODY,
    CallResponse,
    InstantiateResponse,
    MsgExecuteContract,
    MsgInstantiateContract,
    MsgInstantiateContract2,
    MsgMigrateContract,
)
from devnet.x.wasm.records import Code
from devnet.x.wasm.registry import ContractInfo, Registry


class BankKeeper(Protocol):
    """What x/wasm needs of x/bank."""

    def send(self, ctx: Context, sender: Address, recipient: Address, coins: Coins) -> None:
        """Move coins; ``InsufficientFunds``."""


class Lifecycle:
    """Carries out the messages that run contracts.

    Attributes
    ----------
    tasks
        By kind of message, the task that carries it out and answers its response.
    """

    def __init__(
        self, registry: Registry, caller: Caller, messages: Messages, *, bank: BankKeeper
    ) -> None:
        self._registry, self._caller, self._bank = registry, caller, bank
        self.tasks: Mapping[type[Msg], Handle] = {
            MsgInstantiateContract: self._on_instantiate,
            MsgInstantiateContract2: self._on_instantiate2,
            MsgExecuteContract: self._on_execute,
            MsgMigrateContract: self._on_migrate,
        }
        self._dispatcher = Dispatcher(caller, messages, tasks=self.tasks)

    # -- what contracts live through ----------------------------------------------------

    def instantiate(
        self,
        ctx: Context,
        code_id: int,
        *,
        sender: Address,
        admin: Address | None,
        label: str,
        msg: bytes,
        funds: Coins,
        depth: int,
        salt: bytes | None = None,
        fix_msg: bool = False,
    ) -> Task[tuple[Address, bytes | None]]:
        """Make a contract: take a number, move the funds, run its entry point, record it.

        The record is there before the messages of the answer run, so they can call back.
        """
        code = self._registry.get_code(ctx, code_id)
        creator = from_bech32(sender, self._registry.prefix)
        _check_permission(code, creator, code_id=code_id, sender=sender)
        number = self._registry.next_number(ctx)
        if salt is None:
            raw = contract_address(code_id, number)
        else:
            raw = predictable_address(code.checksum, creator, salt, msg if fix_msg else b"")
        address = self._registry.address(raw)
        if self._registry.find_contract(ctx, address) is not None:
            raise AddressTaken(address)
        contract = ContractInfo(
            address, raw, code_id, sender, admin, label, ctx.block.height, number
        )
        self._bank.send(ctx, sender, address, funds)
        response = self._caller.call(
            ctx, contract, entry_point="instantiate", msg=msg, info=MessageInfo(sender, funds)
        )
        self._registry.put_contract(ctx, contract)
        self._registry.add_history(ctx, contract, operation="init", msg=msg)
        ctx.emit(Event.of("instantiate", _contract_address=address, code_id=code_id))
        data: bytes | None = yield self._dispatcher.finish(ctx, contract, response, depth=depth)
        return address, data

    def execute(
        self,
        ctx: Context,
        address: str,
        *,
        sender: Address,
        msg: bytes,
        funds: Coins,
        depth: int,
    ) -> Task[bytes | None]:
        """Call a contract: move the funds first, so that the call sees them."""
        contract = self._registry.get_contract(ctx, address)
        self._bank.send(ctx, sender, contract.address, funds)
        response = self._caller.call(
            ctx, contract, entry_point="execute", msg=msg, info=MessageInfo(sender, funds)
        )
        ctx.emit(Event.of("execute", _contract_address=contract.address))
        data: bytes | None = yield self._dispatcher.finish(ctx, contract, response, depth=depth)
        return data

    def sudo(self, ctx: Context, address: str, *, msg: bytes, depth: int) -> Task[bytes | None]:
        """Call a contract as the chain itself; there is no sender."""
        contract = self._registry.get_contract(ctx, address)
        response = self._caller.call(ctx, contract, entry_point="sudo", msg=msg)
        ctx.emit(Event.of("sudo", _contract_address=contract.address))
        data: bytes | None = yield self._dispatcher.finish(ctx, contract, response, depth=depth)
        return data

    def migrate(
        self, ctx: Context, address: str, *, sender: Address, code_id: int, msg: bytes, depth: int
    ) -> Task[bytes | None]:
        """Give a contract other code, whose ``migrate`` runs in the old storage."""
        contract = self._registry.get_contract(ctx, address)
        check_admin(contract, sender)
        self._registry.get_code(ctx, code_id)
        moved = replace(contract, code_id=code_id)
        response = self._caller.call(ctx, moved, entry_point="migrate", msg=msg)
        self._registry.put_contract(ctx, moved)
        self._registry.add_history(ctx, moved, operation="migrate", msg=msg)
        ctx.emit(Event.of("migrate", code_id=code_id, _contract_address=contract.address))
        data: bytes | None = yield self._dispatcher.finish(ctx, moved, response, depth=depth)
        return data

    # -- the same, as messages ----------------------------------------------------------

    def _on_instantiate(self, ctx: Context, msg: MsgInstantiateContract, depth: int) -> Task[bytes]:
        return (yield from self._made(ctx, msg, depth, salt=None, fix_msg=False))

    def _on_instantiate2(
        self, ctx: Context, msg: MsgInstantiateContract2, depth: int
    ) -> Task[bytes]:
        return (yield from self._made(ctx, msg, depth, salt=msg.salt, fix_msg=msg.fix_msg))

    def _made(
        self,
        ctx: Context,
        msg: MsgInstantiateContract | MsgInstantiateContract2,
        depth: int,
        *,
        salt: bytes | None,
        fix_msg: bool,
    ) -> Task[bytes]:
        prefix = self._registry.prefix
        task = self.instantiate(
            ctx,
            msg.code_id,
            sender=parse_address(msg.sender, prefix, field="sender"),
            admin=parse_address(msg.admin, prefix, field="admin") if msg.admin else None,
            label=msg.label,
            msg=msg.msg,
            funds=read_coins(msg.funds, field="funds"),
            depth=depth,
            salt=salt,
            fix_msg=fix_msg,
        )
        address, data = yield task
        return encode(InstantiateResponse(address, data or b""))

    def _on_execute(self, ctx: Context, msg: MsgExecuteContract, depth: int) -> Task[bytes]:
        data = yield self.execute(
            ctx,
            msg.contract,
            sender=parse_address(msg.sender, self._registry.prefix, field="sender"),
            msg=msg.msg,
            funds=read_coins(msg.funds, field="funds"),
            depth=depth,
        )
        return encode(CallResponse(data or b""))

    def _on_migrate(self, ctx: Context, msg: MsgMigrateContract, depth: int) -> Task[bytes]:
        data = yield self.migrate(
            ctx,
            msg.contract,
            sender=parse_address(msg.sender, self._registry.prefix, field="sender"),
            code_id=msg.code_id,
            msg=msg.msg,
            depth=depth,
        )
        return encode(CallResponse(data or b""))


def check_admin(contract: ContractInfo, sender: Address) -> None:
    """Refuse whoever is not the contract's admin (``NotContractAdmin``)."""
    if contract.admin is None or contract.admin != sender:
        raise NotContractAdmin(str(contract), sender, contract.admin)


def _check_permission(code: Code, creator: bytes, *, code_id: int, sender: Address) -> None:
    if code.permission == NOBODY:
        raise Unauthorized(f"nobody may make instances of code {code_id}")
    if code.permission == LISTED and creator not in code.listed:
        raise Unauthorized(f"{sender} may not make instances of code {code_id}; ask its creator")
