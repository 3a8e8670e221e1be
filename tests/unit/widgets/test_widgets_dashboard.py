# ruff: noqa: A002 - CW9 names the arguments of the contract below, and it reads none
from devnet.cosmwasm.contract import Contract, instantiate, sudo
from devnet.cosmwasm.deps import Deps, Env, MessageInfo
from devnet.cosmwasm.messages import Response
from devnet.live.devnet import Devnet
from devnet.live.start import start
from devnet.primitives.types import Address, Timestamp
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


class Endless(Contract):
    """Judges for ever."""

    @instantiate
    def open(self, deps: Deps, env: Env, info: MessageInfo) -> None:
        """Take office."""

    @sudo
    def byzantine(
        self,
        deps: Deps,
        env: Env,
        *,
        evidence_type: str,
        operator: Address,
        pubkey: str,
        hash: str,
        height: int,
        time: Timestamp,
        validator_power: int,
        total_power: int,
    ) -> Response:
        """Never come to an end."""
        turns = 0
        while True:
            turns += 1


def test_a_halt_is_told_until_the_chain_went_back() -> None:
    net = start(seed=7, validators={"ana": 4, "ben": 3, "cho": 2, "dia": 1}, admin="ana")
    net.instantiate(Endless, label="endless", sender="ana")
    net.x.validator.execute.set_slashing(contract="endless", sender="ana")
    before = net.height
    board = Dashboard(net)
    blocks = board.panels["Blocks"]
    net.validators["cho"].double_sign()
    net.step()

    blocks.guard(net.step)

    assert net.height == before + 1
    assert "endless" in blocks.alert
    assert "<dt>halted</dt>" in board.strip()
    assert f"halted after block {net.height}" in blocks.status

    net.revert(before)

    assert "halted" not in board.strip()
    net.close()
