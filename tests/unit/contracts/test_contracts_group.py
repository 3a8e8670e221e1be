"""CW4: members, weights, history, hooks, admin."""

from typing import Any

import pytest
from fakes.contract_chain import ContractChain, HostError
from fakes.contract_worlds import Poa, key_of

from devnet import contracts
from devnet.cosmwasm.errors import Refuse
from devnet.primitives.types import MAX_UINT64, Address

LISTENER = b'''
class Listener(Contract):
    """Hears, and fails on demand."""
    heard = Item("heard", Json)
    deaf = Item("deaf", bool)

    @instantiate
    def open(self, deps, env, info, deaf: bool) -> None:
        self.deaf.save(deps, deaf)

    @execute
    def member_changed_hook(self, deps, env, info, diffs: list[Json]) -> None:
        if self.deaf.load(deps):
            raise Refuse("refused")
        self.heard.save(deps, diffs)

    @query(name="heard")
    def what_was_heard(self, deps, env) -> Json:
        return self.heard.find(deps)
'''


@pytest.fixture
def boss(chain: ContractChain) -> Address:
    return chain.account("boss")


@pytest.fixture
def ana(chain: ContractChain) -> Address:
    return chain.account("ana")


@pytest.fixture
def ben(chain: ContractChain) -> Address:
    return chain.account("ben")


@pytest.fixture
def group(chain: ContractChain, boss: Address, ana: Address) -> Address:
    members = [{"addr": ana, "weight": 3}]
    return chain.instantiate(contracts.group, sender=boss, admin=boss, members=members)


def update(chain: ContractChain, group: Address, add: object = (), remove: object = ()) -> None:
    boss = chain.account("boss")
    chain.execute(group, "update_members", sender=boss, add=add, remove=remove)


def test_members_are_listed_in_order_of_address(
    chain: ContractChain, group: Address, ana: Address, ben: Address
) -> None:
    update(chain, group, add=[{"addr": ben, "weight": 5}])

    listed = chain.query(group, "list_members").members

    assert [member.addr for member in listed] == sorted([ana, ben])
    assert chain.query(group, "total_weight").weight == 8
    first, second = sorted([ana, ben])
    (after,) = chain.query(group, "list_members", start_after=first).members
    assert after.addr == second
    assert chain.query(group, "list_members", limit=0).members == []


def test_a_page_holds_ten_members_and_at_most_thirty(chain: ContractChain, boss: Address) -> None:
    members = [{"addr": chain.account(f"m{n}"), "weight": n} for n in range(40)]
    group = chain.instantiate(contracts.group, sender=boss, admin=None, members=members)

    assert len(chain.query(group, "list_members").members) == 10
    assert len(chain.query(group, "list_members", limit=1000).members) == 30


def test_additions_come_before_removals(
    chain: ContractChain, group: Address, boss: Address, ben: Address
) -> None:
    hook = chain.instantiate(LISTENER, sender=boss, deaf=False)
    chain.execute(group, "add_hook", addr=hook, sender=boss)

    update(chain, group, add=[{"addr": ben, "weight": 5}], remove=[ben])

    assert chain.query(group, "member", addr=ben).weight is None
    assert chain.query(hook, "heard") == [
        {"key": ben, "old": None, "new": 5},
        {"key": ben, "old": 5, "new": None},
    ]


def test_an_unchanged_weight_is_reported_and_an_unknown_removal_is_not(
    chain: ContractChain, group: Address, boss: Address, ana: Address, ben: Address
) -> None:
    hook = chain.instantiate(LISTENER, sender=boss, deaf=False)
    chain.execute(group, "add_hook", addr=hook, sender=boss)

    update(chain, group, add=[{"addr": ana, "weight": 3}], remove=[ben])
    assert chain.query(hook, "heard") == [{"key": ana, "old": 3, "new": 3}]

    update(chain, group)
    assert chain.query(hook, "heard") == []


def test_a_failing_hook_undoes_the_update(
    chain: ContractChain, group: Address, boss: Address, ana: Address
) -> None:
    hook = chain.instantiate(LISTENER, sender=boss, deaf=True)
    chain.execute(group, "add_hook", addr=hook, sender=boss)

    with pytest.raises(Refuse, match="refused"):
        update(chain, group, add=[{"addr": ana, "weight": 9}])
    assert chain.query(group, "member", addr=ana).weight == 3

    chain.execute(group, "remove_hook", addr=hook, sender=boss)
    update(chain, group, add=[{"addr": ana, "weight": 9}])
    assert chain.query(group, "member", addr=ana).weight == 9


def test_a_hook_that_is_no_contract_blocks_updates(
    chain: ContractChain, group: Address, boss: Address, ben: Address
) -> None:
    chain.execute(group, "add_hook", addr=ben, sender=boss)

    with pytest.raises(HostError, match="no such contract"):
        update(chain, group)


