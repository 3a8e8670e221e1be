"""The feed: every listener hears everything, whatever becomes of the others."""

import pytest

import devnet
from devnet.live.devnet import Devnet
from devnet.node.feed import BlockCommitted, FeedEvent


@pytest.fixture
def net() -> Devnet:
    return devnet.start(seed=1)


def fail(event: FeedEvent) -> None:
    raise ValueError(type(event).__name__)


def test_a_failing_listener_takes_nothing_from_the_others(
    net: Devnet, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[FeedEvent] = []
    net.feed.subscribe(fail)
    net.feed.subscribe(heard.append)
    net.step(2)
    assert heard == [BlockCommitted(net.block_at(2).height), BlockCommitted(net.height, final=True)]
    assert caplog.text.count("ValueError: BlockCommitted") == 2


def test_a_failing_listener_takes_no_receipt(net: Devnet, caplog: pytest.LogCaptureFixture) -> None:
    ana, ben = net.accounts("ana", "ben")
    net.feed.subscribe(fail)
    sent = ana.send(ben, "5utgd")
    assert sent.height == net.height
    assert caplog.text.count("ValueError: BlockCommitted") == 1


def test_a_look_ahead_is_forgotten_also_where_listeners_fail(
    net: Devnet, caplog: pytest.LogCaptureFixture
) -> None:
    net.feed.subscribe(fail)
    with net.branch():
        net.step(2)
    assert net.height == 1
    assert len(list(net.node.history.db.iterate(b"h/", b"h0"))) == 1
    assert "ValueError: Moved" in caplog.text


def test_a_failing_listener_is_shown_with_its_traceback(
    net: Devnet, caplog: pytest.LogCaptureFixture
) -> None:
    net.feed.subscribe(fail)
    net.step()
    assert "a listener of the feed failed: <function fail" in caplog.text
    assert "in fail" in caplog.text
