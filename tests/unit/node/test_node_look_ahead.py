"""Looking ahead ends where it began, wherever the chain went meanwhile."""

import pytest

import devnet
from devnet.live.devnet import Devnet


@pytest.fixture
def net() -> Devnet:
    net = devnet.start(seed=1)
    net.account("ana")
    net.step(4)
    return net


def places(net: Devnet) -> int:
    """How many change records there are: one for each block that is not forgotten."""
    return len(list(net.node.history.db.iterate(b"h/", b"h0")))


def test_going_back_below_the_beginning_is_forgotten_too(net: Devnet) -> None:
    height, last = net.height, net.block.hash
    with net.branch():
        net.revert(3)
    assert (net.height, net.block.hash, places(net)) == (height, last, height)


@pytest.mark.parametrize("blocks", [1, 2, 3, 6])
def test_another_line_from_below_the_beginning_is_forgotten(net: Devnet, blocks: int) -> None:
    height, last = net.height, net.block.hash
    with net.branch():
        net.revert(3)
        net.account("ben")
        net.step(blocks)
    assert (net.height, net.block.hash, places(net)) == (height, last, height)
    net.step()
    assert net.height == height + 1


def test_a_look_ahead_inside_another_may_go_below_it(net: Devnet) -> None:
    height = net.height
    with net.branch():
        net.step(2)
        with net.branch():
            net.step(3)
            net.revert(height - 1)
        assert net.height == height + 2
    assert net.height == height
