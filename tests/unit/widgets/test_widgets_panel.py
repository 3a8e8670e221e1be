import pytest
from ipywidgets.widgets.widget import _instances

from devnet.live.devnet import Devnet
from devnet.live.errors import LabError
from devnet_widgets.authority_swap import AuthoritySwap
from devnet_widgets.block_stepper import BlockStepper
from devnet_widgets.dashboard import Dashboard
from devnet_widgets.desk import Change, desk_of
from devnet_widgets.double_sign import DoubleSign
from devnet_widgets.given import NotAChain
from devnet_widgets.panel import Panel
from devnet_widgets.validator_panel import ValidatorPanel

KINDS = [BlockStepper, ValidatorPanel, AuthoritySwap, DoubleSign, Dashboard]


@pytest.mark.parametrize("kind", KINDS)
def test_re_running_a_cell_leaves_one_panel_of_its_kind(
    kind: type[Panel], genesis_net: Devnet
) -> None:
    first = kind(genesis_net)
    open_after_one = len(desk_of(genesis_net).panels)

    second = kind(genesis_net)

    assert len(desk_of(genesis_net).panels) == open_after_one
    assert second in desk_of(genesis_net).panels
    assert repr(first) == f"{kind.__name__}(closed)"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_chain_is_refused_with_what_to_give(
    kind: type[Panel], genesis_net: Devnet
) -> None:
    name = kind.__name__

    with pytest.raises(NotAChain) as caught:
        kind("net")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="something of type Validators is none"):
        kind(genesis_net.validators)  # type: ignore[arg-type]

    assert str(caught.value) == (
        f"{name} needs a chain, and the text 'net' is none;"
        f" give what devnet.start(...) returned: {name}(net)"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_closing_takes_every_part_along_any_number_of_times(
    kind: type[Panel], genesis_net: Devnet
) -> None:
    before = set(_instances)
    panel = kind(genesis_net)
    assert set(_instances) - before

    panel.close()
    panel.close()

    assert set(_instances) == before
    assert desk_of(genesis_net).panels == ()


def test_all_panels_of_a_chain_hear_through_one_ear(genesis_net: Devnet) -> None:
    for kind in KINDS:
        kind(genesis_net)

    assert len(genesis_net.feed._listeners) == 1


def test_a_closed_panel_no_longer_follows(genesis_net: Devnet) -> None:
    panel = BlockStepper(genesis_net)
    panel.close()

    genesis_net.step()

    assert genesis_net.feed._listeners == []


def test_closing_the_chain_closes_its_panels(genesis_net: Devnet) -> None:
    panel = Dashboard(genesis_net)

    genesis_net.close()

    assert repr(panel) == "Dashboard(closed)"


def test_panels_of_two_chains_do_not_know_each_other(genesis_net: Devnet, poa_net: Devnet) -> None:
    one, other = BlockStepper(genesis_net), BlockStepper(poa_net)

    genesis_net.step()

    assert one.status.startswith("ben proposed block 2") or "block 2" in one.status
    assert repr(other) == f"BlockStepper(poe-devnet-1, height {poa_net.height})"


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_a_panel_is_short_and_the_same_every_time(
    kind: type[Panel], genesis_net: Devnet
) -> None:
    panel = kind(genesis_net)

    assert repr(panel) == f"{kind.__name__}(poe-devnet-1, height 1)"
    assert panel._repr_mimebundle_()["text/plain"] == repr(panel)


@pytest.mark.parametrize("kind", KINDS)
def test_where_no_widget_can_be_shown_tables_are_left(
    kind: type[Panel], slashing_net: Devnet
) -> None:
    bundle = kind(slashing_net)._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<caption>" in bundle["text/html"]
    assert f"height {slashing_net.height}" in bundle["text/html"]
    assert "0x" not in bundle["text/html"]


def test_a_verb_is_drawn_once_however_many_blocks_it_makes(genesis_net: Devnet) -> None:
    drawn: list[Change] = []

    class Counting(Panel):
        def draw(self, change: Change) -> None:
            drawn.append(change)

    Counting(genesis_net)
    drawn.clear()

    genesis_net.step(5)

    assert drawn == [Change(blocks=(2, 3, 4, 5, 6))]


def test_a_look_ahead_is_drawn_as_a_move(genesis_net: Devnet) -> None:
    panel = BlockStepper(genesis_net)

    with genesis_net.branch():
        genesis_net.step(3)

    assert panel.status == "block 1 is the last again; all state is as it was then"


class Broken(Panel):
    """Fails when it draws height 2, and when it is told to."""

    def draw(self, change: Change) -> None:
        del change
        if self.net.height == 2:
            raise ZeroDivisionError("on purpose")


def test_an_error_of_a_redraw_stays_in_the_panel(genesis_net: Devnet) -> None:
    panel = Broken(genesis_net)

    genesis_net.step()

    assert panel.alert == "ZeroDivisionError: on purpose (whole in panel.last_error)"
    assert isinstance(panel.last_error, ZeroDivisionError)


def test_an_unexpected_error_of_a_button_is_shown_and_kept(genesis_net: Devnet) -> None:
    panel = BlockStepper(genesis_net)

    def fail() -> None:
        raise KeyError("lost")

    panel.button("Fail", fail, tip="fails").click()

    assert panel.alert == "KeyError: 'lost' (whole in panel.last_error)"
    assert isinstance(panel.last_error, KeyError)


def test_a_refusal_is_shown_in_its_own_words_alone(genesis_net: Devnet) -> None:
    panel = BlockStepper(genesis_net)

    def refuse() -> None:
        raise LabError("not now; step first")

    panel.button("Refuse", refuse, tip="refuses").click()

    assert panel.alert == "not now; step first"
    assert panel.last_error is None


def test_an_interrupt_is_told_and_goes_no_further(genesis_net: Devnet) -> None:
    panel = BlockStepper(genesis_net)

    def interrupt() -> None:
        raise KeyboardInterrupt

    panel.button("Interrupt", interrupt, tip="stops").click()

    assert panel.alert.startswith("Interrupted")


def test_two_panels_agree_after_every_verb(genesis_net: Devnet) -> None:
    stepper, validators = BlockStepper(genesis_net), ValidatorPanel(genesis_net)

    validators.step_button.click()

    assert stepper.status == validators.status
    assert stepper.strip() != ""
    assert stepper.lane.nodes[-1]["height"] == genesis_net.height


def test_names_are_escaped_wherever_they_stand(genesis_net: Devnet) -> None:
    class Named(Panel):
        title = "<script>"

    assert "<script>" not in Named(genesis_net).strip()
