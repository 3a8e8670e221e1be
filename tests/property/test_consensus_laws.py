from collections import Counter
from itertools import permutations

import pytest
from fakes.consensus import World, start
from hypothesis import given, settings
from hypothesis import strategies as st

from devnet.abci import ValidatorUpdate
from devnet.consensus.commits import quorum, two_thirds, weighted_median
from devnet.consensus.errors import EvidenceRefused, NoQuorum, ValidatorSetError
from devnet.consensus.inputs import Inputs
from devnet.consensus.validator_set import ValidatorSet
from devnet.crypto.hashing import sha256
from devnet.primitives.types import MAX_TOTAL_POWER, Power
from devnet.store.merkle import list_root

KEYS = [sha256(b"law %d" % i) for i in range(8)]
POWERS = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 1000), min_size=1)
CHANGES = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 1000))
NAMES = ("ana", "ben", "cho", "dia", "eve")
INT64 = 1 << 63


def as_updates(changes: dict[bytes, int]) -> list[ValidatorUpdate]:
    return [ValidatorUpdate(key, Power(power)) for key, power in changes.items()]


@given(POWERS)
@settings(deadline=None)
def test_over_a_cycle_the_proposer_share_is_the_power_share(powers: dict[bytes, int]) -> None:
    present = ValidatorSet.new(powers.items())
    turns: Counter[bytes] = Counter()
    for _ in range(present.total):
        turns[present.proposer.pub_key] += 1
        present = present.increment(1)
    for key, power in powers.items():
        assert abs(turns[key] - power) <= len(powers)


@given(POWERS, st.lists(CHANGES, max_size=6))
def test_the_sum_of_all_updates_is_the_set(
    powers: dict[bytes, int], history: list[dict[bytes, int]]
) -> None:
    present, model = ValidatorSet.new(powers.items()), dict(powers)
    for changes in history:
        try:
            present = present.updated(as_updates(changes)).increment(1)
        except ValidatorSetError:
            continue
        model.update(changes)
        model = {key: power for key, power in model.items() if power}
    assert {v.pub_key: v.power for v in present.validators} == model
    assert present.total == sum(model.values())
    order = [(-v.power, v.address) for v in present.validators]
    assert order == sorted(order)


@given(POWERS, st.dictionaries(st.sampled_from(KEYS), st.integers(0, 1000), max_size=4))
def test_the_order_of_updates_makes_no_difference(
    powers: dict[bytes, int], changes: dict[bytes, int]
) -> None:
    present = ValidatorSet.new(powers.items())
    outcomes = set()
    for order in permutations(as_updates(changes)):
        try:
            outcomes.add(present.updated(order))
        except ValidatorSetError as err:
            outcomes.add(type(err))  # type: ignore[arg-type]  # refused alike
    assert len(outcomes) == 1


@given(
    st.dictionaries(
        st.sampled_from(KEYS), st.integers(1, MAX_TOTAL_POWER // len(KEYS)), min_size=1
    ),
    st.lists(CHANGES, max_size=4),
)
def test_priorities_never_need_to_be_clipped_at_64_bits(
    powers: dict[bytes, int], history: list[dict[bytes, int]]
) -> None:
    present = ValidatorSet.new(powers.items())
    for changes in history:
        try:
            present = present.updated(as_updates(changes))
        except ValidatorSetError:
            continue
        present = present.increment(3)
        assert all(-INT64 < p < INT64 for p in present.priorities)
        assert max(present.priorities) - min(present.priorities) <= 2 * INT64 // 4


@given(st.integers(1, MAX_TOTAL_POWER))
def test_a_quorum_is_more_than_two_thirds_and_no_more_than_needed(total: int) -> None:
    assert 3 * quorum(total) > 2 * total
    assert 3 * two_thirds(total) <= 2 * total


@given(st.lists(st.tuples(st.integers(0, 10**18), st.integers(1, 10**6)), min_size=1))
def test_less_than_half_the_weight_lies_on_either_side_of_the_median(
    stamps: list[tuple[int, int]],
) -> None:
    median = weighted_median(stamps)
    total = sum(weight for _, weight in stamps)
    before = sum(weight for time, weight in stamps if time < median)
    after = sum(weight for time, weight in stamps if time > median)
    assert 2 * before <= total
    assert 2 * after <= total + 1


@st.composite
def askings(draw: st.DrawFn, world: World) -> Inputs:
    """Anything a user may ask of a block."""
    address = st.sampled_from([world.address(name) for name in NAMES[:4]])
    return Inputs(
        txs=tuple(draw(st.lists(st.binary(max_size=8), max_size=3))),
        started=tuple((n, world.key(n)) for n in draw(st.sets(st.sampled_from(NAMES)))),
        switched=tuple(draw(st.lists(st.tuples(address, st.booleans()), max_size=2))),
        double_signs=tuple(
            (a, r, "precommit")
            for a, r in draw(st.lists(st.tuples(address, st.integers(0, 1)), max_size=1))
        ),
    )


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_replay_is_bit_identical_and_going_back_restores_everything(data: st.DataObject) -> None:
    powers = dict.fromkeys(NAMES[:4], 10)
    world, twin = start(powers), start(powers)
    states = [world.engine.state]
    for _ in range(data.draw(st.integers(1, 6))):
        inputs = data.draw(askings(world))
        try:
            made = world.engine.make_block(inputs)
        except NoQuorum:
            assert world.engine.state is states[-1]
            continue
        again = twin.engine.make_block(inputs)
        assert again == made
        assert made.block.header.hash == list_root(made.block.header.leaves())
        states.append(world.engine.state)
    tip = world.history.tip
    for state in data.draw(st.permutations(states)):
        world.history.go_to(state.place)
        found = world.engine.state
        assert found.validators == state.validators
        assert found.next_validators == state.next_validators
        assert found.last_validators == state.last_validators
        assert found.last_commit.slots == state.last_commit.slots
        assert found.switches == state.switches
        assert found.pending == state.pending
        assert (found.clock, found.time, found.app_hash) == (
            state.clock,
            state.time,
            state.app_hash,
        )
    world.history.go_to(tip)
    assert world.engine.make_block().place == twin.engine.make_block().place


@given(st.binary(max_size=200))
def test_random_bytes_never_convince(data: bytes) -> None:
    world = start({"ana": 10})
    with pytest.raises(EvidenceRefused):
        world.engine.verifier.verify(data)
