import errno
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from devnet.primitives.errors import MissingExtra
from devnet.store.errors import (
    FormatMismatch,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreExists,
    StoreLocked,
    StoreNotFound,
    StoreUnwritable,
)
from devnet.store.history import History
from devnet.store.leveldb import LevelStore

HOLD = """
import sys
from devnet.store.leveldb import LevelStore
store = LevelStore(sys.argv[1], create=False)
print("open", flush=True)
sys.stdin.read()
"""
WRITE = """
import sys
from hashlib import sha256
from devnet.store.history import History
from devnet.store.leveldb import LevelStore
from devnet.store.multistore import MultiStore, substore
history = History(LevelStore(sys.argv[1], create=sys.argv[2] == "new"))
stores = MultiStore(history, ["bank"])
while True:
    working = stores.begin()
    for n in range(40):
        substore(working, "bank").set(b"%d" % n, b"%d" % (history.height + 1))
    app_hash = stores.commit(working)
    place = sha256(history.tip + app_hash).digest()
    history.record(b"c/block/" + place, bytes(200_000))
    history.seal(place, height=history.height + 1, app_hash=app_hash)
    print(history.height, app_hash.hex(), flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds a chain, closed."""
    path = tmp_path / "chain"
    with LevelStore(path, create=True) as store:
        store.set(b"a", b"1")
    return path


