import pytest

from devnet.contracts import group
from devnet.live.devnet import Devnet
from devnet.live.errors import UnknownName
from devnet.live.start import start
from devnet.recipes.poa import recipe
from devnet_widgets.authority_swap import AuthoritySwap


@pytest.fixture
def swap(pos_net: Devnet) -> AuthoritySwap:
    net = pos_net
    return AuthoritySwap(net)


def authority(net: Devnet) -> str:
    return net.label(net.x.validator.query.permissions().authority)


def carry(swap: AuthoritySwap) -> None:
    for button in (swap.propose_button, swap.vote_all_button, swap.execute_button):
        button.click()


def test_it_finds_council_candidate_and_voters_by_itself(swap: AuthoritySwap) -> None:
    assert [label for label, _ in swap.candidate.options] == ["pos group"]
    assert "council has no open proposal" in swap.vote_html


def test_both_sets_stand_side_by_side(swap: AuthoritySwap) -> None:
    values = swap.picture.spec["data"]["values"]

    assert [(v["validator"], v["now_text"], v["then_text"]) for v in values] == [
        ("ana", "25", "400"),
        ("ben", "25", "300"),
        ("cho", "25", "200"),
        ("dia", "25", "100"),
    ]
    assert swap.picture.finding == "pos group would give ana 40\u202f% instead of 25\u202f%"


def test_a_proposal_counts_its_proposer_at_once(swap: AuthoritySwap) -> None:
    swap.propose_button.click()

    assert swap.code == (
        'net.contracts["council"].execute.propose(\n'
        '    sender="ana", title="pos group as Authority",\n'
        '    msgs=[net.x.validator.message.set_authority(contract="pos group")])'
    )
    assert "proposal 1 is open: 25 of 100 yes, 80 needed" in swap.vote_html
    assert "ana yes, ben not yet" in swap.vote_html


def test_votes_come_one_by_one_or_all_together(swap: AuthoritySwap) -> None:
    swap.propose_button.click()

    swap.vote_button.click()
    assert swap.code == (
        'net.contracts["council"].execute.vote(proposal_id=1, vote="yes", sender="ben")'
    )
    assert "50 of 100 yes" in swap.vote_html

    swap.vote_all_button.click()
    assert swap.code == (
        'for voter in ("cho", "dia"):\n'
        '    net.contracts["council"].execute.vote(proposal_id=1, vote="yes", sender=voter)'
    )
    assert "proposal 1 is passed: 100 of 100 yes" in swap.vote_html


def test_the_swap_is_one_block_and_acts_two_heights_later(swap: AuthoritySwap) -> None:
    swap.propose_button.click()
    swap.vote_all_button.click()
    before = swap.net.height

    swap.execute_button.click()

    assert swap.net.height == before + 1
    assert authority(swap.net) == "pos group"
    assert swap.status.startswith(
        f"pos group is in office; its set signs from height {before + 3}. "
    )
    assert [s.power for s in swap.net.validators.at(before + 2)] == [25, 25, 25, 25]
    assert [s.power for s in swap.net.validators.at(before + 3)] == [400, 300, 200, 100]


def test_swapping_back_needs_one_press(swap: AuthoritySwap) -> None:
    carry(swap)

    swap.back_button.click()

    assert authority(swap.net) == "group"
    assert swap.code.startswith("from devnet.recipes import governance\n")
    assert swap.status.startswith("group is in office; ")


def test_after_the_swap_the_old_authority_is_the_candidate(swap: AuthoritySwap) -> None:
    carry(swap)

    assert [label for label, _ in swap.candidate.options] == ["group"]
    assert "candidate: group" in str(swap.picture.spec)


def test_executing_before_it_passed_is_refused_in_the_words_of_the_council(
    swap: AuthoritySwap,
) -> None:
    swap.propose_button.click()

    swap.execute_button.click()

    assert "must have passed" in swap.alert
    assert swap.last_error is None
    assert authority(swap.net) == "group"


def test_without_a_proposal_there_is_nothing_to_vote_on(swap: AuthoritySwap) -> None:
    swap.vote_all_button.click()

    assert swap.alert == "no swap to pos group is proposed; press Propose swap first"


def test_who_has_voted_cannot_be_asked_again(swap: AuthoritySwap) -> None:
    swap.propose_button.click()
    swap.vote_all_button.click()

    swap.vote_button.click()

    assert swap.alert == "everyone here has voted on proposal 1"


def test_handles_labels_and_names_may_be_given(pos_net: Devnet) -> None:
    swap = AuthoritySwap(
        pos_net,
        to=pos_net.contracts["pos group"],
        council="council",
        voters=["dia", pos_net.account("cho")],
    )

    swap.propose_button.click()

    assert 'sender="dia"' in swap.code
    assert "Votes: dia yes, cho not yet" in swap.vote_html


def test_a_wrong_label_is_refused_with_the_nearest(pos_net: Devnet) -> None:
    with pytest.raises(UnknownName, match="did you mean 'pos group'"):
        AuthoritySwap(pos_net, to="pos grup")


