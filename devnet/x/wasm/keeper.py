"""Codes and contracts for the rest of the chain: store, make, call, ask.

The keeper is the door; behind it :mod:`registry` keeps the records, :mod:`calls` runs one
entry point, :mod:`lifecycle` and :mod:`dispatcher` do what follows. Runtimes are known
by their protocol only.
"""

import zlib
from collections.abc import Sequence

from devnet.abci import Event
from devnet.chain.context import Context
from devnet.chain.tx import Msg, MsgResult
from devnet.cosmwasm.errors import CodeRejected
from devnet.cosmwasm.runtime import ContractRuntime
from devnet.cosmwasm.schema import ContractSchema
from devnet.crypto.addresses import from_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.types import Address, Coins
from devnet.x.wasm.calls import Caller
from devnet.x.wasm.contract_queries import ContractQueries, ModuleQueries
from devnet.x.wasm.dispatcher import Messages, next_depth, run
from devnet.x.wasm.lifecycle import BankKeeper, Lifecycle, check_admin
from devnet.x.wasm.messages import AccessConfig
from devnet.x.wasm.records import Code, HistoryEntry
from devnet.x.wasm.registry import ContractInfo, ContractStorage, Registry

MAX_CODE = 800 * 1024
"""Bytes of code, unpacked (wasmd, ``MaxWasmSize``)."""
COMPILE_COST = 3
"""Chain gas per byte of new code."""
_GZIP = b"\x1f\x8b\x08"
_NO_FUNDS = Coins()


