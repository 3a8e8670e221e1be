"""All of it in one place: one strip, and a panel per question behind tabs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from devnet_widgets.authority_swap import AuthoritySwap
from devnet_widgets.block_stepper import BlockStepper
from devnet_widgets.desk import Change
from devnet_widgets.double_sign import DoubleSign
from devnet_widgets.given import require_chain
from devnet_widgets.panel import Panel
from devnet_widgets.tables import Html
from devnet_widgets.validator_panel import ValidatorPanel

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet


class Dashboard(Panel):
    """The panels of a chain as tabs under one strip; fits 1024 by 700.

    Only the tab in sight is drawn; another catches up when it is chosen.
    """

    title = "Dashboard"

    def __init__(self, net: "Devnet") -> None:
        require_chain(net, type(self).__name__)
        self.panels: dict[str, Panel] = {
            "Blocks": BlockStepper(net, embedded=True),
            "Validators": ValidatorPanel(net, embedded=True),
            "Swap": AuthoritySwap(net, embedded=True),
            "Double sign": DoubleSign(net, embedded=True),
        }
        super().__init__(net)
        self.footer.layout.display = "none"

    def build(self) -> Sequence[widgets.Widget]:
        """The tabs."""
        self.tabs = widgets.Tab(children=list(self.panels.values()), titles=list(self.panels))
        self.tabs.add_class("devnet-tabs")
        self.tabs.observe(lambda change: self.guard(lambda: self._choose(change)), "selected_index")
        self._choose({"new": 0})
        return (self.tabs,)

    def tables(self) -> Html:
        """What each tab would leave."""
        return Html("".join(panel.tables() for panel in self.panels.values()))

    def sentence(self, change: Change) -> str:  # noqa: ARG002 - the tabs tell it
        """Nothing of its own: the tab in sight tells what changed."""
        return ""

    def _choose(self, change: Any) -> None:
        for index, panel in enumerate(self.panels.values()):
            panel.show(visible=index == change["new"])
