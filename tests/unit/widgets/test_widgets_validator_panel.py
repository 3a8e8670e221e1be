import pytest

from devnet.live.devnet import Devnet
from devnet_widgets.validator_panel import ValidatorPanel


@pytest.fixture
def panel(genesis_net: Devnet) -> ValidatorPanel:
    net = genesis_net
    return ValidatorPanel(net)


def test_taking_a_validator_offline_acts_from_the_next_block(panel: ValidatorPanel) -> None:
    panel.chosen.value = "dia"

    panel.offline_button.click()

    assert panel.code == 'net.validators["dia"].offline()'
    assert panel.status == "dia is silent from block 2 on"
    assert not panel.net.validators["dia"].is_online
    assert panel.picture.finding == "dia is offline"


def test_bringing_it_back_lets_it_sign_again(panel: ValidatorPanel) -> None:
    panel.chosen.value = "dia"
    panel.offline_button.click()
    panel.step_button.click()

    panel.online_button.click()
    panel.step_button.click()

    assert panel.net.block.commit.absent == []
    assert panel.code == "net.step()"


def test_a_silent_validator_is_hollow_and_says_so(panel: ValidatorPanel) -> None:
    panel.net.validators["dia"].offline()

    assert "devnet-who devnet-offline" in panel.sets_html
    assert "<td >offline</td>" in panel.sets_html


def test_the_finding_names_who_no_block_can_do_without(panel: ValidatorPanel) -> None:
    assert panel.picture.finding == "no block without ana, who holds 40\u202f%"


def test_a_new_set_is_shown_as_decided_before_it_acts(pos_net: Devnet) -> None:
    panel = ValidatorPanel(pos_net)
    council, message = pos_net.contracts["council"], pos_net.x.validator.message

    number = council.execute.propose(
        sender="ana", title="swap", msgs=[message.set_authority(contract="pos group")]
    )["proposal_id"]
    for voter in ("ben", "cho", "dia"):
        council.execute.vote(proposal_id=number, vote="yes", sender=voter)
    council.execute.execute(proposal_id=number, sender="ana")

    at = pos_net.height + 2
    assert panel.picture.finding == f"ana, ben, cho and dia's power changes at height {at}"
    assert f"signs {at}" in panel.sets_html
    assert f"changes at {at}" in panel.sets_html
    assert 'class="devnet-new"' in panel.sets_html


def test_who_runs_a_node_without_power_waits(genesis_net: Devnet) -> None:
    panel = ValidatorPanel(genesis_net)
    genesis_net.account("eve").run_validator()
    genesis_net.step()

    assert "eve" in panel.sets_html
    assert "has no power" in panel.sets_html


def test_who_signed_twice_is_hatched_and_says_when(slashing_net: Devnet) -> None:
    panel = ValidatorPanel(slashing_net)
    slashing_net.validators["cho"].double_sign()
    slashing_net.step(2)

    height = slashing_net.height
    assert panel.picture.finding == f"cho's power ends at height {height + 2}"
    assert "devnet-slashed" in panel.sets_html
    assert f"signed twice at {height - 1}, leaves at {height + 2}" in panel.sets_html


def test_the_choice_follows_the_chain_until_a_person_chooses(poa_net: Devnet) -> None:
    panel = ValidatorPanel(poa_net)
    assert panel.chosen.value == "ana"
    poa_net.revert(2)
    assert panel.chosen.value == "genesis"

    panel.chosen.value = "john" if "john" in panel.chosen.options else "genesis"
    poa_net.step(3)

    assert panel.chosen.value == "genesis"


def test_the_chart_reaches_back_as_far_as_it_was_asked_to(genesis_net: Devnet) -> None:
    genesis_net.step(50)

    panel = ValidatorPanel(genesis_net, span=10)

    domain = panel.picture.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == [44, 54]


def test_one_chart_widget_is_kept_for_good(panel: ValidatorPanel) -> None:
    before = panel.picture.children[0].children

    panel.net.step(3)

    assert panel.picture.children[0].children == before


def test_the_numbers_stand_behind_the_chart(panel: ValidatorPanel) -> None:
    panel.picture.table.toggle.value = True

    assert "<caption>Power in the set that signs a height</caption>" in panel.picture.data
    assert '<th scope="col" class="devnet-number">dia</th>' in panel.picture.data


def test_eras_of_little_and_of_much_power_are_drawn_as_shares(poa_net: Devnet) -> None:
    assert "share of power" in str(ValidatorPanel(poa_net).picture.spec)
    poa_net.step(50)
    assert "share of power" not in str(ValidatorPanel(poa_net).picture.spec)


def test_who_left_or_was_barred_is_not_said_to_be_waiting(slashing_net: Devnet) -> None:
    panel = ValidatorPanel(slashing_net)
    slashing_net.validators["cho"].double_sign()
    slashing_net.step(5)

    at = slashing_net.height - 4
    assert "not in a set yet" not in panel.sets_html.lower()
    assert "<caption>Without power</caption>" in panel.sets_html
    assert f"signed twice at {at}, left at {at + 3}</td>" in panel.sets_html
    assert "left at 9</td>" in panel.sets_html


def test_shares_add_up_to_the_whole(slashing_net: Devnet) -> None:
    panel = ValidatorPanel(slashing_net)
    slashing_net.validators["cho"].double_sign()
    slashing_net.step(5)

    told = [part.rpartition("> ")[2] for part in panel.sets_html.split("\u202f%")[:-1]]

    assert told == ["50.0", "37.5", "12.5"]


def test_a_switch_of_who_has_no_power_changes_no_signature(slashing_net: Devnet) -> None:
    panel = ValidatorPanel(slashing_net)
    panel.chosen.value = "genesis"
    since = slashing_net.height + 1

    panel.offline_button.click()

    assert panel.status == (
        f"genesis's node is off from block {since} on; without power it has nothing to sign"
    )
