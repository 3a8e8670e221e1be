"""What a cell shows: every object readable as text and as HTML, and nothing unescaped."""

from typing import Any

import pytest
from worlds import Stakers, put_slashing_in_office

import devnet
from devnet import Contract, Item, contracts, execute, instantiate
from devnet.live.devnet import Devnet
from devnet.live.errors import LabError, UnknownName
from devnet.recipes import poa


class Counter(Contract):
    """Counts; answers once with a number and once with an object."""

    total = Item("total", int)

    @instantiate
    def begin(self, deps, env, info) -> None:  # type: ignore[no-untyped-def]
        self.total.save(deps, 0)

    @execute
    def add(self, deps, env, info, by: int) -> int:  # type: ignore[no-untyped-def]
        return self.total.update(deps, lambda n: n + by)

    @execute
    def tell(self, deps, env, info) -> dict[str, int]:  # type: ignore[no-untyped-def]
        return {"total": self.total.load(deps)}


def html(thing: Any) -> str:
    shown: str = thing._repr_html_()
    return shown


def test_a_chain_reads_aloud(net: Devnet) -> None:
    assert repr(net) == (
        "<poe-devnet-1 at height 1, 2024-01-01 00:00:00: 4 validators, 10 of 10 power online>"
    )
    assert "7 needed" in html(net)
    assert "1 validator," in repr(devnet.start())


