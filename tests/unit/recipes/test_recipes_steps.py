"""Recipes: named steps with a world that grows, resumable where they stopped."""

import pytest
from worlds import FOUR

import devnet
from devnet.live.errors import LabError
from devnet.primitives.errors import InvalidMessage
from devnet.recipes import governance, poa


def test_the_bootstrap_is_seven_steps_and_done_by_height_ten() -> None:
    net = devnet.start(seed=7, admin="john")
    script = poa.recipe(net, FOUR)
    assert len(script.steps) == 7
    while script.done < 7:
        script.next()
    assert net.height <= 10
    assert repr(script).count("done") == 7
    with pytest.raises(LabError, match="all 7 steps are done"):
        script.next()


def test_a_part_is_there_after_its_step_and_not_before() -> None:
    script = poa.recipe(devnet.start(admin="john"), FOUR)
    with pytest.raises(LabError, match="take the next step"):
        _ = script.world.group
    script.next()
    script.next()
    assert script.world.group.label == "group"
    assert script.run().council.label == "council"


def test_the_recipe_ends_where_the_cells_of_the_design_end() -> None:
    world = poa.recipe(devnet.start(seed=7, admin="john"), FOUR).run()
    net = world.net
    net.step(2)
    permissions = net.x.validator.query.permissions()
    assert permissions.admin == world.council.address
    assert permissions.authority == world.group.address
    assert world.group.query.admin().admin == world.membership.address
    assert {seat.name: seat.power for seat in net.validators.at(net.height + 1)} == FOUR


def test_a_step_that_fails_can_be_taken_again() -> None:
    net = devnet.start(admin="john")
    script = poa.recipe(net, FOUR)
    net.validators["genesis"].offline()
    with pytest.raises(devnet.DevnetError, match="no block"):
        script.next()
    assert script.done == 0
    net.validators["genesis"].online()
    script.run()


def test_without_members_or_an_admin_there_is_no_recipe() -> None:
    with pytest.raises(InvalidMessage, match="members"):
        poa.recipe(devnet.start(admin="john"), {})
    with pytest.raises(InvalidMessage, match="admin"):
        poa.recipe(devnet.start(), FOUR)
    done = poa.recipe(devnet.start(admin="john"), FOUR).run()
    with pytest.raises(InvalidMessage, match="admin"):
        poa.recipe(done.net, FOUR)


def test_voting_stops_as_soon_as_the_proposal_has_passed(poa_world: poa.World) -> None:
    group, voters = poa_world.group, list(poa_world.accounts.values())
    change = group.message.update_members(add=[], remove=["dia"])
    governance.pass_proposal(poa_world.membership, "dia leaves", voters=voters, msgs=[change])
    votes = poa_world.membership.query.list_votes(proposal_id=1).votes
    assert len(votes) == 3, "75 of 100 are more than 60"
    assert group.query.member(addr="dia").weight is None


def test_one_message_needs_no_list(poa_world: poa.World) -> None:
    change = poa_world.group.message.update_members(add=[], remove=["dia"])
    governance.pass_proposal(
        poa_world.membership, "x", voters=list(poa_world.accounts.values()), msgs=change
    )
    assert poa_world.group.query.member(addr="dia").weight is None


def test_too_few_voters_are_told_so(poa_world: poa.World) -> None:
    ana, ben, *_ = poa_world.accounts.values()
    with pytest.raises(InvalidMessage, match="open"):
        governance.pass_proposal(poa_world.council, "x", voters=[ana, ben], msgs=[])
    with pytest.raises(InvalidMessage, match="voters"):
        governance.pass_proposal(poa_world.council, "x", voters=[], msgs=[])
