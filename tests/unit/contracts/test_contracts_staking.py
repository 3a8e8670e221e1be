"""Proof of stake: locking, leaving, release, and what slashers take."""

import pytest
from fakes.contract_worlds import DAY, Pos, make_pos

from devnet import contracts
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import wasm_execute
from devnet.primitives.types import MAX_UINT64, Address, Coin


@pytest.fixture
def ann(pos: Pos) -> Address:
    return pos.poa.ann


def slash(pos: Pos, addr: Address, portion: str, at_height: int | None = None) -> int:
    done = pos.chain.execute(
        pos.staking, "slash", addr=addr, portion=portion, at_height=at_height, sender=pos.poa.eve
    )
    return Coin.parse(done.of("slash")[0]["amount"]).amount


def let_eve_slash(pos: Pos) -> None:
    pos.poa.pass_proposal([wasm_execute(pos.staking, {"add_slasher": {"addr": pos.poa.eve}})])


def test_weight_is_stake_divided_and_the_remainder_counts_later(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 2_500_000)
    assert (pos.staked(ann), pos.weight(ann)) == (2_500_000, 2)

    pos.stake(ann, 500_000)
    assert (pos.staked(ann), pos.weight(ann)) == (3_000_000, 3)


def test_stake_below_the_minimum_is_no_member(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 999_999)
    assert pos.weight(ann) is None

    pos.stake(ann, 1)
    assert pos.weight(ann) == 1


def test_a_small_stake_above_the_minimum_is_a_member_without_weight(pos: Pos) -> None:
    small = make_pos(pos.poa, tokens_per_weight=1000, min_bond=10)

    small.stake(pos.poa.ann, 10)

    assert small.weight(pos.poa.ann) == 0


def test_the_group_hears_only_of_another_weight(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 2_500_000)
    before = len(pos.chain.calls)

    pos.stake(ann, 1)

    assert [call[0] for call in pos.chain.calls[before:]] == [pos.staking]


def test_only_the_right_token_is_taken(pos: Pos, ann: Address) -> None:
    pos.chain.account("ann", "5uatom,5utgd")
    for funds, words in {
        "": "No funds sent; send some utgd",
        "5uatom": "Must send 'utgd' to stake; 5uatom is another token",
        "1uatom,1utgd": "Sent unsupported denoms, must send 'utgd' to stake",
    }.items():
        with pytest.raises(Refuse, match=words):
            pos.chain.execute(pos.staking, "self_stake", sender=ann, funds=funds)
    assert pos.staked(ann) == 0


def test_unstaking_lowers_the_weight_at_once_and_dates_a_claim(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 2_500_000)
    now = pos.chain.time

    done = pos.chain.execute(pos.staking, "unstake", amount=600_000, sender=ann)

    assert pos.weight(ann) == 1
    assert pos.staked(ann) == 1_900_000
    (claim,) = pos.chain.query(pos.staking, "claims", addr=ann).claims
    assert str(claim.amount) == "600000utgd"
    assert claim.release_at == now + 21 * DAY * 10**9
    assert done.attributes()["completion_time"] == str(claim.release_at)


def test_more_than_is_staked_cannot_be_unstaked(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 1_000_000)

    with pytest.raises(Refuse, match="cannot subtract 1000001 from a stake of 1000000"):
        pos.chain.execute(pos.staking, "unstake", amount=1_000_001, sender=ann)
    with pytest.raises(Refuse, match="amount: 0 changes nothing"):
        pos.chain.execute(pos.staking, "unstake", amount=0, sender=ann)


def test_a_claim_is_paid_when_it_is_due_and_not_a_second_before(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 2_500_000)
    pos.chain.execute(pos.staking, "unstake", amount=600_000, sender=ann)
    before = pos.chain.balance(ann)

    def release() -> int:
        done = pos.chain.execute(pos.staking, "release", sender=ann)
        return int(done.attributes()["amount"])

    pos.chain.step(seconds=1_814_399)
    assert release() == 0
    pos.chain.step(seconds=1)
    assert release() == 600_000
    assert pos.chain.balance(ann) == before + 600_000
    assert release() == 0
    assert pos.chain.query(pos.staking, "claims", addr=ann).claims == []


def test_several_claims_are_paid_in_one_transfer(pos: Pos, ann: Address) -> None:
    pos.stake(ann, 2_500_000)
    for amount in (1, 20, 300):
        pos.chain.execute(pos.staking, "unstake", amount=amount, sender=ann)
        pos.chain.step(seconds=DAY)

    pos.chain.step(seconds=20 * DAY - 1)
    done = pos.chain.execute(pos.staking, "release", sender=ann)

    assert done.attributes()["amount"] == "21"
    assert len(pos.chain.query(pos.staking, "claims", addr=ann).claims) == 1