def test_a_block_tells_what_happened(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben")
    block = net.block_at(ana.send(ben, "5utgd").height)
    assert block.summary().endswith("4 of 4 signed; 1 tx; power unchanged")
    assert (block.height, len(block.txs), block.round) == (3, 1, 0)
    assert block.events("transfer")[-1]["amount"] == "5utgd"
    assert block.hash in html(block)
    assert net.block.commit.signed == ["ana", "ben", "cho", "dia"]


def test_an_empty_place_in_a_commit_is_seen(net: Devnet) -> None:
    net.validators["dia"].offline()
    commit = net.step().commit
    assert commit.absent == ["dia"]
    assert commit.power == 9
    assert "dia        1      —" in repr(commit)
    assert "—" in html(commit)


def test_a_set_is_a_table_and_a_mapping(net: Devnet) -> None:
    upcoming = net.validators.at(net.height + 2)
    assert [(seat.name, seat.power) for seat in upcoming] == [
        ("ana", 4),
        ("ben", 3),
        ("cho", 2),
        ("dia", 1),
    ]
    assert (upcoming.total, len(upcoming), "ana" in upcoming, "eve" in upcoming) == (
        10,
        4,
        True,
        False,
    )
    assert upcoming["ana"].operator == net.validators["ana"].operator
    assert "40.0 %" in repr(net.validators)
    assert "consensus address" in html(net.validators)
    assert [handle.name for handle in net.validators] == upcoming.names


def test_a_validator_handle_follows_the_chain(net: Devnet) -> None:
    cho = net.validators["cho"]
    assert repr(cho) == "<validator cho: power 2>"
    cho.offline()
    assert repr(cho) == "<validator cho: power 2, offline>"
    assert net.quorum.online == 8
    net.revert(1)
    assert cho.is_online, "what was asked for and is in no block is dropped"


def test_who_waits_for_power_or_for_a_key_is_listed(poa_world: poa.World) -> None:
    net = poa_world.net
    net.account("eve").run_validator()
    net.account("fay")
    add = poa_world.group.message.update_members(add=[{"addr": "fay", "weight": 5}], remove=[])
    devnet.recipes.governance.pass_proposal(
        poa_world.membership, "fay", voters=list(poa_world.accounts.values()), msgs=[add]
    )
    assert ("eve", "runs a node, has no power") in net.validators.waiting
    assert ("fay", "has weight, no key registered") in net.validators.waiting


def test_a_receipt_answers_for_fields_and_attributes(poa_world: poa.World) -> None:
    council = poa_world.council
    sent = council.execute.propose(sender="ana", title="x", msgs=[])
    assert (sent["proposal_id"], sent["status"], sent.ok) == (1, "Open", True)
    assert sent.gas_used > 0
    assert "ok" in repr(sent)
    assert "ana" in html(sent), "addresses read as names"
    with pytest.raises(UnknownName, match="did you mean 'proposal_id'"):
        _ = sent["proposal_ix"]


def test_contracts_are_listed_by_label(poa_world: poa.World) -> None:
    net = poa_world.net
    assert list(net.contracts) == ["group", "membership vote", "council"]
    assert net.contracts["council"].address == poa_world.council.address
    assert net.contracts["council"].code_id == net.contracts["membership vote"].code_id
    assert "membership vote" in repr(net.contracts)
    assert "membership vote" in html(net.contracts)
    with pytest.raises(UnknownName, match="did you mean 'council'"):
        _ = net.contracts["counsel"]
    assert "none yet" in html(devnet.start().contracts)


def test_a_label_that_two_contracts_carry_names_neither(poa_world: poa.World) -> None:
    net = poa_world.net
    eve = net.account("eve")
    net.instantiate(contracts.group, label="council", sender=eve, members=[])
    with pytest.raises(LabError, match="2 contracts are called 'council'"):
        poa_world.accounts["ana"].send("council", "5utgd")
    poa_world.accounts["ana"].send(poa_world.council, "5utgd")


def test_equal_code_is_stored_once(poa_world: poa.World) -> None:
    net = poa_world.net
    again = net.instantiate(contracts.group, label="again", sender="ana", members=[])
    assert again.code_id == poa_world.group.code_id
    by_number = net.instantiate(again.code_id, label="third", sender="ana", members=[])
    assert by_number.code_id == again.code_id


def test_answers_call_people_by_name_and_stay_what_they_are(poa_world: poa.World) -> None:
    permissions = poa_world.net.x.validator.query.permissions()
    assert permissions["admin"] == permissions.admin == poa_world.council.address
    assert repr(permissions).splitlines()[0].startswith("admin: council (tgrade1")
    members = poa_world.group.query.list_members()
    assert {member.weight for member in members.members} == {25}


def test_a_message_for_a_proposal_is_plain_json_with_a_face(poa_world: poa.World) -> None:
    built = poa_world.net.x.validator.message.set_authority(contract=poa_world.group)
    assert built == {
        "custom": {"validator": {"set_permissions": {"authority": poa_world.group.address}}}
    }
    assert repr(built) == "<message validator.set_permissions(authority=group)>"
    assert repr(poa_world.group.message.update_admin(admin=None)) == "<message group.update_admin>"


def test_labels_are_escaped_wherever_they_are_shown(net: Devnet) -> None:
    net.accounts("ana")
    wicked = net.instantiate(contracts.group, label="<b>bold</b>", sender="ana", members=[])
    for thing in (wicked, net.contracts, net):
        assert "<b>" not in html(thing)
        assert "&lt;b&gt;" in html(thing)


def test_rows_of_a_chart_say_when_stake_weight_and_power_change(stakers: Stakers) -> None:
    put_slashing_in_office(stakers)
    net = stakers.net
    net.validators["cho"].double_sign()
    offence = net.step().height
    net.step(4)
    rows = net.history.chart_rows("stake", "weight", "power", since=offence - 1, until=offence + 4)
    course = {
        row["height"]: (row["stake"], row["weight"], row["power"])
        for row in rows
        if row["validator"] == "cho"
    }
    assert course == {
        offence - 1: (200, 200, 200),
        offence: (200, 200, 200),
        offence + 1: (190, 0, 200),
        offence + 2: (190, 0, 200),
        offence + 3: (190, 0, 0),
        offence + 4: (190, 0, 0),
    }


def test_rows_ahead_of_the_last_block_know_the_power_only(stakers: Stakers) -> None:
    net = stakers.net
    last = net.history.chart_rows("stake", "weight", "power", since=net.height + 2)
    assert {row["validator"]: row["power"] for row in last} == {
        "ana": 400,
        "ben": 300,
        "cho": 200,
        "dia": 100,
    }
    assert {row["stake"] for row in last} == {None}


def test_rows_of_blocks_are_what_the_blocks_say(net: Devnet) -> None:
    net.validators["ben"].double_sign()
    net.step(2)
    *_, last = net.history.blocks(2)
    assert (last["height"], last["evidence"], last["signed"], last["places"]) == (3, "ben", 4, 4)


def test_a_closed_chain_and_its_people_can_still_be_shown(net: Devnet) -> None:
    ana = net.account("ana")
    net.close()
    assert repr(net) == "<poe-devnet-1, closed>"
    assert net._repr_html_() is None
    assert repr(ana) == "<account ana: chain closed>"


def test_handles_and_views_have_reprs_worth_reading(net: Devnet) -> None:
    for shown in (
        net.history,
        net.feed,
        net.x,
        net.x.bank,
        net.x.bank.query,
        net.x.validator.execute,
        net.validators["ana"].forge_double_sign(),
    ):
        assert " at 0x" not in repr(shown)
        assert len(repr(shown)) < 200
    assert "precommits of" in repr(net.validators["ana"].forge_double_sign())


def test_balances_are_read_by_token(net: Devnet) -> None:
    ana = net.account("ana", funds="5utgd")
    assert (ana.balances["utgd"], ana.balances["uatom"]) == (5, 0)


def test_what_a_contract_answers_is_in_the_receipt(net: Devnet) -> None:
    ana = net.account("ana")
    counter = net.instantiate(Counter, label="counter", sender=ana)
    assert counter.execute.add(by=3, sender=ana).data == 3
    assert counter.execute.tell(sender=ana)["total"] == 3
    assert ana.send("faucet", "1utgd").data is None


def test_two_chains_live_side_by_side() -> None:
    one, other = devnet.start(seed=1), devnet.start(seed=2)
    one.step(3)
    assert (one.height, other.height) == (4, 1)
    assert one.account("ana").address != other.account("ana").address


def test_a_signed_transaction_can_be_broadcast_and_its_failure_read(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben", funds="10utgd")
    tx = net.node.sign(
        [devnet.node.txs.send_message(ana.address, ben.address, devnet.Coins.parse("11utgd"))],
        "ana",
        fee=devnet.Coins(),
        gas=200_000,
    )
    failed = net.broadcast(tx)
    assert (failed.ok, failed.result.code, failed.height) == (False, 5, net.height)
    assert "holds 10utgd but needs 11utgd" in repr(failed)


def test_a_name_given_twice_is_funded_once(net: Devnet) -> None:
    first, second = net.accounts("ana", "ana", funds="10utgd")
    assert str(first.balances) == str(second.balances) == "10utgd"


def test_one_account_may_sign_often_in_one_batch(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben", funds="10utgd")
    with net.batch():
        sent = [ana.send(ben, f"{amount}utgd") for amount in (1, 2, 3)]
    assert [receipt.index for receipt in sent] == [0, 1, 2]
    assert {receipt.height for receipt in sent} == {net.height}
    assert str(ben.balances) == "16utgd"


def test_a_failure_in_a_batch_is_raised_at_its_end_and_spares_the_others(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben", funds="10utgd")

    def batch() -> None:
        with net.batch():
            ana.send(ben, "11utgd")
            ben.send(ana, "4utgd")

    with pytest.raises(devnet.DevnetError, match=r"ana .* holds 10utgd"):
        batch()
    assert str(ana.balances) == "14utgd"


def test_an_error_inside_a_batch_makes_no_block(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben")
    height = net.height

    def batch() -> None:
        with net.batch():
            ana.send(ben, "1utgd")
            ana.send("bon", "1utgd")

    with pytest.raises(UnknownName):
        batch()
    assert net.height == height
    ana.send(ben, "1utgd")


def test_a_broadcast_receipt_finds_what_any_contract_said(poa_world: poa.World) -> None:
    net, council = poa_world.net, poa_world.council
    asked = b'{"propose":{"title":"x","description":"","msgs":[]}}'
    ana = poa_world.accounts["ana"]
    message = devnet.node.txs.execute_message(ana.address, council.address, asked, devnet.Coins())
    tx = net.node.sign([message], "ana", fee=devnet.Coins(), gas=5_000_000)
    assert net.broadcast(tx)["proposal_id"] == 1


def test_the_feed_tells_one_verb_at_a_time(net: Devnet) -> None:
    told: list[tuple[str, int, bool]] = []
    stop = net.feed.subscribe(lambda e: told.append((type(e).__name__, e.height, e.final)))
    net.step(3)
    net.validators["dia"].offline()
    with net.branch():
        net.step()
    net.revert(2)
    stop()
    net.step()
    assert told == [
        ("BlockCommitted", 2, False),
        ("BlockCommitted", 3, False),
        ("BlockCommitted", 4, True),
        ("Asked", 4, True),
        ("BlockCommitted", 5, True),
        ("Moved", 4, True),
        ("Moved", 2, True),
    ]
