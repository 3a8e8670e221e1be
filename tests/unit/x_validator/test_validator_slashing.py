"""Infractions on their way to the Slashing contract, and contracts that fail there."""

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from fakes.cw7 import ContractSaidNo, address_of, validator
from fakes.evidence import FakeVerifier
from fakes.state import GENESIS_TIME, contents, make_ctx
from unit.x_validator.conftest import PUNISH

from devnet.abci import BeginBlock, Misbehavior, PrivilegedCallEndless
from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas
from devnet.primitives.types import ConsAddress, Height, Power, Timestamp
from devnet.x.evidence.errors import InvalidEvidence
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.module import EvidenceModule
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.evidence.types import Equivocation
from devnet.x.validator.errors import PrivilegedCallFailed, UnknownValidator
from devnet.x.validator.privileged import PRIVILEGED_GAS

if TYPE_CHECKING:
    from unit.x_validator.conftest import ValidatorWorld

CHO = validator("cho", 2)
FOUND = Misbehavior(
    type="duplicate_vote",
    address=CHO.address,
    power=Power(20),
    height=Height(7),
    time=Timestamp(GENESIS_TIME),
    total_power=Power(100),
)
EVIDENCE = Equivocation.of(FOUND)


@pytest.fixture
def team(world: "ValidatorWorld") -> "ValidatorWorld":
    world.install(CHO, validator("dia", 1))
    return world


def begin(world: "ValidatorWorld", *found: Misbehavior) -> Context:
    """A block's begin blocker of x/evidence with the handler of x/validator behind it."""
    router = EvidenceRouter().add_route("equivocation", world.keeper.handle_equivocation)
    module = EvidenceModule(EvidenceKeeper(router, verifier=FakeVerifier()))
    ctx = make_ctx(root=world.ctx.root, mode="begin_block", tx_index=None)
    block = ctx.block
    module.begin_blocker(
        ctx,
        BeginBlock(block.chain_id, block.height, block.time, block.proposer, misbehavior=found),
    )
    return ctx


def punish_with(world: "ValidatorWorld", act: Callable[[Context, Any], None]) -> None:
    world.wasm.sudos[PUNISH] = act
    world.set(slashing=PUNISH)


def test_the_contract_hears_every_fact_of_the_infraction(team: "ValidatorWorld") -> None:
    heard: list[Any] = []
    punish_with(team, lambda _, msg: heard.append(msg))
    begin(team, FOUND)
    assert heard == [
        {
            "byzantine": {
                "evidence_type": "duplicate_vote",
                "operator": address_of("cho"),
                "pubkey": b64encode(CHO.pub_key).decode(),
                "hash": EVIDENCE.hash.hex(),
                "height": 7,
                "time": str(GENESIS_TIME),
                "validator_power": 20,
                "total_power": 100,
            }
        }
    ]


def test_a_validator_that_left_is_still_found(team: "ValidatorWorld") -> None:
    heard: list[Any] = []
    punish_with(team, lambda _, msg: heard.append(msg))
    team.diff(validator("cho", 0))
    team.end_block()
    begin(team, FOUND)
    assert heard[0]["byzantine"]["operator"] == address_of("cho")


def test_what_the_contract_did_is_kept_with_the_record(team: "ValidatorWorld") -> None:
    punish_with(team, lambda ctx, _: ctx.store("stake").set(b"cho", b"burned"))
    ctx = begin(team, FOUND)
    assert ctx.store("stake").get(b"cho") == b"burned"
    assert ctx.root.get(b"s/evidence/\x00" + EVIDENCE.hash) is not None
    assert [event.type for event in ctx.events] == ["submit_evidence"]


def test_a_failing_contract_is_told_of_and_leaves_nothing(team: "ValidatorWorld") -> None:
    def fail(ctx: Context, _: Any) -> None:
        ctx.store("stake").set(b"cho", b"half burned")
        raise ContractSaidNo("cannot")

    punish_with(team, fail)
    before = contents(team.ctx)
    ctx = begin(team, FOUND)
    assert contents(ctx) == before
    failed, rejected = ctx.events
    assert (failed.type, failed["role"]) == ("privileged_call_failed", "Slashing")
    assert (failed["contract"], failed["reason"]) == (f"fake ({PUNISH})", "cannot")
    assert rejected.type == "evidence_rejected"
    assert "cannot" in rejected["reason"]


