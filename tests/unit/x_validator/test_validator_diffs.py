"""Diffs of the Authority, and what consensus hears of them (acceptance, item 1)."""

from typing import TYPE_CHECKING, Any

import pytest
from fakes.cw7 import address_of, entry, validator
from fakes.state import contents, make_ctx
from unit.x_validator.conftest import ADMIN, GROUP, OTHER

from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.protobuf import decode, encode
from devnet.primitives.types import MAX_TOTAL_POWER
from devnet.x.validator.diffs import read_key
from devnet.x.validator.errors import (
    EmptyValidatorSet,
    InvalidDiff,
    PermissionDenied,
    PowerOverflow,
    UnknownValidator,
)
from devnet.x.validator.messages import DiffEntry, MsgValidatorDiff
from devnet.x.validator.module import ValidatorModule

if TYPE_CHECKING:
    from unit.x_validator.conftest import ValidatorWorld

TEAM = [validator("ann", 4), validator("ben", 3), validator("cat", 2), validator("dan", 1)]


@pytest.fixture
def team(world: "ValidatorWorld") -> "ValidatorWorld":
    world.install(*TEAM)
    return world


def updates(world: "ValidatorWorld") -> list[tuple[bytes, int]]:
    return [(u.pub_key, u.power) for u in world.end_block()]


def pairs(*wishes: Any) -> list[tuple[bytes, int]]:
    return sorted((w.pub_key, w.power) for w in wishes)


def test_a_diff_of_the_authority_is_the_blocks_update(team: "ValidatorWorld") -> None:
    eve = validator("eve", 5)
    team.diff(eve)
    assert team.keeper.decided.total_power(team.ctx) == 15
    assert updates(team) == pairs(eve)
    assert team.ctx.events[-1]["entries"] == "1"


@pytest.mark.parametrize("sender", [ADMIN, OTHER, address_of("ann")])
def test_a_diff_of_anybody_else_is_refused(team: "ValidatorWorld", sender: Any) -> None:
    before = contents(team.ctx)
    with pytest.raises(PermissionDenied, match=f"only {GROUP} may") as caught:
        team.diff(validator("eve", 5), sender=sender)
    assert caught.value.permission == "authority"
    assert contents(team.ctx) == before


def test_a_block_without_change_tells_nothing(team: "ValidatorWorld") -> None:
    before = contents(team.ctx)
    assert updates(team) == []
    assert contents(team.ctx) == before


def test_weight_zero_removes_and_the_operator_stays_on_record(team: "ValidatorWorld") -> None:
    team.diff(validator("ann", 0))
    assert updates(team) == pairs(validator("ann", 0))
    assert address_of("ann") not in team.powers()
    gone = team.keeper.decided.get(team.ctx, address_of("ann"))
    assert gone.power == 0
    assert team.keeper.decided.find_operator(team.ctx, gone.address) == address_of("ann")


def test_removing_who_never_was_writes_nothing(team: "ValidatorWorld") -> None:
    before = contents(team.ctx)
    team.diff(validator("eve", 0))
    assert contents(team.ctx) == before
    assert updates(team) == []


def test_a_key_several_times_in_a_block_is_one_update(team: "ValidatorWorld") -> None:
    team.diff(validator("eve", 5))
    team.diff(validator("eve", 6), validator("ann", 9))
    team.diff(validator("eve", 7))
    assert updates(team) == pairs(validator("eve", 7), validator("ann", 9))


def test_the_last_of_several_entries_in_one_diff_counts(team: "ValidatorWorld") -> None:
    team.diff(validator("eve", 5), validator("ann", 1), validator("eve", 6), validator("ann", 4))
    assert updates(team) == pairs(validator("eve", 6))


def test_power_that_comes_back_within_the_block_is_no_change(team: "ValidatorWorld") -> None:
    team.diff(validator("ann", 0), validator("eve", 5))
    team.diff(validator("ann", 4), validator("eve", 0))
    assert updates(team) == []
    assert updates(team) == []


