"""Laws of contract-controlled validators, over random histories (design, section 9)."""

from typing import Any

import pytest
from fakes.cw7 import PREFIX, FakeWasm, address_of, entry, validator
from fakes.state import contents, make_ctx
from hypothesis import given
from hypothesis import strategies as st

from devnet.chain.context import Context
from devnet.primitives.errors import TxError
from devnet.primitives.types import MAX_TOTAL_POWER, Address
from devnet.x.validator.errors import EmptyValidatorSet
from devnet.x.validator.keeper import ValidatorKeeper
from devnet.x.validator.module import ValidatorModule
from devnet.x.validator.types import Validator

JOHN = address_of("john")
GROUPS = [address_of(name) for name in ("poa", "pos", "poe")]
NAMES = ["genesis", *"abcdef"]

weights = st.one_of(
    st.integers(0, 5),
    st.sampled_from([MAX_TOTAL_POWER // 2, MAX_TOTAL_POWER, MAX_TOTAL_POWER + 1]),
)
# A key that is somebody else's now and then, so that refusals are part of the histories.
wishes = st.builds(
    lambda name, weight, key: validator(name, weight, key=key),
    st.sampled_from(NAMES),
    weights,
    st.one_of(st.just(""), st.just(""), st.just(""), st.sampled_from(NAMES)),
)
diffs = st.tuples(st.sampled_from(GROUPS), st.lists(wishes, max_size=6))
swaps = st.tuples(st.just("swap"), st.sampled_from(GROUPS), st.lists(wishes, max_size=6))
blocks = st.lists(st.lists(st.one_of(diffs, swaps), max_size=5), max_size=8)


class History:
    """A chain of blocks of x/validator, and consensus listening to it."""

    def __init__(self) -> None:
        self.wasm = FakeWasm(sets={group: [] for group in GROUPS})
        self.keeper = ValidatorKeeper(self.wasm, prefix=PREFIX)
        self.module = ValidatorModule(self.keeper)
        self.ctx = make_ctx()
        genesis = validator("genesis", 1)
        state: Any = {"operator": genesis.operator, "pubkey": entry(genesis)["pubkey"], "power": 1}
        self.module.init_genesis(self.ctx, {"admin": JOHN, "validators": [state]})
        self.consensus: dict[bytes, int] = {genesis.pub_key: 1}

    def act(self, action: Any) -> None:
        """One message, kept or dropped as a transaction would be."""
        before = contents(self.ctx)
        try:
            with self.ctx.branch() as scope:
                self._run(scope, action)
        except TxError:
            assert contents(self.ctx) == before

    def _run(self, scope: Context, action: Any) -> None:
        if action[0] == "swap":
            _, group, listed = action
            self.wasm.sets[group] = list(listed)
            self.keeper.set_permissions(scope, JOHN, {"authority": group})
        else:
            group, entries = action
            self.keeper.change_power(scope, group, entries)

    def end_block(self) -> None:
        updates = self.module.end_blocker(make_ctx(root=self.ctx.root, mode="end_block"))
        keys = [update.pub_key for update in updates]
        assert keys == sorted(set(keys))
        for update in updates:
            assert self.consensus.get(update.pub_key, 0) != update.power
            self.consensus[update.pub_key] = update.power
        self.consensus = {key: power for key, power in self.consensus.items() if power}

    def decided(self) -> list[Validator]:
        return self.keeper.decided.active(self.ctx)


@given(blocks)
def test_all_updates_since_genesis_add_up_to_the_decided_set(history: Any) -> None:
    chain = History()
    for block in history:
        for action in block:
            chain.act(action)
        chain.end_block()
        assert chain.consensus == {v.pub_key: v.power for v in chain.decided()}


@given(blocks)
def test_no_history_leaves_the_set_empty_or_too_heavy(history: Any) -> None:
    chain = History()
    for block in history:
        for action in block:
            chain.act(action)
            total = sum(v.power for v in chain.decided())
            assert 1 <= total <= MAX_TOTAL_POWER
            assert chain.keeper.decided.total_power(chain.ctx) == total
        chain.end_block()


@given(blocks)
def test_an_operator_keeps_its_key_and_a_key_its_operator(history: Any) -> None:
    chain = History()
    keys: dict[Address, bytes] = {}
    for block in history:
        for action in block:
            chain.act(action)
            for known in chain.keeper.decided.everyone(chain.ctx):
                assert keys.setdefault(known.operator, known.pub_key) == known.pub_key
                found = chain.keeper.decided.find_operator(chain.ctx, known.address)
                assert found == known.operator
        assert len(set(keys.values())) == len(keys)


@given(st.lists(wishes, min_size=1, max_size=8))
def test_a_swap_there_and_back_is_no_change_at_all(listed: list[Validator]) -> None:
    chain = History()
    chain.act(("swap", GROUPS[0], [validator("a", 4), validator("b", 3)]))
    chain.end_block()
    before = chain.consensus
    chain.act(("swap", GROUPS[1], listed))
    chain.act(("swap", GROUPS[0], [validator("a", 4), validator("b", 3)]))
    updates = chain.module.end_blocker(make_ctx(root=chain.ctx.root, mode="end_block"))
    assert list(updates) == []
    assert {v.pub_key: v.power for v in chain.decided()} == before


@given(st.lists(st.sampled_from(NAMES[1:]), max_size=6))
def test_the_last_one_standing_cannot_be_removed(leaving: list[str]) -> None:
    chain = History()
    chain.act(("swap", GROUPS[0], [validator(name, 1) for name in NAMES[1:]]))
    everyone = [validator(name, 0) for name in [*leaving, *NAMES[1:]]]
    with pytest.raises(EmptyValidatorSet, match="no block could follow"):
        chain.keeper.change_power(chain.ctx, GROUPS[0], everyone)