def test_a_rejected_infraction_may_come_again(team: "ValidatorWorld") -> None:
    def fail(_ctx: Context, _: Any) -> None:
        raise ContractSaidNo("not yet")

    punish_with(team, fail)
    begin(team, FOUND)
    punish_with(team, lambda ctx, _: ctx.store("stake").set(b"cho", b"burned"))
    ctx = begin(team, FOUND)
    assert [event.type for event in ctx.events] == ["submit_evidence"]


def test_an_endless_contract_halts_the_chain_by_name(team: "ValidatorWorld") -> None:
    punish_with(team, lambda ctx, _: ctx.gas.consume(10**15, "for ever"))
    before = contents(team.ctx)
    with pytest.raises(PrivilegedCallEndless, match="Slashing") as caught:
        begin(team, FOUND)
    assert (caught.value.role, caught.value.contract) == ("Slashing", f"fake ({PUNISH})")
    assert contents(team.ctx) == before


def test_the_limit_of_a_privileged_call_is_just_that(team: "ValidatorWorld") -> None:
    punish_with(team, lambda ctx, _: ctx.gas.consume(PRIVILEGED_GAS, "much"))
    ctx = begin(team, FOUND)
    assert [event.type for event in ctx.events] == ["submit_evidence"]


def test_running_out_inside_the_call_is_an_ordinary_failure(team: "ValidatorWorld") -> None:
    def thrifty(ctx: Context, _: Any) -> None:
        with ctx.branch(gas_limit=1000) as scope:
            scope.gas.consume(5000, "a submessage with a limit of its own")

    punish_with(team, thrifty)
    ctx = begin(team, FOUND)
    assert [event.type for event in ctx.events] == ["privileged_call_failed", "evidence_rejected"]


def test_in_a_transaction_an_endless_contract_only_runs_out_of_gas(team: "ValidatorWorld") -> None:
    punish_with(team, lambda ctx, _: ctx.gas.consume(10**15, "for ever"))
    for gas in (1_000_000, 2 * PRIVILEGED_GAS):
        ctx = make_ctx(root=team.ctx.root, gas=gas)
        with pytest.raises(OutOfGas):
            team.keeper.punish(ctx, EVIDENCE)


def test_without_a_slashing_contract_the_infraction_is_recorded_only(
    team: "ValidatorWorld",
) -> None:
    ctx = begin(team, FOUND)
    assert [event.type for event in ctx.events] == ["slashing_unset", "submit_evidence"]
    assert ctx.events[0]["operator"] == address_of("cho")
    assert "nobody is punished" in ctx.events[0]["reason"]
    assert ctx.root.get(b"s/evidence/\x00" + EVIDENCE.hash) is not None


def test_an_infraction_of_a_stranger_is_rejected(team: "ValidatorWorld") -> None:
    stranger = ConsAddress(bytes(20))
    found = Misbehavior("duplicate_vote", stranger, Power(1), Height(7), FOUND.time, Power(2))
    ctx = begin(team, found)
    (rejected,) = ctx.events
    assert "never was, a validator" in rejected["reason"]
    with pytest.raises(UnknownValidator):
        team.keeper.punish(team.ctx, Equivocation.of(found))


def test_an_address_that_is_no_hex_is_a_strangers(team: "ValidatorWorld") -> None:
    found = Equivocation.from_facts(EVIDENCE.facts() | {"consensus_address": "cho"})
    with pytest.raises(UnknownValidator, match="cho"):
        team.keeper.punish(team.ctx, found)


def test_in_a_transaction_a_failing_contract_makes_the_claim_invalid(
    team: "ValidatorWorld",
) -> None:
    def fail(_ctx: Context, _: Any) -> None:
        raise ContractSaidNo("cannot")

    punish_with(team, fail)
    router = EvidenceRouter().add_route("equivocation", team.keeper.handle_equivocation)
    keeper = EvidenceKeeper(router, verifier=FakeVerifier({b"votes": FOUND}))
    with pytest.raises(InvalidEvidence, match="called as Slashing: cannot") as caught:
        keeper.submit_evidence(team.ctx, Equivocation.of(FOUND, proof=b"votes"))
    assert isinstance(caught.value.__cause__, PrivilegedCallFailed)
