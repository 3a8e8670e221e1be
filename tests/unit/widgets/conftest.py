from collections.abc import Callable, Iterator

import pytest
from panel_worlds import make_genesis, make_poa, make_pos, make_slashing

from devnet.live.devnet import Devnet
from devnet_widgets.desk import desk_of


def _lent(make: Callable[[], Devnet]) -> Iterator[Devnet]:
    """A world for one test; its panels are closed at the end, whatever the test left open."""
    net = make()
    yield net
    for panel in desk_of(net).panels:
        panel.close()
    net.close()


@pytest.fixture
def genesis_net() -> Iterator[Devnet]:
    yield from _lent(make_genesis)


@pytest.fixture
def poa_net() -> Iterator[Devnet]:
    yield from _lent(make_poa)


@pytest.fixture
def pos_net() -> Iterator[Devnet]:
    yield from _lent(make_pos)


@pytest.fixture
def slashing_net() -> Iterator[Devnet]:
    yield from _lent(make_slashing)