def test_changes_are_compared_with_the_beginning_of_the_block(team: "ValidatorWorld") -> None:
    team.diff(validator("ann", 9))
    assert updates(team) == pairs(validator("ann", 9))
    team.diff(validator("ann", 4))
    assert updates(team) == pairs(validator("ann", 4))


def test_a_diff_and_a_new_authority_in_one_block_end_in_one_list(team: "ValidatorWorld") -> None:
    team.diff(validator("eve", 5), validator("ann", 0))
    team.wasm.sets[OTHER] = [validator("ann", 4), validator("ben", 3), validator("eve", 1)]
    team.set(authority=OTHER)
    with pytest.raises(PermissionDenied):
        team.diff(validator("ann", 100))
    assert updates(team) == pairs(validator("cat", 0), validator("dan", 0), validator("eve", 1))


def test_a_diff_that_empties_the_set_is_refused(team: "ValidatorWorld") -> None:
    before = contents(team.ctx)
    with pytest.raises(EmptyValidatorSet, match="this diff would leave no validator"):
        team.diff(*(validator(name, 0) for name in ("ann", "ben", "cat", "dan")))
    assert contents(team.ctx) == before


def test_a_diff_that_passes_the_limit_of_power_is_refused(team: "ValidatorWorld") -> None:
    before = contents(team.ctx)
    with pytest.raises(PowerOverflow, match="scale the weights down") as caught:
        team.diff(validator("eve", MAX_TOTAL_POWER - 9))
    assert caught.value.total == MAX_TOTAL_POWER + 1
    assert contents(team.ctx) == before
    team.diff(validator("eve", MAX_TOTAL_POWER - 10))


def test_what_counts_is_the_sum_after_the_whole_diff(team: "ValidatorWorld") -> None:
    team.diff(validator("eve", MAX_TOTAL_POWER), *(validator(v, 0) for v in ("ann", "ben")),
              validator("cat", 0), validator("dan", 0))  # fmt: skip
    assert team.powers() == {address_of("eve"): MAX_TOTAL_POWER}


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ([validator("eve", 5), validator("fay", 5, key="eve")], "one key has one operator"),
        ([validator("eve", 5), validator("eve", 5, key="fay")], "one operator has one key"),
        ([validator("eve", 5, key="ann")], "its key belongs to"),
        ([validator("ann", 5, key="eve")], "has another key, for good"),
        ([validator("genesis", 5, key="eve")], "has another key, for good"),
        ([validator("eve", 5, key="genesis")], "its key belongs to"),
    ],
    ids=["key twice", "operator twice", "a key in use", "a second key", "after leaving", "retired"],
)
def test_keys_and_operators_belong_to_one_another_for_good(
    team: "ValidatorWorld", wishes: list[Any], reason: str
) -> None:
    before = contents(team.ctx)
    with pytest.raises(InvalidDiff, match=reason) as caught:
        team.diff(*wishes)
    assert caught.value.operator == wishes[-1].operator
    assert contents(team.ctx) == before


def test_one_wrong_entry_stops_the_whole_diff(team: "ValidatorWorld") -> None:
    before = contents(team.ctx)
    with pytest.raises(InvalidDiff):
        team.diff(validator("ann", 9), validator("eve", 5, key="ben"))
    assert contents(team.ctx) == before


def test_a_former_validator_comes_back_with_its_key(team: "ValidatorWorld") -> None:
    team.diff(validator("ann", 0))
    team.end_block()
    team.diff(validator("ann", 7))
    assert updates(team) == pairs(validator("ann", 7))


def test_updates_are_told_by_operator_key_and_power(team: "ValidatorWorld") -> None:
    team.diff(validator("eve", 5))
    ctx = make_ctx(root=team.ctx.root, mode="end_block", tx_index=None)
    team.module.end_blocker(ctx)
    (event,) = ctx.events
    assert event.type == "validator_update"
    assert (event["operator"], event["power"]) == (address_of("eve"), "5")
    assert event["pubkey"] == entry(validator("eve", 5))["pubkey"]


