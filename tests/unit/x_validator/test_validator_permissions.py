"""Offices: who may give them, and what setting an Authority does (acceptance, item 1)."""

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from fakes.cw7 import address_of, entry, validator
from fakes.state import contents, make_ctx
from unit.x_validator.conftest import ADMIN, GROUP, OTHER, PUNISH

from devnet.chain.errors import OutOfGas
from devnet.primitives.canonical_json import dumps
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.primitives.protobuf import decode, encode
from devnet.primitives.types import MAX_TOTAL_POWER
from devnet.x.validator.errors import (
    EmptyValidatorSet,
    InvalidDiff,
    PermissionDenied,
    PowerOverflow,
    UnsuitableContract,
)
from devnet.x.validator.messages import Holder, MsgSetPermissions

if TYPE_CHECKING:
    from unit.x_validator.conftest import ValidatorWorld

TEAM = [validator("ann", 4), validator("ben", 3), validator("cat", 2), validator("dan", 1)]
ANA = address_of("ana")


def test_the_offices_are_shown_and_empty_ones_are_nobody(world: "ValidatorWorld") -> None:
    assert world.ask("permissions") == {
        "admin": ADMIN,
        "authority": None,
        "distribution": None,
        "slashing": None,
    }


def test_the_admin_gives_each_office_and_clears_it_again(world: "ValidatorWorld") -> None:
    world.wasm.sets[GROUP] = TEAM
    world.set(authority=GROUP, distribution=OTHER, slashing=PUNISH)
    assert world.ask("permissions") == {
        "admin": ADMIN,
        "authority": GROUP,
        "distribution": OTHER,
        "slashing": PUNISH,
    }
    world.set(distribution=None)
    shown = world.ask("permissions")
    assert (shown["distribution"], shown["slashing"]) == (None, PUNISH)
    event = world.ctx.events[-1]
    assert (event.type, event["distribution"]) == ("set_permissions", "")


@pytest.mark.parametrize("sender", [ANA, GROUP, address_of("genesis")])
def test_nobody_but_the_admin_changes_anything(world: "ValidatorWorld", sender: Any) -> None:
    world.install(*TEAM)
    before = contents(world.ctx)
    with pytest.raises(PermissionDenied, match=f"only {ADMIN} may") as caught:
        world.set(sender=sender, slashing=PUNISH)
    assert (caught.value.permission, caught.value.sender) == ("admin", sender)
    assert (caught.value.codespace, caught.value.code) == ("sdk", 4)
    assert contents(world.ctx) == before


def test_the_admin_hands_over_and_has_no_say_any_more(world: "ValidatorWorld") -> None:
    world.set(admin=ANA)
    with pytest.raises(PermissionDenied):
        world.set(admin=ADMIN)
    world.set(sender=ANA, slashing=PUNISH)


def test_an_admin_cleared_is_cleared_for_ever(world: "ValidatorWorld") -> None:
    world.set(admin=None)
    for anybody in (ADMIN, ANA, GROUP, OTHER):
        with pytest.raises(PermissionDenied, match="no admin any more"):
            world.set(sender=anybody, admin=anybody)


@pytest.mark.parametrize("office", ["authority", "distribution", "slashing"])
def test_an_office_of_a_contract_goes_to_no_account(world: "ValidatorWorld", office: str) -> None:
    before = contents(world.ctx)
    with pytest.raises(UnsuitableContract, match="is no contract") as caught:
        world.set(**{office: ANA})
    assert (caught.value.permission, caught.value.address) == (office, ANA)
    assert contents(world.ctx) == before


# -- a new Authority ------------------------------------------------------------------------


def test_a_new_authoritys_set_replaces_the_old_one_in_this_block(world: "ValidatorWorld") -> None:
    world.wasm.sets[GROUP] = TEAM
    world.set(authority=GROUP)
    assert world.powers() == {v.operator: v.power for v in TEAM}
    updates = world.end_block()
    wanted = [*TEAM, validator("genesis", 0)]
    assert [(u.pub_key, u.power) for u in updates] == sorted((v.pub_key, v.power) for v in wanted)


