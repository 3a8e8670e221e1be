"""Scenarios S01 to S16: validator sets, their turns and their updates."""

from itertools import pairwise, permutations
from random import Random

import pytest

from devnet.abci import ValidatorUpdate
from devnet.consensus import errors, validator_set
from devnet.consensus.validator_set import (
    EMPTY,
    Roster,
    ValidatorSet,
    centre,
    rescale,
)
from devnet.primitives.types import MAX_TOTAL_POWER, ConsAddress, Power

Pairs = list[tuple[str, int]]


@pytest.fixture(autouse=True)
def plain_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is its own key and address."""
    monkeypatch.setattr(validator_set, "address_of", ConsAddress)


def new(pairs: Pairs) -> ValidatorSet:
    return ValidatorSet.new([(name.encode(), power) for name, power in pairs])


def updates(pairs: Pairs) -> list[ValidatorUpdate]:
    return [ValidatorUpdate(name.encode(), Power(power)) for name, power in pairs]


def priorities(set_: ValidatorSet) -> dict[str, int]:
    return {v.pub_key.decode(): v.priority for v in set_.validators}


def proposers(set_: ValidatorSet, count: int) -> list[str]:
    seen = []
    for _ in range(count):
        seen.append(set_.proposer.pub_key.decode())
        set_ = set_.increment(1)
    return seen


def test_s01_an_empty_set_has_no_proposer_and_cannot_turn() -> None:
    for act in (
        lambda: EMPTY.increment(1),
        lambda: rescale((), 10),
        lambda: centre(()),
        lambda: EMPTY.proposer,
    ):
        with pytest.raises(errors.EmptyValidatorSet):
            act()
    assert (EMPTY.total, len(EMPTY), EMPTY.validators) == (0, 0, ())
    assert EMPTY.hash.hex().startswith("e3b0c442")


def test_s02_a_set_cannot_lose_all_its_members() -> None:
    both = new([("v1", 100), ("v2", 100)])
    with pytest.raises(errors.EmptyValidatorSet):
        both.updated(updates([("v1", 0), ("v2", 0)]))
    assert len(both) == 2


def test_s03_three_powers_take_turns_by_priority() -> None:
    assert proposers(new([("foo", 1000), ("bar", 300), ("baz", 330)]), 9) == (
        ["foo", "baz", "foo", "bar", "foo", "foo", "baz", "foo", "bar"]
    )


def test_s04_two_thirds_of_the_power_do_not_lead_twice_running() -> None:
    assert proposers(new([("v1", 100), ("v2", 100), ("v3", 400)]), 2) == ["v3", "v1"]


def test_s05_more_than_two_thirds_do() -> None:
    assert proposers(new([("v1", 100), ("v2", 100), ("v3", 401)]), 3) == ["v3", "v3", "v1"]


def test_s06_over_whole_cycles_each_leads_as_often_as_its_power_says() -> None:
    seen = proposers(new([("v1", 4), ("v2", 5), ("v3", 3)]), 120)
    assert [seen.count(name) for name in ("v1", "v2", "v3")] == [40, 50, 30]


@pytest.mark.parametrize("seed", range(5))
def test_s07_from_any_priorities_each_leads_about_its_power_often(seed: int) -> None:
    random = Random(seed)
    powers = [random.randint(1, 60) for _ in range(random.randint(2, 12))]
    roster = Roster((b"%03d" % i, power) for i, power in enumerate(powers))
    total = roster.total
    start_at = rescale([random.randint(-(10**9), 10**9) for _ in powers], total)
    present = ValidatorSet(roster, tuple(start_at))
    counts = dict.fromkeys(range(len(powers)), 0)
    for _ in range(total):
        present = present.increment(1)
        counts[present.proposer_index] += 1
    for i, power in enumerate(roster.powers):
        assert abs(counts[i] - power) <= len(powers) - 1


def test_s08_a_strong_newcomer_waits_at_first() -> None:
    after = new([("v1", 10)]).updated(updates([("v2", 100)])).increment(1)
    assert priorities(after) == {"v1": -38, "v2": 39}
    assert after.proposer.pub_key == b"v1"


def test_s09_priorities_are_rescaled_toward_zero() -> None:
    strong = new([("v1", 10)]).updated(updates([("v2", 100)])).increment(1)
    after = strong.updated(updates([("v2", 1)])).increment(1)
    assert priorities(after) == {"v1": 1, "v2": -1}


def test_s10_two_equals_alternate_for_ever() -> None:
    present = new([("v1", 10)]).updated(updates([("v2", 10)]))
    seen = []
    for turn in range(40):
        present = present.increment(1)
        seen.append(present.proposer.pub_key.decode())
        found = priorities(present)
        assert sorted(found.values()) == ([-1, 1] if turn % 2 == 0 else [-9, 9])
    assert seen[:2] == ["v1", "v1"]
    assert all(a != b for a, b in pairwise(seen[1:]))


def test_s11_one_validator_twice_in_one_update_is_refused() -> None:
    present = new([("v1", 10), ("v2", 10)])
    with pytest.raises(errors.DuplicateValidator):
        present.updated(updates([("v1", 11), ("v1", 22)]))


def test_s12_a_removal_and_a_change_of_one_validator_are_a_duplicate() -> None:
    with pytest.raises(errors.DuplicateValidator):
        new([("v1", 10), ("v2", 10)]).updated(updates([("v1", 0), ("v2", 20), ("v1", 30)]))


def test_s13_a_stranger_cannot_be_removed() -> None:
    with pytest.raises(errors.UnknownValidator):
        new([("v1", 10), ("v2", 10)]).updated(updates([("v3", 0)]))


def test_s14_the_total_power_has_a_limit() -> None:
    with pytest.raises(errors.TotalPowerOverflow):
        new([("v1", MAX_TOTAL_POWER - 1)]).updated(updates([("v2", 5)]))


def test_s15_decreases_count_before_increases() -> None:
    present = new([("v2", MAX_TOTAL_POWER - 1), ("v1", 1)])
    for order in permutations([("v1", MAX_TOTAL_POWER - 1), ("v2", 1)]):
        assert present.updated(updates(list(order))).total == MAX_TOTAL_POWER


def test_s16_the_order_of_updates_makes_no_difference() -> None:
    present = new([("v4", 40), ("v3", 30), ("v2", 20), ("v1", 10)]).increment(3)
    mixed = [("v4", 0), ("v3", 1), ("v5", 25), ("v1", 44), ("v6", 6)]
    first = present.updated(updates(mixed))
    assert all(present.updated(updates(list(o))) == first for o in permutations(mixed))
