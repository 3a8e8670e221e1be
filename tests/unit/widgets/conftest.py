from collections.abc import Callable, Iterator

import pytest
from panel_worlds import make_genesis, make_poa, make_pos, make_slashing

from devnet.live.devnet import Devnet
from devnet_widgets.desk import desk_of


@pytest.fixture(autouse=True)
def no_listener_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The feed spares a verb the errors of its listeners; here they are ours, and count."""
    yield
    failed = [r for r in caplog.get_records("call") if r.name == "devnet.node.feed"]
    assert not failed, failed[0].exc_text or failed[0].getMessage()


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