def test_members_that_stay_with_equal_power_are_no_update(world: "ValidatorWorld") -> None:
    world.install(*TEAM)
    world.wasm.sets[OTHER] = [validator("ann", 4), validator("ben", 9), validator("eve", 5)]
    world.set(authority=OTHER)
    updates = {u.pub_key: u.power for u in world.end_block()}
    assert updates == {
        v.pub_key: v.power
        for v in (
            validator("ben", 9), validator("cat", 0), validator("dan", 0), validator("eve", 5),
        )
    }  # fmt: skip


def test_the_authority_is_asked_page_by_page(world: "ValidatorWorld") -> None:
    many = [validator(f"v{n}", n + 1) for n in range(250)]
    world.wasm.sets[GROUP] = many
    world.set(authority=GROUP)
    bounds = [asked["list_validators"] for asked in world.wasm.asked]
    assert [b["limit"] for b in bounds] == [100, 100, 100]
    assert [b["start_after"] for b in bounds] == [None, many[99].operator, many[199].operator]
    assert len(world.powers()) == 250


def test_a_full_last_page_is_followed_by_an_empty_one(world: "ValidatorWorld") -> None:
    world.wasm.sets[GROUP] = [validator(f"v{n}", 1) for n in range(100)]
    world.set(authority=GROUP)
    assert len(world.wasm.asked) == 2


def test_the_authority_in_office_named_again_is_asked_again(world: "ValidatorWorld") -> None:
    world.install(*TEAM)
    world.install(*TEAM[:2])
    assert len(world.powers()) == 2


def test_clearing_the_authority_leaves_the_set_as_it_is(world: "ValidatorWorld") -> None:
    world.install(*TEAM)
    world.set(authority=None)
    assert len(world.powers()) == 4
    with pytest.raises(PermissionDenied, match="nobody holds it"):
        world.diff(validator("eve", 5))


def test_entries_without_weight_are_nobody(world: "ValidatorWorld") -> None:
    world.install(validator("ann", 4), validator("ben", 0))
    assert list(world.powers()) == [address_of("ann")]


@pytest.mark.parametrize(
    "answer",
    [
        5,
        {},
        {"members": []},
        {"validators": 5},
        {"validators": [5]},
        {"validators": [{"operator": ANA, "pubkey": "AAAA", "weight": 1}]},
        {"validators": [{"operator": "ana", "pubkey": "AAAA", "weight": 1}]},
        {"validators": [entry(TEAM[0]) | {"weight": "many"}]},
        {"validators": [entry(TEAM[0]) | {"weight": 2**64}]},
        {"validators": [entry(TEAM[0]) | {"pubkey": {"secp256k1": "AAAA"}}]},
        {"validators": [entry(TEAM[0]) | {"name": "ann"}]},
        {"validators": [entry(TEAM[0]), entry(TEAM[0])]},
    ],
)
def test_an_authority_that_does_not_speak_cw7_is_refused(
    world: "ValidatorWorld", answer: Any
) -> None:
    world.wasm.sets[GROUP] = answer
    before = contents(world.ctx)
    with pytest.raises(UnsuitableContract, match=r"CW7|twice"):
        world.set(authority=GROUP)
    assert contents(world.ctx) == before


def test_an_authority_that_fails_is_refused_with_its_own_words(world: "ValidatorWorld") -> None:
    with pytest.raises(UnsuitableContract, match="no such query") as caught:
        world.set(authority=PUNISH)
    assert isinstance(caught.value.__cause__, TxError)


def test_an_authority_with_an_empty_set_is_refused(world: "ValidatorWorld") -> None:
    for empty in ([], [validator("ann", 0)]):
        world.wasm.sets[GROUP] = empty
        before = contents(world.ctx)
        with pytest.raises(EmptyValidatorSet, match="no validator with power"):
            world.set(authority=GROUP)
        assert contents(world.ctx) == before


def test_an_authority_with_too_much_power_is_refused(world: "ValidatorWorld") -> None:
    half = MAX_TOTAL_POWER // 2
    world.wasm.sets[GROUP] = [validator("ann", half), validator("ben", half + 2)]
    with pytest.raises(PowerOverflow) as caught:
        world.set(authority=GROUP)
    assert caught.value.total == MAX_TOTAL_POWER + 1
    world.wasm.sets[GROUP] = [validator("ann", half), validator("ben", half + 1)]
    world.set(authority=GROUP)
    assert world.keeper.decided.total_power(world.ctx) == MAX_TOTAL_POWER


