import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from types import FrameType
from typing import Any

import pytest
from fakes.consensus import CHAIN_ID, FOUR, GENESIS, FakeApp, World, start

from devnet.abci import PrivilegedCallEndless
from devnet.consensus import errors
from devnet.consensus.commits import verify_commit
from devnet.consensus.inputs import Inputs
from devnet.crypto.hashing import sha256
from devnet.primitives.types import SECOND, Timestamp
from devnet.store.kv import MemoryStore

STEPS = ("begin_block", "end_block", "commit")


def test_block_one_has_genesis_time_and_the_rest_follow_the_clock() -> None:
    world = start(FOUR)
    world.step(4)
    times = [world.engine.block_at(height).time for height in range(1, 6)]
    assert times == [GENESIS + 5 * SECOND * n for n in range(5)]
    assert world.app.genesis.validators == tuple(world.update(*each) for each in FOUR.items())


def test_every_commit_proves_its_block() -> None:
    world = start(FOUR)
    world.step(3)
    for height in range(1, 5):
        block = world.engine.block_at(height)
        verify_commit(
            block.commit,
            world.engine.validators_at(height),
            chain_id=CHAIN_ID,
            height=height,
            block_id=block.block_id,
        )
        assert block.block.block_id() == block.block_id


def test_headers_name_the_block_before_and_its_outcome() -> None:
    world = start(FOUR)
    first = world.engine.make_block(Inputs(txs=(b"a", b"bb")))
    second = world.step()
    header = second.block.header
    assert header.last_block_id == first.block_id
    assert header.last_commit_hash == first.commit.hash
    assert header.app_hash == first.app_hash == sha256(b"app state 2")
    assert header.last_results_hash != world.engine.block_at(1).block.header.last_results_hash


@pytest.mark.parametrize("failing", STEPS)
@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt()], ids=repr)
def test_any_exception_leaves_the_last_block_standing(failing: str, error: BaseException) -> None:
    world, twin = start(FOUR), start(FOUR)
    state, tip = world.engine.state, world.history.tip
    world.app.raises[failing] = error
    with pytest.raises(type(error)):
        world.engine.make_block(Inputs(txs=(b"tx",)))
    assert world.app.abandoned == 1
    assert world.engine.state is state
    assert world.history.tip == tip
    assert world.history.view.get(FakeApp.KEY) == b"1"
    assert world.engine.find_tx(sha256(b"tx")) is None
    world.app.raises.clear()
    assert world.step().place == twin.step().place


def test_a_failed_genesis_leaves_nothing_behind() -> None:
    twin, world = start(FOUR), World(MemoryStore())
    members = [(name, world.update(name, power)) for name, power in FOUR.items()]
    world.app.raises["init_chain"] = RuntimeError("a bug")
    with pytest.raises(RuntimeError):
        world.engine.init(members, {})
    with pytest.raises(errors.NotStarted):
        world.step()
    world.app.raises.clear()
    assert world.engine.init(members, {}).place == twin.history.tip
    with pytest.raises(errors.AlreadyStarted):
        world.engine.init(members, {})


def test_an_endless_privileged_call_halts_the_chain_visibly() -> None:
    world = start(FOUR)
    endless = PrivilegedCallEndless("Authority", "group (tgrade1...)")
    world.app.raises["end_block"] = endless
    with pytest.raises(errors.ChainHalted) as halted:
        world.step()
    assert (halted.value.height, halted.value.cause) == (2, endless)
    assert "Authority" in str(halted.value)
    assert world.engine.state.height == 1
    world.app.raises.clear()
    assert world.step().height == 2


def test_updates_with_a_key_of_another_kind_halt_the_chain() -> None:
    world = start(FOUR)
    world.app.updates[2] = [replace(world.update("ana", 5), pub_key=bytes(33))]
    with pytest.raises(errors.ChainHalted) as halted:
        world.step()
    assert isinstance(halted.value.cause, errors.InvalidValidatorKey)


def test_equal_calls_give_equal_bytes() -> None:
    def play(world: World) -> bytes:
        world.engine.make_block(Inputs(txs=(b"1", b"2")))
        world.engine.make_block(world.switch("dia", online=False))
        world.engine.make_block(Inputs(double_signs=((world.address("cho"), 0, "precommit"),)))
        return world.step(3).place

    assert play(start(FOUR)) == play(start(FOUR))


def _interrupt_after(lines: int) -> Callable[..., Any]:
    """A trace that raises once so many lines of the house have run."""
    left = lines

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if "/devnet/" not in frame.f_code.co_filename:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    return trace


def test_an_interrupt_at_any_line_leaves_a_whole_chain() -> None:
    inputs = Inputs(txs=(b"tx",), clock=Timestamp(GENESIS + 60 * SECOND))
    twin = start(FOUR)
    second, third = twin.engine.make_block(inputs), twin.step()
    before = sys.gettrace()
    for lines in count(1, 5):
        world = start(FOUR)
        sys.settrace(_interrupt_after(lines))
        try:
            world.engine.make_block(inputs)
        except KeyboardInterrupt:
            finished = False
        else:
            finished = True
        finally:
            sys.settrace(before)
        if world.engine.state.height == 1:
            assert world.engine.make_block(inputs).place == second.place, lines
        assert world.engine.state.place == second.place, lines
        assert world.engine.find_tx(sha256(b"tx")) == (2, 0)
        assert world.step().place == third.place, lines
        if finished:
            return
