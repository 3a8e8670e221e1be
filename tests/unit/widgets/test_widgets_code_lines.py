"""Every line a panel shows, typed into a cell, does exactly what its button did."""

from collections.abc import Callable
from typing import Any

import pytest
from panel_worlds import make_genesis, make_pos, make_slashing

from devnet.live.devnet import Devnet
from devnet.primitives.errors import DevnetError
from devnet_widgets.authority_swap import AuthoritySwap
from devnet_widgets.block_stepper import BlockStepper
from devnet_widgets.double_sign import DoubleSign
from devnet_widgets.panel import Panel
from devnet_widgets.validator_panel import ValidatorPanel

STORIES: dict[str, tuple[Callable[[], Devnet], type[Panel], list[str]]] = {
    "blocks": (
        make_genesis,
        BlockStepper,
        ["step_button", "step_many_button", "back_button", "day_button"],
    ),
    "validators": (
        make_genesis,
        ValidatorPanel,
        ["offline_button", "online_button", "step_button"],
    ),
    "swap": (
        make_pos,
        AuthoritySwap,
        [
            "propose_button",
            "execute_button",
            "vote_button",
            "vote_all_button",
            "execute_button",
            "step_button",
            "back_button",
        ],
    ),
    "double sign": (
        make_slashing,
        DoubleSign,
        ["fire_button", "step_button", "step_button", "step_button"],
    ),
}


def type_in(line: str, names: dict[str, Any]) -> None:
    """Run a line as a cell would; what is refused there was refused in the panel too."""
    try:
        exec(line, names)  # noqa: S102 - the panel's own line, which is what is tested
    except DevnetError as refused:
        names["refused"] = str(refused)


@pytest.mark.parametrize("story", STORIES)
def test_the_line_of_a_button_does_what_the_button_did(story: str) -> None:
    make, kind, buttons = STORIES[story]
    net, typed = make(), make()
    panel = kind(net)
    names: dict[str, Any] = {"net": typed}

    for button in buttons:
        getattr(panel, button).click()
        names["refused"] = ""
        type_in(panel.code, names)

        assert panel.alert == names["refused"]
        assert typed.height == net.height
        assert typed.block.hash == net.block.hash
        assert typed.block.app_hash == net.block.app_hash

    panel.close()
