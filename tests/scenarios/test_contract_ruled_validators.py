"""The real contracts on the real modules: a set ruled by a group, swapped, and punished."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pytest
from fakes.evidence import FakeVerifier
from fakes.state import contents, make_ctx

from devnet.abci import BeginBlock, Misbehavior, PrivilegedCallEndless, ValidatorUpdate
from devnet.chain.context import Context
from devnet.chain.module import Module
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.chain.tx import Msg
from devnet.contracts import group, multisig, slashing, staking
from devnet.crypto.addresses import consensus_address, to_bech32
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins, Height, Power
from devnet.vm.python_code import source_of
from devnet.vm.python_runtime import PythonRuntime
from devnet.x.bank.keeper import BankKeeper
from devnet.x.bank.module import BankModule
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.module import EvidenceModule
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.validator.errors import (
    EmptyValidatorSet,
    PermissionDenied,
    UnsuitableContract,
)
from devnet.x.validator.keeper import ValidatorKeeper
from devnet.x.validator.messages import MsgSetPermissions
from devnet.x.validator.module import ValidatorModule
from devnet.x.wasm.errors import ContractError
from devnet.x.wasm.keeper import WasmKeeper
from devnet.x.wasm.module import WasmModule

PREFIX = "tgrade"
ENDLESS = b'''
class Endless(Contract):
    """Never comes back from a privileged call."""

    @instantiate
    def open(self, deps, env, info) -> None:
        pass

    @execute
    def work(self, deps, env, info) -> None:
        while True:
            pass

    @sudo
    def byzantine(self, deps, env, evidence_type: str, operator: str, pubkey: str, hash: str,
                  height: int, time: str, validator_power: int, total_power: int) -> None:
        while True:
            pass
'''


class NoAccounts:
    """An x/auth that opens no accounts."""

    def ensure_account(self, ctx: Context, address: Address) -> None:
        """Nothing to do."""


def address_of(name: str) -> Address:
    return to_bech32(PREFIX, sha256(name.encode())[:20])


def key_of(name: str) -> bytes:
    return sha256(f"key of {name}".encode())


@dataclass
class Chain:
    """x/bank, x/wasm, x/validator and x/evidence, wired as a node wires them."""

    ctx: Context
    wasm: WasmKeeper
    bank: BankKeeper
    validators: ValidatorKeeper
    modules: dict[str, Any]
    router: MessageRouter

    def deliver(self, msg: Msg) -> bytes:
        with self.ctx.branch() as scope:
            return self.router.handle(scope, msg).data

    def deploy(self, code: Any, *, sender: str = "ana", **msg: Any) -> Address:
        source = code if isinstance(code, bytes) else source_of(code)
        code_id = self.wasm.store_code(self.ctx, address_of(sender), source)
        with self.ctx.branch() as scope:
            return self.wasm.instantiate(
                scope, code_id, sender=address_of(sender), label="x", msg=dumps(msg)
            )[0]

    def execute(
        self, contract: str, name: str, *, sender: str, funds: str = "", **msg: Any
    ) -> bytes | None:
        with self.ctx.branch() as scope:
            return self.wasm.execute(
                scope,
                contract,
                sender=address_of(sender),
                msg=dumps({name: msg}),
                funds=Coins.parse(funds),
            )

    def ask(self, contract: str, name: str, **msg: Any) -> Any:
        return loads(self.wasm.query_smart(self.ctx, contract, dumps({name: msg})))

    def end_block(self) -> dict[bytes, int]:
        ctx = make_ctx(root=self.ctx.root, mode="end_block", tx_index=None)
        updates: list[ValidatorUpdate] = list(self.modules["validator"].end_blocker(ctx))
        return {update.pub_key: update.power for update in updates}

    def next_block(self, height: int, *found: Misbehavior) -> Context:
        """Go to a block and run its begin blockers."""
        self.ctx = make_ctx(root=self.ctx.root, height=height)
        ctx = make_ctx(root=self.ctx.root, mode="begin_block", height=height, tx_index=None)
        block = ctx.block
        begin = BeginBlock(
            block.chain_id, block.height, block.time, block.proposer, misbehavior=found
        )
        self.modules["evidence"].begin_blocker(ctx, begin)
        return ctx

    def members(self, **weights: int) -> list[Any]:
        return [
            {
                "addr": address_of(name),
                "weight": weight,
                "pubkey": b64encode(key_of(name)).decode(),
            }
            for name, weight in weights.items()
        ]


@pytest.fixture
def chain() -> Chain:
    bank = BankKeeper(NoAccounts(), prefix=PREFIX)
    wasm = WasmKeeper([PythonRuntime(PREFIX)], bank=bank, prefix=PREFIX)
    validators = ValidatorKeeper(wasm, prefix=PREFIX)
    router = EvidenceRouter().add_route("equivocation", validators.handle_equivocation)
    evidence = EvidenceKeeper(router, verifier=FakeVerifier())
    modules: list[Module] = [
        BankModule(bank), WasmModule(wasm), EvidenceModule(evidence), ValidatorModule(validators),
    ]  # fmt: skip
    messages, queries = MessageRouter(modules), QueryRouter(modules)
    wasm.connect(messages, queries)
    ctx = make_ctx()
    genesis: Any = {
        "operator": address_of("genesis"),
        "pubkey": b64encode(key_of("genesis")).decode(),
        "power": 1,
    }
    modules[3].init_genesis(ctx, {"admin": address_of("john"), "validators": [genesis]})
    for name in ("ana", "ben", "cho", "dia"):
        bank.import_balance(ctx, address_of(name), Coins.parse("1000utgd"))
    return Chain(ctx, wasm, bank, validators, {m.name: m for m in modules}, messages)


def set_by_john(chain: Chain, **changes: Address | None) -> None:
    chain.deliver(MsgSetPermissions.of(address_of("john"), **changes))


def poa(chain: Chain, **weights: int) -> Address:
    made = chain.deploy(group, admin=address_of("ana"), members=chain.members(**weights))
    set_by_john(chain, authority=made)
    return made


def test_a_group_takes_over_from_genesis_and_its_changes_follow_at_once(chain: Chain) -> None:
    made = poa(chain, ana=4, ben=3)
    assert chain.end_block() == {key_of("genesis"): 0, key_of("ana"): 4, key_of("ben"): 3}
    add = [{"addr": address_of("cho"), "weight": 2}]
    chain.execute(made, "update_members", sender="ana", add=add, remove=[])
    assert chain.end_block() == {}
    key = b64encode(key_of("cho")).decode()
    chain.execute(made, "register_pubkey", sender="cho", pubkey=key)
    assert chain.end_block() == {key_of("cho"): 2}


def test_a_group_that_would_empty_the_set_is_refused_and_unchanged(chain: Chain) -> None:
    made = poa(chain, ana=4)
    before = contents(chain.ctx)
    with pytest.raises(EmptyValidatorSet):
        chain.execute(made, "update_members", sender="ana", add=[], remove=[address_of("ana")])
    assert contents(chain.ctx) == before


def test_a_group_out_of_office_works_on_without_a_say(chain: Chain) -> None:
    old = poa(chain, ana=4)
    new = poa(chain, ben=3)
    assert chain.validators.permissions(chain.ctx).authority == new
    chain.end_block()
    add = [{"addr": address_of("ana"), "weight": 100}]
    chain.execute(old, "update_members", sender="ana", add=add, remove=[])
    assert chain.end_block() == {}


def test_the_council_changes_the_authority_by_vote_and_nobody_else(chain: Chain) -> None:
    old = poa(chain, ana=60, ben=40)
    chain.next_block(11)
    council = chain.deploy(
        multisig,
        group_addr=old,
        threshold={"absolute_percentage": {"percentage": "0.8"}},
        max_voting_period={"time": 1000},
    )
    set_by_john(chain, admin=council)
    new = chain.deploy(group, admin=None, members=chain.members(cho=7))
    chain.end_block()
    chain.next_block(12)
    change = {"custom": {"validator": {"set_permissions": {"authority": new}}}}
    chain.execute(council, "propose", sender="ana", title="swap", description="", msgs=[change])
    with pytest.raises(ContractError):
        chain.execute(council, "execute", sender="ana", proposal_id=1)
    with pytest.raises(PermissionDenied):
        set_by_john(chain, authority=new)
    chain.execute(council, "vote", sender="ben", proposal_id=1, vote="yes")
    chain.execute(council, "execute", sender="dia", proposal_id=1)
    assert chain.end_block() == {key_of("ana"): 0, key_of("ben"): 0, key_of("cho"): 7}


def test_a_contract_that_is_no_cw7_is_no_authority(chain: Chain) -> None:
    made = poa(chain, ana=4)
    council = chain.deploy(
        multisig,
        group_addr=made,
        threshold={"absolute_percentage": {"percentage": "0.8"}},
        max_voting_period={"time": 1000},
    )
    with pytest.raises(UnsuitableContract, match="does not answer CW7"):
        set_by_john(chain, authority=council)
    with pytest.raises(EmptyValidatorSet):
        set_by_john(chain, authority=chain.deploy(group, admin=None, members=[]))


def pos(chain: Chain) -> tuple[Address, Address, Address]:
    """Stake of 400 / 300 / 200 / 100, a slashing contract over it, all in office."""
    members = chain.deploy(group, admin=address_of("ana"), members=[])
    stakes = chain.deploy(
        staking, group=members, denom="utgd", tokens_per_weight="1", min_bond="100",
        unbonding_seconds=1000, admin=address_of("ana"),
    )  # fmt: skip
    chain.execute(members, "update_admin", sender="ana", admin=stakes)
    for name, amount in (("ana", 400), ("ben", 300), ("cho", 200), ("dia", 100)):
        key = b64encode(key_of(name)).decode()
        chain.execute(members, "register_pubkey", sender=name, pubkey=key)
        chain.execute(stakes, "self_stake", sender=name, funds=f"{amount}utgd")
    judge = chain.deploy(slashing, admin=None, targets=[stakes])
    chain.execute(stakes, "add_slasher", sender="ana", addr=judge)
    set_by_john(chain, authority=members, slashing=judge)
    chain.end_block()
    return members, stakes, judge


def double_sign(name: str, power: int, *, height: int) -> Misbehavior:
    return Misbehavior(
        "duplicate_vote",
        consensus_address(key_of(name)),
        Power(power),
        Height(height),
        make_ctx(height=height).block.time,
        Power(1000),
    )


def test_a_double_sign_burns_stake_and_ends_the_validator(chain: Chain) -> None:
    _, stakes, _ = pos(chain)
    supply = chain.bank.get_supply(chain.ctx, "utgd").amount
    chain.next_block(20)
    ctx = chain.next_block(21, double_sign("cho", 200, height=20))
    assert chain.ask(stakes, "staked", addr=address_of("cho")) == "190"
    assert chain.bank.get_supply(chain.ctx, "utgd").amount == supply - 10
    slashed = [event for event in ctx.events if event.type == "wasm-slash"]
    assert slashed[0]["amount"] == "10utgd"
    assert ctx.events[-1].type == "submit_evidence"
    assert chain.end_block() == {key_of("cho"): 0}
    with pytest.raises(ContractError):
        chain.execute(stakes, "self_stake", sender="cho", funds="500utgd")


def test_the_same_double_sign_is_punished_once(chain: Chain) -> None:
    _, stakes, _ = pos(chain)
    found = double_sign("cho", 200, height=20)
    chain.next_block(21, found)
    ctx = chain.next_block(22, found)
    assert [event.type for event in ctx.events] == ["evidence_rejected"]
    assert chain.ask(stakes, "staked", addr=address_of("cho")) == "190"


def test_a_slashing_contract_without_the_right_changes_nothing(chain: Chain) -> None:
    _, stakes, judge = pos(chain)
    chain.execute(stakes, "remove_slasher", sender="ana", addr=judge)
    before = contents(chain.ctx)
    ctx = chain.next_block(21, double_sign("cho", 200, height=20))
    assert contents(chain.ctx) == before
    assert [event.type for event in ctx.events] == ["privileged_call_failed", "evidence_rejected"]
    assert "Unauthorized" in ctx.events[0]["reason"]


def test_an_endless_slashing_contract_halts_the_chain_and_changes_nothing(chain: Chain) -> None:
    pos(chain)
    set_by_john(chain, slashing=chain.deploy(ENDLESS))
    before = contents(chain.ctx)
    with pytest.raises(PrivilegedCallEndless, match="called as Slashing"):
        chain.next_block(21, double_sign("cho", 200, height=20))
    assert contents(chain.ctx) == before
