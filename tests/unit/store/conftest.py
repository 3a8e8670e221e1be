from collections.abc import Iterator
from pathlib import Path

import pytest

from devnet.store.history import History
from devnet.store.kv import Database, MemoryStore
from devnet.store.leveldb import LevelStore


@pytest.fixture(params=["memory", "leveldb"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Both databases: one suite for two implementations."""
    made: Database
    made = MemoryStore() if request.param == "memory" else LevelStore(tmp_path / "c", create=True)
    yield made
    made.close()


@pytest.fixture
def history(db: Database) -> History:
    return History(db)