def test_the_answer_of_staked_is_text_on_the_wire_and_a_number_for_people(
    pos: Pos, ann: Address
) -> None:
    pos.stake(ann, 200)

    assert pos.chain.ask(pos.staking, {"staked": {"addr": ann}}) == "200"
    assert pos.staked(ann) == 200
    assert pos.chain.query(pos.staking, "total") == 200


def test_without_a_height_everything_there_is_pays_its_portion(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 13_000_000)
    pos.chain.execute(pos.staking, "unstake", amount=1_000_001, sender=ann)

    assert slash(pos, ann, "0.5") == 5_999_999 + 500_000

    assert pos.staked(ann) == 6_000_000
    (claim,) = pos.chain.query(pos.staking, "claims", addr=ann).claims
    assert claim.amount.amount == 500_001
    assert pos.weight(ann) == 6
    assert pos.chain.state.burned == {"utgd": 6_499_999}


def test_five_percent_of_two_hundred_are_ten(pos: Pos) -> None:
    cheap = make_pos(pos.poa, tokens_per_weight=1, min_bond=100)
    let_eve_slash(cheap)
    cheap.stake(pos.poa.cat, 200)
    infraction = cheap.chain.height
    cheap.chain.step()

    assert slash(cheap, pos.poa.cat, "0.05", infraction) == 10
    assert cheap.staked(pos.poa.cat) == 190
    assert cheap.weight(pos.poa.cat) == 190