def test_an_account_is_no_candidate(pos_net: Devnet) -> None:
    with pytest.raises(UnknownName, match="contract for to"):
        AuthoritySwap(pos_net, to="ana")


def test_a_stranger_among_the_voters_is_refused(pos_net: Devnet) -> None:
    with pytest.raises(UnknownName, match="mallory"):
        AuthoritySwap(pos_net, voters=["mallory"])


def test_an_empty_set_is_told_before_it_is_refused(pos_net: Devnet) -> None:
    pos_net.instantiate(group, label="nobody yet", sender="ana", admin="ana", members=[])
    swap = AuthoritySwap(pos_net, to="nobody yet")
    assert swap.picture.finding == "nobody yet has no validators: a swap to it is refused"

    carry(swap)

    assert swap.alert
    assert authority(pos_net) == "group"


def test_without_an_authority_the_panel_teaches(genesis_net: Devnet) -> None:
    swap = AuthoritySwap(genesis_net)

    assert "No contract is the Authority yet" in swap.lesson_html
    assert "poa.recipe(net" in swap.lesson_html


def test_without_a_candidate_the_panel_teaches(poa_net: Devnet) -> None:
    swap = AuthoritySwap(poa_net)

    assert "No other contract here could be the Authority" in swap.lesson_html
    assert "net.instantiate(contracts.group" in swap.lesson_html


def test_the_lesson_goes_when_there_is_something_to_compare(poa_net: Devnet) -> None:
    swap = AuthoritySwap(poa_net)

    poa_net.instantiate(group, label="another", sender="ana", admin="ana", members=[])

    assert swap.lesson_html == ""
    assert swap.picture.spec


def test_where_an_account_is_admin_the_panel_says_that_it_decides_alone() -> None:
    net = start(seed=7, admin="john")
    poa = recipe(net, {"ana": 1, "ben": 1})
    for _ in range(6):
        poa.next()
    net.instantiate(group, label="another", sender="john", admin="john", members=[])

    swap = AuthoritySwap(net)

    assert "No council yet: john is Admin and decides alone" in swap.vote_html
    assert "set_authority(contract=&quot;another&quot;, sender=&quot;john&quot;)" in swap.vote_html
    swap.propose_button.click()
    assert swap.alert == "the Admin is no council; give one: AuthoritySwap(net, council=...)"
    swap.close()


def test_swapping_back_before_any_swap_is_refused(swap: AuthoritySwap) -> None:
    before = swap.net.height

    swap.back_button.click()

    assert swap.alert == (
        "nothing to go back to yet: no other contract was the Authority before group"
    )
    assert (authority(swap.net), swap.net.height) == ("group", before)


def test_a_panel_opened_after_the_swap_knows_the_way_back(swap: AuthoritySwap) -> None:
    carry(swap)
    swap.net.instantiate(group, label="third", sender="ana", admin="ana", members=[])

    later = AuthoritySwap(swap.net)
    later.back_button.click()

    assert authority(swap.net) == "group"


def test_a_swap_that_was_undone_is_nothing_to_go_back_to(swap: AuthoritySwap) -> None:
    before = swap.net.height
    carry(swap)
    swap.net.revert(before)

    swap.back_button.click()

    assert swap.alert.startswith("nothing to go back to yet")
    assert authority(swap.net) == "group"


@pytest.mark.parametrize(
    ("voted", "said"),
    [
        (False, "proposal 1 for the swap to pos group is open; press Next vote or Vote with all"),
        (True, "proposal 1 for the swap to pos group has passed; press Execute swap"),
    ],
)
def test_a_swap_that_is_proposed_already_is_not_proposed_again(
    swap: AuthoritySwap, *, voted: bool, said: str
) -> None:
    swap.propose_button.click()
    if voted:
        swap.vote_all_button.click()
    before = swap.net.height

    swap.propose_button.click()

    assert swap.alert == said
    assert swap.net.height == before


def test_the_way_back_is_not_proposed_twice_either(swap: AuthoritySwap) -> None:
    carry(swap)
    swap.net.instantiate(group, label="third", sender="ana", admin="ana", members=[])
    swap.propose_button.click()
    swap.candidate.value = swap.net.contracts["third"].address

    swap.back_button.click()

    assert swap.alert == (
        "proposal 2 for the swap to group is open;"
        " choose group as candidate and press Next vote or Vote with all"
    )


def test_a_passed_proposal_stays_in_reach_of_execute(swap: AuthoritySwap) -> None:
    swap.propose_button.click()
    swap.vote_all_button.click()
    message = swap.net.x.validator.message.set_authority(contract="pos group")
    swap.net.contracts["council"].execute.propose(sender="ana", title="again", msgs=[message])
    assert "proposal 1 is passed" in swap.vote_html

    swap.execute_button.click()

    assert authority(swap.net) == "pos group"
