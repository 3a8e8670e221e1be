"""``x_evidence`` of the consensus vectors: the SDK's own tables on our module."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.evidence import FakeVerifier, another_double_sign
from fakes.state import make_ctx

from devnet.abci import BeginBlock
from devnet.chain.context import Context
from devnet.primitives import protobuf
from devnet.primitives.types import SECOND, Height, Power, Timestamp
from devnet.x.evidence import errors
from devnet.x.evidence.keeper import EvidenceKeeper
from devnet.x.evidence.messages import MsgSubmitEvidence
from devnet.x.evidence.module import DEFAULT_LIMIT, EvidenceModule
from devnet.x.evidence.router import EvidenceRouter
from devnet.x.evidence.types import Equivocation, EquivocationMessage, Evidence


@pytest.fixture
def table(vectors: Callable[[str], Any]) -> Any:
    return vectors("consensus")["x_evidence"]


def accept(_ctx: Context, _evidence: Evidence) -> None:
    """Take everything."""


def equivocation(row: Any) -> Equivocation:
    seconds = int(datetime.fromisoformat(row["time"]).astimezone(UTC).timestamp())
    return Equivocation(
        height=Height(row["height"]),
        time=Timestamp(seconds * SECOND),
        power=Power(row["power"]),
        consensus_address=row.get("consensus_address", row.get("address")),
    )


def test_an_equivocation_has_the_sdks_bytes_and_hash(table: Any) -> None:
    for row in table["equivocation"]:
        found = equivocation(row)
        assert found.record().hex() == row["proto"], row["desc"]
        assert found.hash.hex() == row["hash"], row["desc"]
        assert found.hash_text == row["hash_upper"], row["desc"]
        assert Equivocation.decode(bytes.fromhex(row["proto"])) == found, row["desc"]
        wire = protobuf.decode(EquivocationMessage, bytes.fromhex(row["proto"]))
        assert wire.time is not None, row["desc"]


def test_basic_validation_agrees_with_the_sdk(table: Any) -> None:
    for row in table["equivocation_validate_basic"]:
        found = equivocation(row)
        if row["ok"]:
            found.validate_basic()
        else:
            with pytest.raises(errors.InvalidEvidence):
                found.validate_basic()


def test_errors_carry_the_sdks_codes(table: Any) -> None:
    kinds = {
        (kind.codespace, kind.code)
        for kind in (
            errors.UnknownEvidenceRoute,
            errors.InvalidEvidence,
            errors.EvidenceNotFound,
            errors.DuplicateEvidence,
        )
    }
    assert kinds == {(row["codespace"], row["code"]) for row in table["errors"]}


def sealed() -> EvidenceRouter:
    router = EvidenceRouter()
    router.seal()
    return router


# Each row of the table by its description, as what is done to a fresh router.
ROUTER_STEPS: dict[str, Callable[[], object]] = {
    "adding to a sealed router": lambda: sealed().add_route("test", accept),
    "sealing twice": lambda: sealed().seal(),
    'adding route "test"': lambda: EvidenceRouter().add_route("test", accept).get_route("test"),
    'adding "test" again': lambda: (
        EvidenceRouter().add_route("test", accept).add_route("test", accept)
    ),
    "adding a route of four spaces": lambda: EvidenceRouter().add_route("    ", accept),
}


def test_the_router_refuses_what_makes_the_sdks_panic(table: Any) -> None:
    assert {row["desc"] for row in table["router"]} == set(ROUTER_STEPS)
    for row in table["router"]:
        step = ROUTER_STEPS[row["desc"]]
        if row["panics"]:
            with pytest.raises(errors.EvidenceRouterError):
                step()
        else:
            assert step() is accept


def test_route_names_are_letters_and_digits(table: Any) -> None:
    for row in table["route_names"]:
        router = EvidenceRouter()
        if row["ok"]:
            assert router.add_route(row["name"], accept).has_route(row["name"])
        else:
            with pytest.raises(errors.InvalidRoute):
                router.add_route(row["name"], accept)


def test_type_urls_are_the_sdks(table: Any) -> None:
    assert Equivocation.type_url == table["type_urls"]["equivocation"]
    assert MsgSubmitEvidence.type_url == table["type_urls"]["msg"]


def test_pages_are_cut_as_the_sdk_cuts_them(table: Any) -> None:
    rules = {row["desc"]: row for row in table["pagination_rules"]}
    assert rules["limit 0 means 100 and forces a total count"]["effective_limit"] == DEFAULT_LIMIT
    for row in table["pagination_public"]:
        ctx = make_ctx(mode="begin_block", tx_index=None)
        router = EvidenceRouter().add_route("equivocation", accept)
        module = EvidenceModule(EvidenceKeeper(router, verifier=FakeVerifier()))
        found = tuple(another_double_sign(height) for height in range(1, row["records"] + 1))
        block = ctx.block
        module.begin_blocker(
            ctx,
            BeginBlock(block.chain_id, block.height, block.time, block.proposer, misbehavior=found),
        )
        page: Any = module.query_handlers()["infractions"](ctx, {"limit": row.get("limit", 0)})
        assert len(page["infractions"]) == row["returned"], row["desc"]
        assert (page["next"] is not None) == row.get("has_next_key", False), row["desc"]