def test_new_stake_does_not_pay_for_old_sins(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.chain.height = 10
    pos.stake(ann, 100)
    pos.chain.height = 20
    pos.stake(ann, 300)
    pos.chain.height = 25

    assert slash(pos, ann, "0.05", at_height=10) == 5
    assert pos.staked(ann) == 395


def test_claims_made_since_pay_first_and_older_ones_nothing(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 1_000)
    pos.chain.step()
    pos.chain.execute(pos.staking, "unstake", amount=100, sender=ann)
    pos.chain.step(2)
    infraction = pos.chain.height
    pos.chain.step()
    pos.chain.execute(pos.staking, "unstake", amount=30, sender=ann)
    pos.chain.execute(pos.staking, "unstake", amount=40, sender=ann)

    assert slash(pos, ann, "0.1", infraction) == 90

    claims = pos.chain.query(pos.staking, "claims", addr=ann).claims
    assert [claim.amount.amount for claim in claims] == [100]
    assert pos.staked(ann) == 1_000 - 100 - 70 - 20


def test_a_runner_pays_with_the_claim(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 1_000)
    pos.chain.step()
    infraction = pos.chain.height
    pos.chain.execute(pos.staking, "unstake", amount=1_000, sender=ann)
    pos.chain.step()

    assert slash(pos, ann, "0.5", infraction) == 500

    (claim,) = pos.chain.query(pos.staking, "claims", addr=ann).claims
    assert claim.amount.amount == 500


def test_power_that_outlives_its_stake_is_still_paid_for(pos: Pos, ann: Address) -> None:
    """Who unstakes keeps the power for two heights, and pays for what is signed with it."""
    let_eve_slash(pos)
    pos.stake(ann, 1_000)
    pos.chain.step()
    pos.chain.execute(pos.staking, "unstake", amount=1_000, sender=ann)
    pos.chain.step()
    infraction = pos.chain.height  # the set that signs it was decided before the unstaking
    pos.chain.step()

    assert slash(pos, ann, "0.1", infraction) == 100

    (claim,) = pos.chain.query(pos.staking, "claims", addr=ann).claims
    assert claim.amount.amount == 900


def test_a_claim_made_before_the_power_was_decided_pays_nothing(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 1_000)
    pos.chain.step()
    pos.chain.execute(pos.staking, "unstake", amount=1_000, sender=ann)
    pos.chain.step(2)

    assert slash(pos, ann, "0.1", pos.chain.height) == 0


def test_never_more_is_taken_than_is_there(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 1_000)
    infraction = pos.chain.height
    pos.chain.step()
    pos.chain.execute(pos.staking, "unstake", amount=990, sender=ann)
    pos.chain.step(seconds=22 * DAY)
    pos.chain.execute(pos.staking, "release", sender=ann)

    assert slash(pos, ann, "0.5", infraction) == 10
    assert pos.staked(ann) == 0


def test_a_stranger_has_nothing_to_take(pos: Pos) -> None:
    let_eve_slash(pos)

    assert slash(pos, pos.poa.dan, "1", at_height=1) == 0
    assert pos.chain.state.burned == {}


def test_only_slashers_slash(pos: Pos, ann: Address) -> None:
    with pytest.raises(Refuse, match="Unauthorized"):
        slash(pos, ann, "0.5")
    let_eve_slash(pos)
    assert pos.chain.query(pos.staking, "list_slashers") == [pos.poa.eve]
    assert pos.chain.query(pos.staking, "is_slasher", addr=ann) is False
    with pytest.raises(Refuse, match="Invalid portion"):
        slash(pos, ann, "0")


def test_a_tombstone_takes_the_weight_and_lets_the_stake_leave(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 3_000_000)

    pos.chain.execute(pos.staking, "tombstone", addr=ann, sender=pos.poa.eve)

    assert pos.weight(ann) is None
    with pytest.raises(Refuse, match="is tombstoned"):
        pos.stake(ann, 1)
    pos.chain.execute(pos.staking, "unstake", amount=3_000_000, sender=ann)
    pos.chain.step(seconds=21 * DAY)
    done = pos.chain.execute(pos.staking, "release", sender=ann)
    assert done.attributes()["amount"] == "3000000"
    assert pos.weight(ann) is None


def test_an_older_infraction_takes_nothing_from_the_tombstoned(pos: Pos, ann: Address) -> None:
    let_eve_slash(pos)
    pos.stake(ann, 3_000_000)
    slash(pos, ann, "0.5")
    pos.chain.execute(pos.staking, "tombstone", addr=ann, sender=pos.poa.eve)

    assert slash(pos, ann, "0.5", at_height=pos.chain.height) == 0
    assert pos.staked(ann) == 1_500_000


def test_hooks_go_to_the_group_that_staking_rules(pos: Pos, ann: Address) -> None:
    with pytest.raises(Refuse, match="Caller is not admin"):
        pos.chain.execute(pos.staking, "add_hook", addr=ann, sender=ann)

    pos.poa.pass_proposal([wasm_execute(pos.staking, {"add_hook": {"addr": ann}})])
    assert pos.chain.query(pos.group, "hooks").hooks == [ann]

    pos.poa.pass_proposal([wasm_execute(pos.staking, {"remove_hook": {"addr": ann}})])
    assert pos.chain.query(pos.group, "hooks").hooks == []


def test_the_admin_hands_over(pos: Pos, ann: Address) -> None:
    pos.poa.pass_proposal([wasm_execute(pos.staking, {"update_admin": {"admin": ann}})])

    assert pos.chain.query(pos.staking, "admin").admin == ann
    pos.chain.execute(pos.staking, "add_slasher", addr=ann, sender=ann)
    pos.chain.execute(pos.staking, "remove_slasher", addr=ann, sender=ann)


def test_staking_that_does_not_rule_its_group_takes_nothing(pos: Pos, ann: Address) -> None:
    chain = pos.chain
    staking = chain.instantiate(
        contracts.staking,
        sender=ann,
        group=pos.poa.group,
        denom="utgd",
        tokens_per_weight=1,
        min_bond=0,
        unbonding_seconds=1,
    )
    before = chain.balance(ann)

    with pytest.raises(Refuse, match="Caller is not admin"):
        chain.execute(staking, "self_stake", sender=ann, funds="5utgd")
    assert chain.balance(ann) == before
    assert chain.query(staking, "configuration").min_bond == 1


def test_stake_that_could_never_leave_is_not_taken(pos: Pos, ann: Address) -> None:
    def make(unbonding_seconds: int) -> None:
        pos.chain.instantiate(
            contracts.staking,
            sender=ann,
            group=pos.poa.group,
            denom="utgd",
            tokens_per_weight=1,
            min_bond=1,
            unbonding_seconds=unbonding_seconds,
        )

    make(100 * 365 * 24 * 3600)
    with pytest.raises(Refuse, match="unbonding_seconds"):
        make(2**64 - 1)


def test_a_staking_contract_needs_a_group_and_a_divisor(pos: Pos, ann: Address) -> None:
    def make(group: Address, tokens_per_weight: int) -> None:
        pos.chain.instantiate(
            contracts.staking,
            sender=ann,
            group=group,
            denom="utgd",
            tokens_per_weight=tokens_per_weight,
            min_bond=1,
            unbonding_seconds=1,
        )

    with pytest.raises(Refuse, match="tokens_per_weight: 0 would divide by zero"):
        make(pos.group, 0)
    with pytest.raises(Refuse, match="No such contract"):
        make(ann, 1)


def test_a_weight_beyond_its_type_is_refused(pos: Pos) -> None:
    rich = pos.chain.account("rich", f"{MAX_UINT64 + 1}utgd")
    cheap = make_pos(pos.poa, tokens_per_weight=1, min_bond=1)

    with pytest.raises(Refuse, match=r"Overflow: a weight of"):
        cheap.stake(rich, MAX_UINT64 + 1)
    assert cheap.staked(rich) == 0
