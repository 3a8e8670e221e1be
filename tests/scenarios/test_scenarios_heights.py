"""Scenarios S11 and S17 to S19 on a running chain: when validator updates act."""

import pytest
from fakes.consensus import EQUAL, start

from devnet.abci import Event
from devnet.consensus import errors
from devnet.primitives.types import ConsAddress


def test_s11_a_block_with_one_validator_twice_is_never_executed() -> None:
    world = start({"v1": 10, "v2": 10})
    world.app.updates[2] = [world.update("v1", 11), world.update("v1", 22)]

    with pytest.raises(errors.ChainHalted) as halted:
        world.step()

    assert isinstance(halted.value.cause, errors.DuplicateValidator)
    assert world.powers_at(3) == {"v1": 10, "v2": 10}
    assert world.engine.state.height == 1


def test_s17_updates_act_two_heights_later() -> None:
    listed = (1, 2, 4, 5, 10, 15, 16, 17, 20)
    raised = {height: {"solo": 4 + i} for i, height in enumerate(listed)}
    world = start({"solo": 3}, updates=raised)

    world.step(23)

    for height in range(1, 27):
        expected = 3 + sum(h <= height - 2 for h in listed)
        assert world.powers_at(height) == {"solo": expected}, height


def test_s18_a_second_validator_stands_in_the_next_set_only() -> None:
    world = start({"solo": 10}, updates={1: {"duo": 5}})

    state = world.engine.state
    assert len(state.next_validators) == 2
    assert len(state.validators) == 1
    assert world.engine.block_at(1).validator_updates == (world.update("duo", 5),)
    assert world.engine.block_at(1).begin_events == (Event.of("begun", height=1),)


def test_s19_removing_the_only_validator_stops_the_chain() -> None:
    world = start({"solo": 10}, updates={2: {"solo": 0}})

    for _ in range(2):
        with pytest.raises(errors.ChainHalted) as halted:
            world.step()
        assert halted.value.height == 2
        assert isinstance(halted.value.cause, errors.EmptyValidatorSet)
    assert world.history.height == 1


def test_a_new_set_signs_proposes_and_is_heard_of_in_its_turn() -> None:
    """Section 3.5: next hash at H+1, validators hash at H+2, last commit at H+3."""
    world = start(EQUAL, updates={3: {"dia": 0}})
    world.step(8)

    def header(height: int) -> tuple[bytes, bytes]:
        found = world.engine.block_at(height).block.header
        return found.validators_hash, found.next_validators_hash

    before, after = header(3)[0], header(5)[0]
    assert before != after
    assert header(3) == (before, before)
    assert header(4) == (before, after)
    assert header(5) == (after, after)
    heard = {int(b.height): [v.address for v in b.last_votes] for b in world.app.begun}
    dia: ConsAddress = world.address("dia")
    assert dia in heard[5]
    assert dia not in heard[6]
    assert heard[1] == []