def test_an_authority_with_one_key_for_two_is_refused(world: "ValidatorWorld") -> None:
    world.wasm.sets[GROUP] = [validator("ann", 4), validator("ben", 3, key="ann")]
    with pytest.raises(InvalidDiff, match="one key has one operator"):
        world.set(authority=GROUP)


def test_a_list_that_never_ends_runs_out_of_gas(world: "ValidatorWorld") -> None:
    numbers = iter(range(10**9))
    world.wasm.query_smart = lambda ctx, *_: _more(ctx, numbers)  # type: ignore[method-assign]
    ctx = make_ctx(root=world.ctx.root, gas=5_000_000)
    with pytest.raises(OutOfGas), ctx.branch() as scope:
        world.keeper.set_permissions(scope, ADMIN, {"authority": GROUP})


def _more(ctx: Any, numbers: Any) -> bytes:
    ctx.gas.consume(100_000, "query")
    page = [entry(validator(f"v{next(numbers)}", 1)) for _ in range(100)]
    return dumps({"validators": page})


# -- the message ----------------------------------------------------------------------------


def test_absent_is_unchanged_and_empty_is_cleared() -> None:
    msg = MsgSetPermissions.of(ADMIN, authority=None, slashing=PUNISH)
    assert msg.changes() == {"authority": None, "slashing": PUNISH}
    assert decode(MsgSetPermissions, encode(msg)) == msg
    assert decode(MsgSetPermissions, encode(msg)).changes() == msg.changes()
    assert msg.signers() == (ADMIN,)


def test_an_account_gives_offices_by_transaction(world: "ValidatorWorld") -> None:
    msg = MsgSetPermissions.of(ADMIN, slashing=PUNISH)
    msg.validate_basic()
    world.router.handle(world.ctx, msg)
    assert world.ask("permissions")["slashing"] == PUNISH


def test_a_contract_gives_offices_by_custom_message(world: "ValidatorWorld") -> None:
    world.set(admin=OTHER)
    world.contract_sends(OTHER, {"set_permissions": {"slashing": PUNISH, "admin": None}})
    shown = world.ask("permissions")
    assert (shown["slashing"], shown["admin"]) == (PUNISH, None)


@pytest.mark.parametrize(
    ("msg", "field"),
    [
        (MsgSetPermissions("john", Holder(ANA)), "sender"),
        (MsgSetPermissions(ADMIN, Holder("ana")), "admin"),
        (MsgSetPermissions(ADMIN), "set_permissions"),
    ],
)
def test_a_message_that_cannot_be_is_refused_by_field(msg: MsgSetPermissions, field: str) -> None:
    with pytest.raises(TxError, match=field):
        msg.validate_basic()


@pytest.mark.parametrize(
    "body",
    [
        {},
        5,
        {"set_permissions": {}, "validator_diff": {}},
        {"set_permission": {}},
        {"set_permissions": 5},
        {"set_permissions": {"king": ANA}},
        {"set_permissions": {"admin": "ana"}},
        {"set_permissions": {}},
        {"validator_diff": []},
        {"validator_diff": {"diffs": {}}},
        {"validator_diff": {"diffs": [5]}},
        {"validator_diff": {"diffs": [], "more": 1}},
    ],
)
def test_a_custom_message_of_a_wrong_form_is_refused(world: "ValidatorWorld", body: Any) -> None:
    before = contents(world.ctx)
    with pytest.raises(TxError):
        world.contract_sends(ADMIN, body)
    assert contents(world.ctx) == before


@pytest.mark.parametrize(
    ("pubkey", "text"),
    [
        ("*", "32 bytes"),
        (b64encode(bytes(31)).decode(), "31 bytes"),
        (b64encode(bytes(33)).decode(), "33 bytes"),
        ({"ed25519": "AAAA"}, "no text"),
        (None, "no text"),
    ],
)
def test_a_key_of_wrong_length_or_type_is_refused(
    world: "ValidatorWorld", pubkey: Any, text: str
) -> None:
    world.install(*TEAM)
    diffs = [entry(validator("eve", 5)) | {"pubkey": pubkey}]
    with pytest.raises(InvalidMessage, match=text):
        world.contract_sends(GROUP, {"validator_diff": {"diffs": diffs}})
