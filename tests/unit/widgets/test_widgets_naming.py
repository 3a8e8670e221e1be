from devnet.live.devnet import Devnet
from devnet_widgets.block_stepper import BlockStepper
from devnet_widgets.naming import name_in_cell


def test_a_chain_is_called_as_its_cell_calls_it(genesis_net: Devnet) -> None:
    second = genesis_net
    del genesis_net

    assert name_in_cell(second) == "second"


def test_the_usual_name_comes_first_and_stands_where_there_is_none(genesis_net: Devnet) -> None:
    net = genesis_net

    assert name_in_cell(net) == "net"
    assert name_in_cell(Devnet) == "Devnet"
    assert name_in_cell([]) == "net"


def test_the_line_of_a_button_names_the_chain_of_its_cell(genesis_net: Devnet) -> None:
    real = genesis_net
    del genesis_net

    stepper = BlockStepper(real)
    stepper.step_button.click()

    assert stepper.code == "real.step()"
