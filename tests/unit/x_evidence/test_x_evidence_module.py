from dataclasses import replace
from typing import Any

import pytest
from fakes.evidence import DOUBLE_SIGN, FakeVerifier, LateBlock, another_double_sign
from fakes.state import contents, make_ctx

from devnet.abci import BeginBlock, Event, Misbehavior
from devnet.chain.context import Context
from devnet.chain.tx import ProtoAny
from devnet.primitives import protobuf
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.types import Address
from devnet.x.evidence.errors import (
    DuplicateEvidence,
    EvidenceNotFound,
    InvalidEvidence,
    UnknownEvidenceRoute,
)
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.messages import MsgSubmitEvidence, MsgSubmitEvidenceResponse
from devnet.x.evidence.module import EvidenceModule
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.evidence.types import Equivocation, Evidence

ANA = Address("tgrade1kd5g6r7jjg5q4dp7q4mmp5cd2ayku6dhakas3j")
FOUND = Equivocation.of(DOUBLE_SIGN, proof=b"both votes")


class ContractSaidNo(TxError):
    """A handler's refusal with a story to tell."""

    events = (Event.of("privileged_call_failed", role="Slashing"),)


def judge(ctx: Context, evidence: Evidence) -> None:
    ctx.store("punished").set(evidence.hash, b"yes")
    if evidence.height == 5:
        raise ContractSaidNo("height 5 is holy")


def module() -> EvidenceModule:
    router = EvidenceRouter().add_route("equivocation", judge)
    return EvidenceModule(EvidenceKeeper(router, verifier=FakeVerifier()))


def begin(ctx: Context, *found: Misbehavior) -> BeginBlock:
    block = ctx.block
    return BeginBlock(block.chain_id, block.height, block.time, block.proposer, misbehavior=found)


def submit(ctx: Context, evidence: Evidence) -> bytes:
    msg = MsgSubmitEvidence.of(ANA, evidence)
    msg.validate_basic()
    assert msg.signers() == (ANA,)
    with ctx.branch() as scope:
        return module().message_handlers()[MsgSubmitEvidence](scope, msg).data


def ask(ctx: Context, name: str, **params: Any) -> Any:
    return module().query_handlers()[name](ctx, params)


def test_anybody_may_submit_a_proven_claim_and_hears_its_hash() -> None:
    ctx = make_ctx()
    answer = protobuf.decode(MsgSubmitEvidenceResponse, submit(ctx, FOUND))
    assert answer.hash == FOUND.hash
    assert [event.type for event in ctx.events] == ["submit_evidence"]


def test_a_message_of_parts_is_the_message_of_the_evidence() -> None:
    assert MsgSubmitEvidence.of_double_sign(
        ANA,
        height=DOUBLE_SIGN.height,
        time=DOUBLE_SIGN.time,
        power=DOUBLE_SIGN.power,
        total_power=DOUBLE_SIGN.total_power,
        consensus_address=DOUBLE_SIGN.address,
        proof=b"both votes",
    ) == MsgSubmitEvidence.of(ANA, FOUND)


def test_a_message_survives_the_wire() -> None:
    msg = MsgSubmitEvidence.of(ANA, FOUND)
    assert protobuf.decode(MsgSubmitEvidence, protobuf.encode(msg)) == msg


@pytest.mark.parametrize(
    ("msg", "field"),
    [
        (MsgSubmitEvidence("ana", ProtoAny("/x", b"")), "submitter"),
        (MsgSubmitEvidence(ANA), "evidence"),
        (MsgSubmitEvidence(ANA, ProtoAny()), "evidence"),
    ],
)
def test_a_message_without_submitter_or_evidence_is_refused(
    msg: MsgSubmitEvidence, field: str
) -> None:
    with pytest.raises(TxError, match=field):
        msg.validate_basic()


def test_evidence_the_chain_cannot_read_is_refused() -> None:
    late = LateBlock.from_facts(FOUND.facts() | {"claimed_seconds": 90})
    with pytest.raises(UnknownEvidenceRoute, match=r"/example\.LateBlock"):
        submit(make_ctx(), late)
    handle = module().message_handlers()[MsgSubmitEvidence]
    with pytest.raises(InvalidEvidence, match="no such protobuf"):
        handle(make_ctx(), MsgSubmitEvidence(ANA, ProtoAny(Equivocation.type_url, b"\xff")))


def test_submitted_and_found_evidence_end_in_the_same_record() -> None:
    submitted, found = make_ctx(), make_ctx(mode="begin_block", tx_index=None)
    submit(submitted, FOUND)
    module().begin_blocker(found, begin(found, DOUBLE_SIGN))
    assert contents(submitted) == contents(found)


def test_a_refused_claim_is_told_with_its_reason_and_leaves_no_trace() -> None:
    ctx = make_ctx(mode="begin_block", tx_index=None)
    module().begin_blocker(ctx, begin(ctx, another_double_sign(5)))
    assert contents(ctx) == {}
    assert [event.type for event in ctx.events] == ["privileged_call_failed", "evidence_rejected"]
    rejected = ctx.events[1]
    assert rejected["reason"] == "invalid evidence: height 5 is holy"
    assert (rejected["codespace"], rejected["code"], rejected["height"]) == ("evidence", "3", "5")
    assert rejected["consensus_address"] == DOUBLE_SIGN.address.hex().upper()


def test_one_refused_claim_does_not_stop_the_others() -> None:
    ctx = make_ctx(mode="begin_block", tx_index=None)
    found = [another_double_sign(height) for height in (4, 5, 6)]
    module().begin_blocker(ctx, begin(ctx, *found))
    assert len(ask(ctx, "infractions")["infractions"]) == 2


