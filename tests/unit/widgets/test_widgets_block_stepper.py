import pytest
from ipywidgets import Button

from devnet.live.devnet import Devnet
from devnet.primitives.types import SECOND
from devnet_widgets.block_stepper import BlockStepper

DAY = 24 * 3600 * SECOND


@pytest.fixture
def stepper(genesis_net: Devnet) -> BlockStepper:
    net = genesis_net
    return BlockStepper(net)


def test_a_step_makes_one_block_and_shows_its_line(stepper: BlockStepper) -> None:
    stepper.step_button.click()

    assert stepper.net.height == 2
    assert stepper.code == "net.step()"


def test_step_n_makes_as_many_blocks_as_it_says(stepper: BlockStepper) -> None:
    stepper.blocks.value = 7

    stepper.step_many_button.click()

    assert stepper.step_many_button.description == "Step 7"
    assert stepper.net.height == 8
    assert stepper.code == "net.step(7)"


def test_a_day_ahead_is_a_day_of_block_time(stepper: BlockStepper) -> None:
    before = stepper.net.time

    stepper.day_button.click()

    assert stepper.net.time == before + DAY
    assert stepper.code == "net.step_until(days=1)"


def test_back_undoes_the_last_block(stepper: BlockStepper) -> None:
    stepper.net.step()
    hash_before = stepper.net.block.app_hash
    stepper.step_button.click()

    stepper.back_button.click()

    assert stepper.net.height == 2
    assert stepper.net.block.app_hash == hash_before
    assert stepper.code == "net.revert(2)"
    assert stepper.status == "block 2 is the last again; all state is as it was then"


def test_back_from_the_first_block_is_refused_in_the_panel(stepper: BlockStepper) -> None:
    stepper.back_button.click()

    assert stepper.net.height == 1
    assert "height" in stepper.alert
    assert stepper.code == "net.revert(0)"
    assert stepper.last_error is None


def test_the_sentence_tells_proposer_signatures_and_power(stepper: BlockStepper) -> None:
    stepper.step_button.click()

    assert stepper.status == stepper.net.block.summary()
    assert "4 of 4 signed" in stepper.status


def test_several_blocks_are_told_together(stepper: BlockStepper) -> None:
    stepper.step_many_button.click()

    assert stepper.status.startswith("10 blocks, 2 to 11; the last: ")


def test_a_cells_own_step_shows_too(stepper: BlockStepper) -> None:
    stepper.net.step(3)

    assert stepper.lane.nodes[-1]["height"] == 4
    assert stepper.code == ""


def test_the_lane_marks_the_tip_and_what_is_new(stepper: BlockStepper) -> None:
    stepper.net.step(2)
    stepper.net.step()

    nodes = stepper.lane.nodes

    assert [node["height"] for node in nodes] == [1, 2, 3, 4]
    assert [node["tip"] for node in nodes] == [False, False, False, True]
    assert [node["fresh"] for node in nodes] == [False, False, False, True]


def test_the_lane_holds_the_last_twenty_blocks(stepper: BlockStepper) -> None:
    stepper.net.step(30)

    assert [node["height"] for node in stepper.lane.nodes] == list(range(12, 32))


def test_a_block_of_the_lane_says_everything_in_words(stepper: BlockStepper) -> None:
    stepper.net.account("eve")

    node = stepper.lane.nodes[-1]

    assert node["label"] == (
        f"block 2, proposed by {stepper.net.block.proposer}, 4 of 4 signed, 1 transaction,"
        " the present tip"
    )


def test_a_validator_that_is_silent_leaves_a_place_empty(stepper: BlockStepper) -> None:
    stepper.net.validators["dia"].offline()
    stepper.net.step()

    assert (stepper.lane.nodes[-1]["signed"], stepper.lane.nodes[-1]["signers"]) == (3, 4)


def test_choosing_a_block_tells_what_was_in_it(stepper: BlockStepper) -> None:
    stepper.net.validators["dia"].offline()
    stepper.net.step(2)

    stepper.lane.selected = 2

    assert "Block 2" in stepper.chosen_html
    assert "3 of 4; dia did not" in stepper.chosen_html
    assert stepper.net.block_at(2).app_hash in stepper.chosen_html


def test_a_chosen_block_that_was_undone_is_no_longer_told(stepper: BlockStepper) -> None:
    stepper.net.step(3)
    stepper.lane.selected = 4

    stepper.net.revert(2)

    assert stepper.lane.selected == 0
    assert "Choose a block" in stepper.chosen_html


def test_the_table_is_made_when_it_is_asked_for(stepper: BlockStepper) -> None:
    stepper.net.step(2)
    assert stepper.table.box.value == ""

    stepper.table.toggle.value = True

    assert stepper.table.toggle.description == "Hide data"
    assert '<th scope="row" class="devnet-number">3</th>' in stepper.table.box.value
    assert "<caption>The last 3 blocks</caption>" in stepper.table.box.value


def test_an_open_table_follows_the_chain(stepper: BlockStepper) -> None:
    stepper.table.toggle.value = True

    stepper.net.step()

    assert "<caption>The last 2 blocks</caption>" in stepper.table.box.value


def test_without_quorum_a_step_is_refused_in_the_words_of_the_chain(stepper: BlockStepper) -> None:
    stepper.net.validators["ana"].offline()

    stepper.step_button.click()

    assert stepper.net.height == 1
    assert "ana" in stepper.alert
    assert "no block possible" in stepper.strip()


def test_a_refusal_goes_when_the_next_action_succeeds(stepper: BlockStepper) -> None:
    stepper.back_button.click()
    assert stepper.alert

    stepper.step_button.click()

    assert stepper.alert == ""


def test_every_button_has_a_name_and_a_description(stepper: BlockStepper) -> None:
    buttons = [w for w in vars(stepper).values() if isinstance(w, Button)]

    assert len(buttons) == 4
    assert all(button.description and button.tooltip for button in buttons)


def test_there_is_nothing_before_the_first_block(stepper: BlockStepper) -> None:
    stepper.net.revert(1)
    assert stepper.back_button.disabled

    stepper.step_button.click()
    assert not stepper.back_button.disabled


def test_what_waits_for_the_next_block_is_told_by_name(stepper: BlockStepper) -> None:
    at = stepper.net.height + 1

    stepper.net.validators["dia"].offline()
    assert stepper.status == f"with block {at}: dia goes silent"

    stepper.net.validators["cho"].double_sign()
    stepper.net.validators["dia"].online()
    assert stepper.status == f"with block {at}: dia comes back and cho signs twice"

    stepper.net.revert(at - 1)
    stepper.net.account("eve").run_validator()
    assert stepper.status == f"with block {at + 1}: eve's node starts"