# -- message, queries, genesis --------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "AA==", "*", "é"])
def test_a_text_that_is_no_key_is_refused_by_field(text: str) -> None:
    with pytest.raises(InvalidMessage, match=r"pubkey: \d+ bytes"):
        read_key(text, field="pubkey")


def test_a_diff_is_a_message_with_its_own_checks() -> None:
    msg = MsgValidatorDiff.of(GROUP, TEAM)
    msg.validate_basic()
    assert decode(MsgValidatorDiff, encode(msg)) == msg
    assert msg.signers() == (GROUP,)
    for wrong, field in (
        (MsgValidatorDiff("group"), "sender"),
        (MsgValidatorDiff(GROUP, (DiffEntry("ann", bytes(32), 1),)), "operator"),
        (MsgValidatorDiff(GROUP, (DiffEntry(ADMIN, bytes(31), 1),)), "pubkey"),
    ):
        with pytest.raises(TxError, match=field):
            wrong.validate_basic()


def test_the_queries_show_the_decided_set(team: "ValidatorWorld") -> None:
    shown = {v["operator"]: (v["pubkey"], v["power"]) for v in team.ask("validators")["validators"]}
    assert shown == {v.operator: (entry(v)["pubkey"], v.power) for v in TEAM}
    team.diff(validator("ann", 0))
    assert team.ask("validator", operator=address_of("ann"))["validator"]["power"] == 0
    with pytest.raises(UnknownValidator, match="never was"):
        team.ask("validator", operator=address_of("eve"))
    with pytest.raises(InvalidMessage, match="limit"):
        team.ask("validators", limit=1)


def test_genesis_export_and_import_give_the_same_state(team: "ValidatorWorld") -> None:
    exported = team.module.export_genesis(team.ctx)
    again = make_ctx(mode="genesis")
    team.module.init_genesis(again, exported)
    assert contents(again) == contents(team.ctx)
    assert team.module.export_genesis(again) == exported


def genesis(*wishes: Any) -> list[Any]:
    return [
        {"operator": w.operator, "pubkey": entry(w)["pubkey"], "power": w.power} for w in wishes
    ]


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ({"validators": genesis(validator("ann", 1), validator("ann", 1))}, InvalidDiff),
        ({"validators": genesis(validator("ann", 1), validator("ben", 1, key="ann"))}, InvalidDiff),
        ({"validators": genesis(validator("ann", MAX_TOTAL_POWER + 1))}, PowerOverflow),
        ({"validators": [{"operator": "ann"}]}, TxError),
        ({"admin": "john"}, TxError),
        ({"king": ADMIN}, InvalidMessage),
        (5, InvalidMessage),
    ],
)
def test_a_genesis_set_that_cannot_be_is_refused(
    world: "ValidatorWorld", state: Any, error: type[TxError]
) -> None:
    with pytest.raises(error):
        world.module.init_genesis(make_ctx(mode="genesis"), state)


def test_no_genesis_state_is_a_fine_beginning(world: "ValidatorWorld") -> None:
    ctx = make_ctx(mode="genesis")
    world.module.init_genesis(ctx, None)
    assert contents(ctx) == {}


def test_stored_keys_are_put_in_words(team: "ValidatorWorld") -> None:
    team.diff(validator("ann", 9))
    ann = validator("ann", 9)
    address = ann.address.hex().upper()
    words = {}
    for key, value in contents(team.ctx).items():
        said = team.module.describe(key.removeprefix(b"s/validator/"), value)
        words[said.subject] = said.value
    assert words[f"validator of {ann.operator}"] == f"power 9 with {address}"
    assert words[f"operator of {address}"] == ann.operator
    assert words[f"power of {address} when the block began"] == "4"
    assert words["total power"] == "15"
    assert GROUP in words["permissions"]
    assert ValidatorModule(team.keeper).describe(b"\x63", b"").subject == "validator 0x63"