@contextmanager
def process(script: str, *args: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", script, *args]
    with subprocess.Popen(  # noqa: S603 - our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def test_what_was_written_is_there_after_reopening(folder: Path) -> None:
    with LevelStore(folder, create=False) as store:
        assert store.get(b"a") == b"1"


def test_a_new_chain_makes_its_folders(tmp_path: Path) -> None:
    with LevelStore(tmp_path / "some" / "where", create=True) as store:
        store.set(b"a", b"1")
    assert (tmp_path / "some" / "where" / "db").is_dir()


def test_a_folder_open_in_this_process_is_refused_under_any_name(folder: Path) -> None:
    other = folder.with_name("other")
    other.symlink_to(folder)
    with LevelStore(folder, create=False) as store:
        for name in (folder, other, folder / ".." / folder.name):
            with pytest.raises(StoreLocked, match=r"close that chain first with net\.close"):
                LevelStore(name, create=False)
        assert store.get(b"a") == b"1"
    LevelStore(other, create=False).close()


def test_after_a_refused_open_no_other_process_gets_in(folder: Path) -> None:
    with LevelStore(folder, create=False):
        with pytest.raises(StoreLocked):
            LevelStore(folder, create=False)
        with process(HOLD, str(folder)) as running:
            assert running.wait() != 0


def test_a_folder_open_in_another_process_names_it(folder: Path) -> None:
    with process(HOLD, str(folder)) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "open\n"
        for create in (False, True):
            with pytest.raises(StoreLocked, match="shut its kernel down") as caught:
                LevelStore(folder, create=create)
            assert caught.value.process == running.pid
        running.send_signal(signal.SIGKILL)
        running.wait()
    LevelStore(folder, create=False).close()


def test_a_lost_store_lets_go_of_its_folder(folder: Path) -> None:
    store = LevelStore(folder, create=False)
    del store
    gc.collect()
    LevelStore(folder, create=False).close()


def test_a_closed_store_names_its_folder(folder: Path) -> None:
    store = LevelStore(folder, create=False)
    store.close()
    with pytest.raises(StoreClosed, match=r"devnet\.open\('.*chain'\)"):
        store.get(b"a")


def test_a_new_chain_needs_a_folder_without_one(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreExists, match=r"go on with devnet\.open"):
        LevelStore(folder, create=True)
    with pytest.raises(StoreNotFound, match=r"begin one with devnet\.start"):
        LevelStore(tmp_path / "nothing", create=False)
    assert not (tmp_path / "nothing").exists()
    with LevelStore(folder, create=False) as store:
        assert store.get(b"a") == b"1"


def test_a_folder_without_a_first_batch_holds_no_chain(tmp_path: Path) -> None:
    LevelStore(tmp_path / "c", create=True).close()
    with pytest.raises(StoreNotFound):
        LevelStore(tmp_path / "c", create=False)
    LevelStore(tmp_path / "c", create=True).close()
    (tmp_path / "half" / "db").mkdir(parents=True)
    with pytest.raises(StoreNotFound):
        LevelStore(tmp_path / "half", create=False)
    LevelStore(tmp_path / "half", create=True).close()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreUnwritable, match="leave path out"):
        LevelStore(tmp_path / "file", create=True)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_read_only_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(StoreUnwritable, match="Read-only file system"):
            LevelStore(folder, create=False)
    LevelStore(folder, create=False).close()


def test_a_refused_open_leaves_no_lock_behind(folder: Path) -> None:
    for _ in range(3):
        with pytest.raises(StoreExists):
            LevelStore(folder, create=True)
    with process(HOLD, str(folder)) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "open\n"


def test_damaged_files_are_refused_and_left_alone(folder: Path) -> None:
    (log,) = (folder / "db").glob("*.log")
    spoiled = bytearray(log.read_bytes())
    spoiled[-1] ^= 1
    log.write_bytes(spoiled)
    with pytest.raises(StoreDamaged, match="in its files"):
        LevelStore(folder, create=False)
    assert log.read_bytes() == spoiled


def test_a_damaged_value_is_refused(folder: Path) -> None:
    with LevelStore(folder, create=False) as store:
        store.write_batch({b"k%04d" % n: sha256(bytes([n % 256])).digest() for n in range(4000)})
    LevelStore(folder, create=False).close()  # moves the log into a table
    (table, *_) = sorted((folder / "db").glob("*.ldb"), key=lambda f: -f.stat().st_size)
    spoiled = bytearray(table.read_bytes())
    spoiled[len(spoiled) // 3] ^= 0xFF
    table.write_bytes(spoiled)
    with LevelStore(folder, create=False) as store, pytest.raises(StoreDamaged):
        list(store.iterate())
    with LevelStore(folder, create=False) as store, pytest.raises(StoreDamaged) as caught:
        list(map(store.get, (b"k%04d" % n for n in range(4000))))
    assert caught.value.key.startswith(b"k")


def test_failures_of_leveldb_become_ours(folder: Path) -> None:
    class Broken:
        closed = False

        def __init__(self, error: Exception) -> None:
            self.error = error

        def get(self, *_: object, **__: object) -> None:
            raise self.error

        def __getattr__(self, _: str) -> Any:
            return self.get

    store = LevelStore(folder, create=False)
    plyvel, db = store._plyvel, store._db
    for error, ours in (
        (plyvel.IOError("No space left on device"), StoreUnwritable),
        (plyvel.CorruptionError("bad block"), StoreDamaged),
        (plyvel.Error("other"), StoreError),
    ):
        store._db = Broken(error)
        for use in (lambda: store.get(b"a"), lambda: store.set(b"a", b"1"), store.iterate):
            with pytest.raises(ours):
                use()
    store._db = db
    store.close()


def test_a_folder_of_another_format_is_left_alone(folder: Path) -> None:
    for _ in range(2):
        with LevelStore(folder, create=False) as store, pytest.raises(FormatMismatch):
            History(store)
    with LevelStore(folder, create=False) as store:
        assert list(store.iterate()) == [(b"a", b"1")]


def test_without_plyvel_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "plyvel", None)
    with pytest.raises(MissingExtra, match="pip install plyvel"):
        LevelStore(tmp_path / "c", create=True)
    assert list(tmp_path.iterdir()) == []


def test_importing_the_room_does_not_import_plyvel() -> None:
    code = "import sys, devnet.store.leveldb; sys.exit('plyvel' in sys.modules)"
    with process(code) as running:
        assert running.wait() == 0


def test_a_killed_process_reopens_at_its_last_block(tmp_path: Path) -> None:
    LevelStore(tmp_path / "probe", create=True).close()  # without plyvel, it is said here
    path = tmp_path / "chain"
    hashes: dict[int, str] = {}
    for blocks, mode in ((7, "new"), (3, "old"), (11, "old")):
        with process(WRITE, str(path), mode) as running:
            assert running.stdout is not None
            for _ in range(blocks):
                height, app_hash = running.stdout.readline().split()
                hashes[int(height)] = app_hash
            running.send_signal(signal.SIGKILL)
            # What it had said before the kill reached it was sealed as well.
            for line in running.stdout.read().splitlines(keepends=True):
                if line.endswith("\n"):
                    height, app_hash = line.split()
                    hashes[int(height)] = app_hash
            running.wait()
        with LevelStore(path, create=False) as store:
            history = History(store)
            assert history.height in (max(hashes), max(hashes) + 1)
            hashes.setdefault(history.height, history.app_hash.hex())
            assert history.app_hash.hex() == hashes[history.height]
            assert store.get(b"s/bank/39") == str(history.height).encode()
            assert store.get(b"c/block/" + history.tip) == bytes(200_000)
            for back in range(history.height, 0, -1):
                history.look_at(history.place_at(back)).get(b"s/bank/0")
    assert len(hashes) >= 21
