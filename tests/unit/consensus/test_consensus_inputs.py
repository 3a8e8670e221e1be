import pytest
from fakes.consensus import GENESIS

from devnet.consensus.inputs import NO_INPUTS, Inputs, Nodes, Switch
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import ConsAddress, Timestamp

ONE, TWO = ConsAddress(b"1" * 20), ConsAddress(b"2" * 20)
FULL = Inputs(
    txs=(b"", b"two", b""),
    started=(("ana", b"k" * 32),),
    switched=((ONE, False), (TWO, True), (ONE, True)),
    double_signs=((ONE, 0, "precommit"), (TWO, 3, "prevote")),
    evidence=(b"proof",),
    clock=GENESIS,
)


@pytest.mark.parametrize(
    "inputs",
    [FULL, NO_INPUTS, Inputs(txs=(b"a",)), Inputs(clock=Timestamp(0)), Inputs(evidence=(b"e",))],
)
def test_inputs_are_read_as_they_were_written(inputs: Inputs) -> None:
    assert Inputs.decode(inputs.encode()) == inputs


def test_nothing_asked_is_no_byte() -> None:
    assert Inputs().encode() == b""
    assert Inputs(clock=Timestamp(0)).encode() != b""


def test_bytes_that_are_no_inputs_are_refused() -> None:
    for data in (b"\xff", Inputs(double_signs=((ONE, 0, "prevote"),)).encode()[:-1] + b"\x09"):
        with pytest.raises(InvalidMessage):
            Inputs.decode(data)


def test_nodes_without_a_word_about_them_stay_the_same_object() -> None:
    nodes = Nodes([Switch("ana", ONE, online=True)])
    assert nodes.after(Inputs(txs=(b"tx",))) is nodes
    assert nodes.after(Inputs(switched=((ONE, False),))).switches == (
        Switch("ana", ONE, online=False),
    )


def test_switches_of_one_block_act_in_order() -> None:
    nodes = Nodes([Switch("ana", ONE, online=True)])
    after = nodes.after(Inputs(switched=((ONE, False), (ONE, True))))
    assert after.switches == nodes.switches
