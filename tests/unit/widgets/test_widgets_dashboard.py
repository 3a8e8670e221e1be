from devnet.live.devnet import Devnet
from devnet_widgets.block_stepper import BlockStepper
from devnet_widgets.dashboard import Dashboard


def test_its_tabs_are_the_panels(genesis_net: Devnet) -> None:
    board = Dashboard(genesis_net)

    assert board.tabs.titles == ("Blocks", "Validators", "Swap", "Double sign")
    assert [type(panel).__name__ for panel in board.tabs.children] == [
        "BlockStepper",
        "ValidatorPanel",
        "AuthoritySwap",
        "DoubleSign",
    ]


def test_only_the_tab_in_sight_is_drawn(genesis_net: Devnet) -> None:
    board = Dashboard(genesis_net)
    genesis_net.step()

    assert board.panels["Blocks"].status == genesis_net.block.summary()
    assert board.panels["Validators"].status == ""


def test_a_tab_catches_up_when_it_is_chosen(genesis_net: Devnet) -> None:
    board = Dashboard(genesis_net)
    genesis_net.step()

    board.tabs.selected_index = 1

    assert board.panels["Validators"].status == genesis_net.block.summary()


def test_a_free_panel_and_the_dashboard_live_side_by_side(genesis_net: Devnet) -> None:
    free = BlockStepper(genesis_net)
    board = Dashboard(genesis_net)

    genesis_net.step()

    assert repr(free) == "BlockStepper(poe-devnet-1, height 2)"
    assert board.panels["Blocks"].status == free.status


def test_the_strip_tells_height_time_and_quorum(genesis_net: Devnet) -> None:
    board = Dashboard(genesis_net)
    genesis_net.validators["ana"].offline()

    assert "6 of 10, 7 needed" in board.strip()
    assert "no block possible" in board.strip()


def test_after_a_halt_the_strip_says_why(genesis_net: Devnet) -> None:
    board = Dashboard(genesis_net)

    assert "halted" not in board.strip()
