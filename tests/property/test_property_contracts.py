"""Laws of the contracts, over random histories."""

from typing import Any

import pytest
from fakes.contract_chain import ContractChain, Store
from fakes.contract_worlds import DAY, Poa, key_of, make_poa, make_pos
from hypothesis import given
from hypothesis import strategies as st

from devnet.contracts.parts.ballots import votes_needed
from devnet.cosmwasm.deps import Deps
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import wasm_execute
from devnet.cosmwasm.state import SnapshotMap
from devnet.primitives.decimals import ONE, Decimal
from devnet.primitives.types import MAX_UINT64, Address

CAST = ("ann", "ben", "cat", "dan", "eve")
names = st.sampled_from(CAST)
portions = st.integers(1, 20).map(lambda n: str(Decimal.from_ratio(n, 20)))


def poa_with_slasher() -> Poa:
    poa = make_poa(ContractChain())
    poa.chain.execute(poa.group, "register_pubkey", pubkey=key_of("eve"), sender=poa.eve)
    poa.chain.execute(poa.group, "add_slasher", addr=poa.eve, sender=poa.membership)
    return poa


updates = st.tuples(
    st.just("update"),
    st.lists(st.tuples(names, st.integers(0, 50)), max_size=4),
    st.lists(names, max_size=2),
)
cuts = st.tuples(st.just("slash"), names, portions, st.integers(0, 8))
burials = st.tuples(st.just("tombstone"), names)


@given(st.lists(updates | cuts | burials, max_size=12))
def test_member_weights_add_up_to_the_total_and_to_the_validator_set(history: list[Any]) -> None:
    poa = poa_with_slasher()
    chain, group = poa.chain, poa.group

    for step in history:
        try:
            match step:
                case ("update", add, remove):
                    members = [{"addr": getattr(poa, name), "weight": w} for name, w in add]
                    gone = [getattr(poa, name) for name in remove]
                    chain.execute(
                        group, "update_members", sender=poa.membership, add=members, remove=gone
                    )
                case ("slash", name, portion, back):
                    chain.execute(
                        group,
                        "slash",
                        sender=poa.eve,
                        addr=getattr(poa, name),
                        portion=portion,
                        at_height=max(1, chain.height - back),
                    )
                case ("tombstone", name):
                    chain.execute(group, "tombstone", sender=poa.eve, addr=getattr(poa, name))
                case _:
                    raise AssertionError(step)
        except Refuse as err:
            assert "is tombstoned" in str(err)  # noqa: PT017 - the one thing that may be refused
        chain.step()

    members = chain.query(group, "list_members", limit=30).members
    assert sum(member.weight for member in members) == chain.query(group, "total_weight").weight
    listed = chain.query(group, "list_validators", limit=100).validators
    begun = {poa.ann: 4, poa.ben: 3, poa.cat: 2, poa.dan: 1}
    for _, diffs in chain.state.diffs:
        begun |= {diff["operator"]: diff["weight"] for diff in diffs}
    assert {v.operator: v.weight for v in listed} == {o: w for o, w in begun.items() if w}


stakes = st.tuples(st.just("stake"), names, st.integers(1, 5_000_000))
unstakes = st.tuples(st.just("unstake"), names, st.integers(1, 5_000_000))
releases = st.tuples(st.just("release"), names)
waits = st.tuples(st.just("wait"), st.integers(1, 22))


@given(st.lists(stakes | unstakes | releases | waits | cuts | burials, max_size=20))
def test_every_token_is_staked_claimed_burned_or_paid(history: list[Any]) -> None:
    poa = make_poa(ContractChain())
    pos = make_pos(poa)
    chain, staking = poa.chain, pos.staking
    poa.pass_proposal([wasm_execute(staking, {"add_slasher": {"addr": poa.eve}})])
    cast: dict[str, Address] = {name: getattr(poa, name) for name in CAST}
    before = sum(chain.balance(addr) for addr in cast.values())

    for step in history:
        try:
            match step:
                case ("stake", name, amount):
                    pos.stake(cast[name], amount)
                case ("unstake", name, amount):
                    chain.execute(staking, "unstake", sender=cast[name], amount=amount)
                case ("release", name):
                    chain.execute(staking, "release", sender=cast[name])
                case ("wait", days):
                    chain.step(seconds=days * DAY)
                case ("slash", name, portion, back):
                    height = max(1, chain.height - back) if back else None
                    chain.execute(
                        staking,
                        "slash",
                        sender=poa.eve,
                        addr=cast[name],
                        portion=portion,
                        at_height=height,
                    )
                case ("tombstone", name):
                    chain.execute(staking, "tombstone", sender=poa.eve, addr=cast[name])
                case _:
                    raise AssertionError(step)
        except Refuse as err:
            expected = ("is tombstoned", "cannot subtract")
            assert any(words in str(err) for words in expected)  # noqa: PT017
        chain.step()

        staked = sum(pos.staked(addr) for addr in cast.values())
        claimed = sum(
            claim.amount.amount
            for addr in cast.values()
            for claim in chain.query(staking, "claims", addr=addr).claims
        )
        assert chain.query(staking, "total") == staked
        assert chain.balance(staking) == staked + claimed
        burned = chain.state.burned.get("utgd", 0)
        wallets = sum(chain.balance(addr) for addr in cast.values())
        assert wallets + staked + claimed + burned == before
        for addr in cast.values():
            weight = pos.weight(addr)
            stake = pos.staked(addr)
            assert weight in {None, stake // 1_000_000 if stake >= 1_000_000 else None}


changes = st.tuples(
    st.integers(0, 3), st.sampled_from(["a", "ab", "b"]), st.none() | st.integers(0, MAX_UINT64)
)


@given(st.lists(changes, max_size=30))
def test_a_snapshot_map_equals_a_list_of_all_pasts(history: list[Any]) -> None:
    unused: Any = None
    deps = Deps(Store(), unused, unused)
    found: SnapshotMap[int] = SnapshotMap("m", int)
    height, now = 1, dict[str, int]()
    pasts = {1: dict(now)}
    for wait, key, value in history:
        for _ in range(wait):
            height += 1
            pasts[height] = dict(now)
        if value is None:
            found.remove(deps, key, height)
            now.pop(key, None)
        else:
            found.save(deps, key, value, height)
            now[key] = value

    assert dict(found.items(deps)) == now
    for past, model in pasts.items():
        assert {k: found.find_at(deps, k, past) for k in ("a", "ab", "b")} == {
            k: model.get(k) for k in ("a", "ab", "b")
        }
    assert {k: found.find_at(deps, k, height + 1) for k in now} == now


@given(st.integers(0, MAX_UINT64), st.integers(0, ONE))
def test_votes_needed_lie_within_the_weight_and_cover_the_part(weight: int, part: int) -> None:
    needed = votes_needed(weight, Decimal(part))

    assert 0 <= needed <= weight
    assert needed * ONE * 10**9 + ONE > weight * 10**9 * part


@pytest.mark.parametrize("order", [CAST, tuple(reversed(CAST))])
def test_the_same_history_leaves_the_same_bytes(order: tuple[str, ...]) -> None:
    def storage() -> dict[str, dict[bytes, bytes]]:
        poa = make_poa(ContractChain())
        pos = make_pos(poa)
        for name in order:
            pos.stake(getattr(poa, name), 2_000_000)
        return {addr: dict(store) for addr, store in poa.chain.state.stores.items()}

    assert storage() == storage()
