"""Laws of a whole chain over random histories: replay, revert, both stores, supply, the set."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import make_stakers, put_slashing_in_office

import devnet
from devnet.consensus.errors import ConsensusError
from devnet.live.devnet import Devnet
from devnet.node.genesis import FAUCET_FUNDS
from devnet.primitives.errors import TxError

NAMES = ("ana", "ben", "cho", "dia")
Action: TypeAlias = tuple[str, str, str, int]
DEEDS = ("send", "stake", "unstake", "release", "sign twice", "off", "on", "step", "jump")
actions = st.tuples(
    st.sampled_from(
        ("send", "stake", "unstake", "release", "sign twice", "off", "on", "step", "jump")
    ),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.integers(1, 400),
)
histories = st.lists(actions, min_size=1, max_size=12)


def begin(path: Path | None = None) -> Devnet:
    net = devnet.start(seed=7, admin="john", path=path)
    put_slashing_in_office(make_stakers(net))
    return net


def act(net: Devnet, action: Action) -> None:
    """One thing somebody might do; what is refused is part of the history."""
    what, who, whom, amount = action
    staking = net.contracts["staking"]
    verbs: dict[str, Callable[[], object]] = {
        "send": lambda: net.account(who).send(whom, f"{amount}utgd"),
        "stake": lambda: staking.execute.self_stake(sender=who, funds=f"{amount}utgd"),
        "unstake": lambda: staking.execute.unstake(amount=amount, sender=who),
        "release": lambda: staking.execute.release(sender=who),
        "sign twice": net.validators[who].double_sign,
        "off": net.validators[who].offline,
        "on": net.validators[who].online,
        "step": net.step,
        "jump": lambda: net.step_until(days=amount),
    }
    try:
        verbs[what]()
    except (TxError, ConsensusError):
        net.node.pending.clear()


def play(net: Devnet, history: list[Action]) -> list[tuple[str, str]]:
    """Block and app hash after each action."""
    told = []
    for action in history:
        act(net, action)
        told.append((net.block.hash, net.block.app_hash))
    return told


@given(histories)
@settings(max_examples=15)
def test_the_same_history_gives_the_same_hashes_in_memory_and_on_disk(
    history: list[Action],
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with begin() as first, begin(folder / "chain") as second:
            assert play(first, history) == play(second, history)
    finally:
        shutil.rmtree(folder)


@given(histories, histories)
@settings(max_examples=15)
def test_a_revert_restores_every_hash_and_the_same_acts_make_the_same_blocks(
    history: list[Action], other: list[Action]
) -> None:
    with begin() as net:
        height, told = net.height, net.block.app_hash
        net.node.pending.clear()
        once = play(net, history)
        net.revert(height)
        assert net.block.app_hash == told
        play(net, other)
        net.revert(height)
        assert play(net, history) == once


@given(histories)
@settings(max_examples=15)
def test_no_token_appears_and_burned_ones_are_accounted_for(history: list[Action]) -> None:
    with begin() as net:
        burned = 0
        seen = net.height
        for action in history:
            act(net, action)
            for height in range(seen + 1, net.height + 1):
                for event in net.block_at(height).events("burn"):
                    burned += int(event["amount"].removesuffix("utgd"))
            seen = net.height
            supply = net.x.bank.query.supply(denom="utgd").amount
            assert supply.amount == str(FAUCET_FUNDS - burned)


@given(histories)
@settings(max_examples=15)
def test_the_sum_of_all_updates_is_the_set(history: list[Action]) -> None:
    with begin() as net:
        play(net, history)
        net.validators["ana"].online()
        powers = {"genesis": 1}
        for height in range(1, net.height + 1):
            powers |= net.block_at(height).validator_updates
        decided = {seat.name: seat.power for seat in net.validators.at(net.height + 2)}
        assert decided == {name: power for name, power in powers.items() if power}
        assert decided, "no history leaves the set empty"