def test_the_engine_reporting_twice_is_told_as_a_duplicate() -> None:
    ctx = make_ctx(mode="begin_block", tx_index=None)
    module().begin_blocker(ctx, begin(ctx, DOUBLE_SIGN, DOUBLE_SIGN))
    assert "already exists" in ctx.events[-1]["reason"]


def test_a_report_of_a_kind_nobody_knows_is_told_and_passed_over() -> None:
    ctx = make_ctx(mode="begin_block", tx_index=None)
    attack = replace(DOUBLE_SIGN, type="light_client_attack")
    module().begin_blocker(ctx, begin(ctx, attack))
    assert contents(ctx) == {}
    assert "light_client_attack" in ctx.events[0]["reason"]


def test_the_queries_show_parameters_and_kinds() -> None:
    ctx = make_ctx()
    assert ask(ctx, "params") == {"params": {}}
    assert ask(ctx, "types") == {
        "types": [
            {
                "type": "duplicate_vote",
                "route": "equivocation",
                "type_url": "/cosmos.evidence.v1beta1.Equivocation",
                "has_handler": True,
            }
        ]
    }


def test_one_infraction_is_found_by_its_hash_in_either_case() -> None:
    ctx = make_ctx()
    submit(ctx, FOUND)
    answer = ask(ctx, "infraction", hash=FOUND.hash_text)
    assert answer == ask(ctx, "infraction", hash=FOUND.hash_text.lower())
    assert answer["infraction"] == {
        "hash": FOUND.hash_text,
        "route": "equivocation",
        "type": "duplicate_vote",
        "type_url": "/cosmos.evidence.v1beta1.Equivocation",
        "height": 7,
        "time": str(DOUBLE_SIGN.time),
        "power": 10,
        "consensus_address": "000102030405060708090A0B0C0D0E0F10111213",
        "total_power": 60,
    }


@pytest.mark.parametrize("value", [None, "", "zz", "00", 5])
def test_a_hash_that_is_none_is_refused_by_field(value: Any) -> None:
    with pytest.raises(InvalidMessage, match="64 hex digits"):
        ask(make_ctx(), "infraction", hash=value)


def test_an_unknown_infraction_is_not_found() -> None:
    with pytest.raises(EvidenceNotFound):
        ask(make_ctx(), "infraction", hash="00" * 32)


def test_infractions_are_paged_until_there_is_no_next() -> None:
    ctx = make_ctx(mode="begin_block")
    module().begin_blocker(ctx, begin(ctx, *map(another_double_sign, (1, 2, 3, 4, 6))))
    seen: list[str] = []
    start_after = None
    while True:
        page = ask(ctx, "infractions", start_after=start_after, limit=2)
        seen += [infraction["hash"] for infraction in page["infractions"]]
        if (start_after := page["next"]) is None:
            break
    assert seen == sorted(seen)
    assert len(set(seen)) == 5


def test_a_limit_may_be_as_large_as_it_is_written() -> None:
    ctx = make_ctx(mode="begin_block")
    module().begin_blocker(ctx, begin(ctx, *map(another_double_sign, (1, 2, 3))))
    assert len(ask(ctx, "infractions", limit=str(2**64 - 1))["infractions"]) == 3


def test_genesis_export_and_import_give_the_same_state() -> None:
    ctx = make_ctx(mode="begin_block")
    module().init_genesis(ctx, {"params": {"max_age_blocks": 100}, "infractions": []})
    module().begin_blocker(ctx, begin(ctx, *map(another_double_sign, (1, 2, 3))))
    exported = module().export_genesis(ctx)
    again = make_ctx(mode="genesis")
    module().init_genesis(again, exported)
    assert contents(again) | {b"punished": b""} == {
        key: value for key, value in contents(ctx).items() if not key.startswith(b"s/punished/")
    } | {b"punished": b""}
    assert module().export_genesis(again) == exported


def test_no_genesis_state_is_a_fine_beginning() -> None:
    ctx = make_ctx(mode="genesis")
    module().init_genesis(ctx, None)
    assert contents(ctx) == {}
    assert module().export_genesis(ctx) == {"params": {}, "infractions": []}


def record(**changes: Any) -> dict[str, Any]:
    return {"@type": FOUND.type_url, **FOUND.facts(), **changes}


@pytest.mark.parametrize(
    ("infractions", "error"),
    [
        ([record(**{"@type": "/example.Unheard"})], UnknownEvidenceRoute),
        ([record(height=0)], InvalidEvidence),
        ([record(), record()], DuplicateEvidence),
        (["evidence"], InvalidMessage),
        ("none", InvalidMessage),
    ],
    ids=["unknown kind", "invalid", "twice", "no object", "no list"],
)
def test_a_genesis_record_that_could_not_have_been_accepted_is_refused(
    infractions: Any, error: type[TxError]
) -> None:
    with pytest.raises(error):
        module().init_genesis(make_ctx(mode="genesis"), {"params": {}, "infractions": infractions})


def test_stored_keys_are_put_in_words() -> None:
    ctx = make_ctx()
    submit(ctx, FOUND)
    words = module().describe(
        b"\x00" + FOUND.hash, ctx.store("evidence").get(b"\x00" + FOUND.hash) or b""
    )
    assert words.subject == f"infraction {FOUND.hash_text}"
    assert words.value.startswith("duplicate_vote by 0001")
    assert module().describe(b"\x01", b"{}").subject == "evidence parameters"
    assert module().describe(b"\x07", b"").subject.startswith("evidence 0x07")