def test_hooks_are_registered_once_and_in_order(
    chain: ContractChain, group: Address, boss: Address, ana: Address, ben: Address
) -> None:
    with pytest.raises(Refuse, match="not registered as a hook; there is no hook"):
        chain.execute(group, "remove_hook", addr=ana, sender=boss)
    chain.execute(group, "add_hook", addr=ben, sender=boss)
    chain.execute(group, "add_hook", addr=ana, sender=boss)

    assert chain.query(group, "hooks").hooks == [ben, ana]
    with pytest.raises(Refuse, match="already registered as a hook"):
        chain.execute(group, "add_hook", addr=ana, sender=boss)


def test_weight_at_a_height_is_that_at_the_start_of_the_block(
    chain: ContractChain, boss: Address, ana: Address
) -> None:
    group = chain.instantiate(contracts.group, sender=boss, admin=boss, members=[])
    chain.height = 10
    update(chain, group, add=[{"addr": ana, "weight": 3}])
    chain.height = 20
    update(chain, group, add=[{"addr": ana, "weight": 7}])
    update(chain, group, add=[{"addr": ana, "weight": 9}])
    chain.height = 30

    def weight_at(height: int) -> int | None:
        weight: int | None = chain.query(group, "member", addr=ana, at_height=height).weight
        return weight

    assert [weight_at(h) for h in (9, 10, 11, 20, 21, 30)] == [None, None, 3, 3, 9, 9]
    totals = [chain.query(group, "total_weight", at_height=h).weight for h in (10, 11, 20, 21)]
    assert totals == [0, 3, 3, 9]


def test_storage_keys_are_those_of_the_rust_library(
    chain: ContractChain, group: Address, ana: Address, ben: Address
) -> None:
    storage = chain.storage(group)

    assert storage[bytes.fromhex("00076d656d62657273") + ana.encode()] == b"3"
    assert storage.get(bytes.fromhex("00076d656d62657273") + ben.encode()) is None
    assert storage[b"total"] == b"3"
    log = bytes.fromhex("00126d656d626572735f5f6368616e67656c6f67") + len(ana).to_bytes(2)
    assert storage[log + ana.encode() + (10).to_bytes(8)] == b'{"old":null}'


def test_only_the_admin_changes_anything(
    chain: ContractChain, group: Address, ana: Address, boss: Address
) -> None:
    calls: dict[str, dict[str, Any]] = {
        "update_members": {"add": [], "remove": []},
        "update_admin": {"admin": ana},
        "add_hook": {"addr": ana},
        "remove_hook": {"addr": ana},
        "add_slasher": {"addr": ana},
    }
    for name, fields in calls.items():
        with pytest.raises(Refuse, match=f"Caller is not admin; the admin is {boss}, not {ana}"):
            chain.execute(group, name, sender=ana, **fields)


def test_an_admin_hands_over_or_freezes_the_group(
    chain: ContractChain, group: Address, ana: Address, boss: Address
) -> None:
    chain.execute(group, "update_admin", admin=ana, sender=boss)
    with pytest.raises(Refuse, match="Caller is not admin"):
        chain.execute(group, "update_admin", admin=boss, sender=boss)

    frozen = chain.execute(group, "update_admin", admin=None, sender=ana)

    assert frozen.attributes()["admin"] == "None"
    assert chain.query(group, "admin").admin is None
    with pytest.raises(Refuse, match="nobody is admin any more"):
        update(chain, group)


def test_a_member_stands_once_in_the_beginning(
    chain: ContractChain, boss: Address, ana: Address
) -> None:
    twice = [{"addr": ana, "weight": 1}, {"addr": ana, "weight": 2}]

    with pytest.raises(Refuse, match=f"duplicate member: {ana}"):
        chain.instantiate(contracts.group, sender=boss, admin=boss, members=twice)


def test_the_total_never_wraps(chain: ContractChain, group: Address, ben: Address) -> None:
    with pytest.raises(Refuse, match=r"Overflow.*2\*\*64"):
        update(chain, group, add=[{"addr": ben, "weight": MAX_UINT64}])
    assert chain.query(group, "total_weight").weight == 3


def test_one_bad_address_undoes_the_whole_update(
    chain: ContractChain, group: Address, ben: Address
) -> None:
    with pytest.raises(Refuse, match="addr_validate errored"):
        update(chain, group, add=[{"addr": ben, "weight": 1}], remove=["nonsense"])
    assert chain.query(group, "member", addr=ben).weight is None


def test_the_chain_follows_nothing_while_the_group_holds_no_office(
    poa: Poa, chain: ContractChain
) -> None:
    chain.state.offices["authority"] = None
    add = [{"addr": poa.eve, "weight": 5}]
    chain.execute(poa.group, "register_pubkey", pubkey=key_of("eve"), sender=poa.eve)

    chain.execute(poa.group, "update_members", add=add, remove=[], sender=poa.membership)

    assert chain.state.diffs == []
    assert chain.query(poa.group, "member", addr=poa.eve).weight == 5


def test_a_group_lives_on_a_chain_without_validator_module(chain: ContractChain) -> None:
    chain.has_validator_module = False
    boss = chain.account("boss")
    member = {"addr": boss, "weight": 1, "pubkey": key_of("boss")}
    group = chain.instantiate(contracts.group, sender=boss, admin=boss, members=[member])

    update(chain, group, add=[{"addr": boss, "weight": 2}])

    assert chain.query(group, "total_weight").weight == 2
