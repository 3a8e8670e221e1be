"""Worlds for tests: a bare chain, one under proof of authority, one under proof of stake."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from worlds import FOUR, Stakers, make_stakers

import devnet
from devnet.live.devnet import Devnet
from devnet.primitives.errors import MissingExtra
from devnet.recipes import poa


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:  # noqa: ARG001
    with skipped_without_leveldb():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:  # noqa: ARG001
    with skipped_without_leveldb():
        yield


@contextmanager
def skipped_without_leveldb() -> Iterator[None]:
    """Where LevelDB's binding has no wheel, chains on disk are not tested, and it is said."""
    try:
        yield
    except MissingExtra as missing:
        if missing.what != "plyvel" or "CI" in os.environ:
            raise
        pytest.skip(str(missing))


@pytest.fixture
def net() -> Iterator[Devnet]:
    """Four validators of 4, 3, 2, 1 and no contract."""
    made = devnet.start(seed=7, validators={"ana": 4, "ben": 3, "cho": 2, "dia": 1})
    yield made
    made.close()


@pytest.fixture
def poa_world() -> Iterator[poa.World]:
    """Four of 25 under a council; nobody else has a say."""
    made = devnet.start(seed=7, admin="john")
    yield poa.recipe(made, FOUR).run()
    made.close()


@pytest.fixture
def stakers() -> Iterator[Stakers]:
    """The same four under proof of stake: 400, 300, 200, 100."""
    made = devnet.start(seed=7, admin="john")
    yield make_stakers(made)
    made.close()
