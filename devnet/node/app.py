"""The one wiring room: keepers, routers and the order of the modules. No behaviour."""

from dataclasses import dataclass

from devnet.abci import Verifier
from devnet.chain.base_app import BaseApp, BlockLookup
from devnet.chain.module import Module
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.store.multistore import MultiStore
from devnet.vm.python_runtime import PythonRuntime
from devnet.x.auth.ante import Ante
from devnet.x.auth.keeper import AccountKeeper
from devnet.x.auth.module import AuthModule
from devnet.x.bank.keeper import BankKeeper
from devnet.x.bank.module import BankModule
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.module import EvidenceModule
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.validator.keeper import ValidatorKeeper
from devnet.x.validator.module import ValidatorModule
from devnet.x.wasm.keeper import WasmKeeper
from devnet.x.wasm.module import WasmModule

STORES = ("auth", "bank", "evidence", "validator", "wasm")
"""Names of the state stores, each a leaf of the app hash."""


@dataclass(frozen=True, slots=True)
class App:
    """The application and what the node asks of its keepers."""

    base: BaseApp
    accounts: AccountKeeper
    bank: BankKeeper
    wasm: WasmKeeper
    validator: ValidatorKeeper
    evidence: EvidenceKeeper
    runtime: PythonRuntime


def build_app(store: MultiStore, *, prefix: str, verifier: Verifier, blocks: BlockLookup) -> App:
    """Everything wired: evidence first at the beginning of a block, x/validator last at its end."""
    accounts = AccountKeeper(prefix=prefix)
    bank = BankKeeper(accounts, prefix=prefix)
    runtime = PythonRuntime(prefix)
    wasm = WasmKeeper((runtime,), bank=bank, prefix=prefix)
    validator = ValidatorKeeper(wasm, prefix=prefix)
    router = EvidenceRouter().add_route("equivocation", validator.handle_equivocation)
    evidence = EvidenceKeeper(router, verifier=verifier)
    modules: tuple[Module, ...] = (
        EvidenceModule(evidence),
        AuthModule(accounts),
        BankModule(bank),
        WasmModule(wasm),
        ValidatorModule(validator),
    )
    messages, queries = MessageRouter(modules), QueryRouter(modules)
    wasm.connect(messages, queries)
    base = BaseApp(
        store,
        modules,
        end_order=("evidence", "auth", "bank", "wasm", "validator"),
        router=messages,
        queries=queries,
        ante=Ante(accounts, bank),
        blocks=blocks,
    )
    return App(base, accounts, bank, wasm, validator, evidence, runtime)
