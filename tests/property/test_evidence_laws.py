"""Laws of evidence: an infraction counts once, whoever brings it and however often."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from fakes.evidence import DOUBLE_SIGN, FakeVerifier
from fakes.state import contents, make_ctx
from hypothesis import given
from hypothesis import strategies as st

from devnet.abci import BeginBlock, Misbehavior
from devnet.chain.context import Context
from devnet.primitives.errors import TxError
from devnet.primitives.types import Height, Power
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.module import EvidenceModule
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.evidence.types import Equivocation, Evidence

HEIGHTS = range(1, 5)
TRUE = {height: replace(DOUBLE_SIGN, height=Height(height)) for height in HEIGHTS}
PROOFS = {b"%d" % height: found for height, found in TRUE.items()}
HOLY = 3
"""The height whose infractions the handler refuses after it has begun to punish."""

submitted = st.tuples(
    st.just("user"),
    st.sampled_from(list(HEIGHTS)),
    st.one_of(st.sampled_from(sorted(PROOFS)), st.just(b""), st.just(b"tampered")),
    st.sampled_from([10, 11]),
)
found = st.tuples(st.just("engine"), st.sampled_from(list(HEIGHTS)))


class Refused(TxError):
    """The handler's no."""


def punish(ctx: Context, evidence: Evidence) -> None:
    key = b"%d" % evidence.height
    times = int(ctx.store("slashed").get(key) or b"0") + 1
    ctx.store("slashed").set(key, b"%d" % times)
    if evidence.height == HOLY:
        raise Refused("this height is holy")


def begin(ctx: Context, module: EvidenceModule, report: Misbehavior) -> None:
    block = ctx.block
    scope = make_ctx(root=ctx.root, mode="begin_block", tx_index=None)
    begun = BeginBlock(block.chain_id, block.height, block.time, block.proposer, (), (report,))
    module.begin_blocker(scope, begun)


@given(st.lists(st.one_of(submitted, found), max_size=20))
def test_no_infraction_is_punished_twice_and_no_claim_without_proof(history: Any) -> None:
    router = EvidenceRouter().add_route("equivocation", punish)
    keeper = EvidenceKeeper(router, verifier=FakeVerifier(dict(PROOFS)))
    module, ctx = EvidenceModule(keeper), make_ctx()
    accepted: set[int] = set()
    for event in history:
        before = contents(ctx)
        if event[0] == "engine":
            begin(ctx, module, TRUE[event[1]])
            holds = event[1] != HOLY and event[1] not in accepted
        else:
            _, height, proof, power = event
            claim = replace(Equivocation.of(TRUE[height], proof=proof), power=Power(power))
            with suppress(TxError):
                keeper.submit_evidence(ctx, claim)
            proven = proof == b"%d" % height and power == DOUBLE_SIGN.power
            holds = proven and height != HOLY and height not in accepted
        if holds:
            accepted.add(event[1])
        else:
            assert contents(ctx) == before
    slashed = {int(key[len(b"s/slashed/") :]): value for key, value in contents(ctx).items()
               if key.startswith(b"s/slashed/")}  # fmt: skip
    assert slashed == dict.fromkeys(accepted, b"1")
    assert {e.height for e in keeper.infractions(ctx)} == accepted