class WasmKeeper:
    """Everything other parts of the chain may ask of contracts."""

    def __init__(
        self, runtimes: Sequence[ContractRuntime], *, bank: BankKeeper, prefix: str
    ) -> None:
        """Begin without routers; :meth:`connect` them before any contract runs."""
        self.registry = Registry(prefix)
        self._runtimes, self._bank = tuple(runtimes), bank
        self._caller: Caller | None = None
        self._lifecycle: Lifecycle | None = None

    def connect(self, messages: Messages, queries: ModuleQueries) -> None:
        """Take the routers, once they exist: they are made of modules, and this is in one."""
        assert self._caller is None, "the routers are connected once"
        answers = ContractQueries(self.registry, queries)
        self._caller = Caller(self.registry, runtimes=self._runtimes, queries=answers)
        self._lifecycle = Lifecycle(self.registry, self._caller, messages, bank=self._bank)

    # -- codes --------------------------------------------------------------------------

    def store_code(
        self, ctx: Context, sender: Address, source: bytes, *, access: AccessConfig | None = None
    ) -> int:
        """Store code, packed or not, under the next number; its runtime checks it first.

        Raises
        ------
        CodeRejected
            If it is too large or its runtime refuses it.
        """
        source = _unpacked(source)
        ctx.gas.consume(COMPILE_COST * len(source), "compile code")
        imports = self.calls.runtime_for(source).check(source)
        prefix, access = self.registry.prefix, access or AccessConfig()
        code = Code(
            sha256(source),
            from_bech32(sender, prefix),
            source,
            imports,
            access.permission,
            tuple(sorted(from_bech32(address, prefix) for address in access.addresses)),
        )
        code_id = self.registry.add_code(ctx, code)
        ctx.emit(Event.of("store_code", code_checksum=code.checksum.hex(), code_id=code_id))
        return code_id

    def find_code(self, ctx: Context, code_id: int) -> Code | None:
        """Code of a number."""
        return self.registry.find_code(ctx, code_id)

    def get_code(self, ctx: Context, code_id: int) -> Code:
        """Code of a number; ``CodeNotFound``."""
        return self.registry.get_code(ctx, code_id)

    def codes(self, ctx: Context) -> list[tuple[int, Code]]:
        """Every code by number."""
        return list(self.registry.codes(ctx))

    def schema(self, ctx: Context, code_id: int) -> ContractSchema | None:
        """What instances of a code can be asked, if the code says so."""
        code = self.get_code(ctx, code_id)
        return self.calls.runtime_for(code.source).schema(code.source, code.checksum)

    # -- contracts ----------------------------------------------------------------------

    def find_contract(self, ctx: Context, address: str) -> ContractInfo | None:
        """Contract at an address."""
        return self.registry.find_contract(ctx, address)

    def get_contract(self, ctx: Context, address: str) -> ContractInfo:
        """Contract at an address; ``ContractNotFound``."""
        return self.registry.get_contract(ctx, address)

    def contracts(self, ctx: Context) -> list[ContractInfo]:
        """Every contract in the order in which they were made."""
        return self.registry.contracts(ctx)

    def instances_of(self, ctx: Context, code_id: int) -> list[ContractInfo]:
        """Contracts of one code in the order in which they were made."""
        return self.registry.contracts(ctx, code_id=code_id)

    def history(self, ctx: Context, address: str) -> list[HistoryEntry]:
        """Codes a contract has had; ``ContractNotFound``."""
        return self.registry.history(ctx, self.get_contract(ctx, address))

    def update_admin(
        self, ctx: Context, address: str, *, sender: Address, admin: Address | None
    ) -> None:
        """Hand the right to migrate on, or give it up for good with ``None``.

        Raises
        ------
        NotContractAdmin
            If the sender has not got it.
        """
        contract = self.get_contract(ctx, address)
        check_admin(contract, sender)
        self.registry.set_admin(ctx, contract, admin)
        ctx.emit(
            Event.of(
                "update_contract_admin",
                _contract_address=contract.address,
                new_admin_address=admin or "",
            )
        )

    # -- calls --------------------------------------------------------------------------

    def instantiate(
        self,
        ctx: Context,
        code_id: int,
        *,
        sender: Address,
        label: str,
        msg: bytes,
        admin: Address | None = None,
        funds: Coins = _NO_FUNDS,
        salt: bytes | None = None,
    ) -> tuple[Address, bytes | None]:
        """Make a contract; its address and its data."""
        task = self.lifecycle.instantiate(
            ctx,
            code_id,
            sender=sender,
            admin=admin,
            label=label,
            msg=msg,
            funds=funds,
            depth=next_depth(),
            salt=salt,
        )
        return run(task)

    def execute(
        self,
        ctx: Context,
        contract: str,
        *,
        sender: Address,
        msg: bytes,
        funds: Coins = _NO_FUNDS,
    ) -> bytes | None:
        """Call a contract for somebody; its data. Rolling back is the caller's."""
        depth = next_depth()
        return run(
            self.lifecycle.execute(ctx, contract, sender=sender, msg=msg, funds=funds, depth=depth)
        )

    def sudo(self, ctx: Context, contract: str, msg: bytes) -> bytes | None:
        """Call a contract as the chain itself; its data. Rolling back is the caller's."""
        return run(self.lifecycle.sudo(ctx, contract, msg=msg, depth=next_depth()))

    def migrate(
        self, ctx: Context, contract: str, *, sender: Address, code_id: int, msg: bytes
    ) -> bytes | None:
        """Give a contract other code; the data of its ``migrate``."""
        depth = next_depth()
        return run(
            self.lifecycle.migrate(
                ctx, contract, sender=sender, code_id=code_id, msg=msg, depth=depth
            )
        )

    def handle(self, ctx: Context, msg: Msg) -> MsgResult:
        """Carry out one of the messages that run contracts."""
        return MsgResult(run(self.lifecycle.tasks[type(msg)](ctx, msg, next_depth())))

    def query_smart(self, ctx: Context, contract: str, msg: bytes) -> bytes:
        """Answer of a contract to a question, usually JSON."""
        return self.calls.query(ctx, self.get_contract(ctx, contract), msg)

    def query_raw(self, ctx: Context, contract: str, key: bytes) -> bytes | None:
        """A value of a contract's own storage; ``None`` if the key is absent."""
        return ContractStorage(ctx, self.get_contract(ctx, contract).raw).get(key)

    @property
    def calls(self) -> Caller:
        """Who runs single entry points."""
        assert self._caller is not None, "connect the routers first"
        return self._caller

    @property
    def lifecycle(self) -> Lifecycle:
        """Who carries out the messages that run contracts."""
        assert self._lifecycle is not None, "connect the routers first"
        return self._lifecycle


def _unpacked(source: bytes) -> bytes:
    """Code as it is stored: the first member of a gzip file, or the bytes themselves."""
    if len(source) <= MAX_CODE and source.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            source = unpacker.decompress(source, MAX_CODE + 1)
        except zlib.error as err:
            raise CodeRejected(0, f"packed with gzip, but damaged: {err}") from err
        if not unpacker.eof and len(source) <= MAX_CODE:
            raise CodeRejected(0, "packed with gzip, but damaged: it is cut off")
    if len(source) > MAX_CODE:
        raise CodeRejected(0, f"larger than {MAX_CODE} bytes; split the contract")
    return source
