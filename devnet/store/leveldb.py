"""The database on disk: LevelDB in a folder, one batch for each block.

LevelDB's own lock does not survive a second open in one process, so two things stand
before it: a table of the folders this process has open, and a lock file of ours. Both are
asked first; the database is opened only by whoever has both. ``plyvel`` is imported at
first use: a chain in memory runs where it cannot be had.

A folder holds ``db`` (LevelDB's files) and ``lock``.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, Self
from weakref import WeakValueDictionary, finalize

from devnet.primitives.errors import MissingExtra
from devnet.store.errors import (
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreExists,
    StoreLocked,
    StoreNotFound,
    StoreUnwritable,
)

_open: "WeakValueDictionary[str, LevelStore]" = WeakValueDictionary()
"""Folders this process has open. The one state outside a chain: it guards the disk."""


class LevelStore:
    """A database in a folder.

    It is closed by ``close``, at the end of a ``with`` block, when nobody holds it any
    more, and at the end of the process. After a kill it reopens at the last batch.

    Parameters
    ----------
    path
        The folder; where a new chain begins it is made, with the folders above it.
    create
        Begin a new chain, in a folder that holds none; otherwise go on with one.

    Raises
    ------
    StoreLocked
        If the folder is open already, in this process or another.
    StoreExists, StoreNotFound
        If the folder holds a chain and should not, or should and does not.
    StoreUnwritable
        If the folder is read-only or no folder.
    StoreDamaged
        If the files are not what LevelDB wrote.
    MissingExtra
        If plyvel is not installed.
    """

    def __init__(self, path: str | os.PathLike[str], *, create: bool) -> None:
        self.path = os.fspath(path)
        self._folder = os.path.realpath(path)
        self._plyvel = _import_plyvel()
        if self._folder in _open:
            raise StoreLocked(self.path, process=None, here=True)
        lock = self._lock(create=create)
        try:
            self._db = self._open_db(create=create)
        except BaseException:
            os.close(lock)
            raise
        self._close = finalize(self, _shut, self._db, lock)
        _open[self._folder] = self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder. A second call does nothing."""
        self._close()
        if _open.get(self._folder) is self:
            del _open[self._folder]

    def get(self, key: bytes) -> bytes | None:
        """Value of a key, ``None`` if it is absent."""
        try:
            value: bytes | None = self._db.get(key, verify_checksums=True)
        except (RuntimeError, self._plyvel.Error) as err:
            self._refuse(err, key)
        return value

    def set(self, key: bytes, value: bytes) -> None:
        """Give a key a value."""
        self.write_batch({key: value})

    def delete(self, key: bytes) -> None:
        """Remove a key; an absent one is fine."""
        self.write_batch({key: None})

    def write_batch(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Apply all changes or none; ``None`` deletes."""
        try:
            batch = self._db.write_batch()
            for key, value in changes.items():
                if value is None:
                    batch.delete(key)
                else:
                    batch.put(key, value)
            batch.write()
        except (RuntimeError, self._plyvel.Error) as err:
            self._refuse(err, b"")

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Pairs from ``start`` (included) to ``end`` (left out), as of this call."""
        try:
            # Backwards plyvel finds nothing from the empty key on, so it is not passed.
            found = self._db.iterator(
                start=start or None, stop=end, reverse=reverse, verify_checksums=True
            )
        except (RuntimeError, self._plyvel.Error) as err:
            self._refuse(err, start or b"")
        return self._pairs(found)

    def _pairs(self, found: Any) -> Iterator[tuple[bytes, bytes]]:
        last = b""
        try:
            for key, value in found:
                last = key
                yield key, value
        except (RuntimeError, self._plyvel.Error) as err:
            self._refuse(err, last)
        finally:
            found.close()

    def _lock(self, *, create: bool) -> int:
        """Descriptor of the lock file, locked; the system lets go of it with the process."""
        import fcntl  # noqa: PLC0415 - not there in a browser's Python

        folder = Path(self._folder)
        if not create and not (folder / "db").is_dir():
            raise StoreNotFound(self.path)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as err:
            raise StoreUnwritable(self.path, err.strerror or str(err)) from err
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
        except BlockingIOError as err:
            holder = os.pread(lock, 20, 0)
            os.close(lock)
            process = int(holder) if holder.isdigit() else None
            raise StoreLocked(self.path, process=process, here=False) from err
        except OSError as err:
            os.close(lock)
            raise StoreUnwritable(self.path, err.strerror or str(err)) from err
        return lock

    def _open_db(self, *, create: bool) -> Any:
        # Paranoid: a damaged log is refused instead of losing the blocks in it silently.
        try:
            db = self._plyvel.DB(
                str(Path(self._folder) / "db"), create_if_missing=create, paranoid_checks=True
            )
        except self._plyvel.CorruptionError as err:
            raise StoreDamaged(b"", str(err)) from err
        except self._plyvel.Error as err:
            if not create and not (Path(self._folder) / "db" / "CURRENT").exists():
                raise StoreNotFound(self.path) from err
            raise StoreUnwritable(self.path, str(err)) from err
        # A folder whose first batch never came holds no chain.
        empty = next(db.iterator(include_value=False), None) is None
        if empty != create:
            db.close()
            raise StoreExists(self.path) if create else StoreNotFound(self.path)
        return db

    def _refuse(self, err: Exception, key: bytes) -> NoReturn:
        """Turn LevelDB's failure into one a user can act on."""
        if self._db.closed:
            raise StoreClosed(self.path) from None
        if isinstance(err, self._plyvel.CorruptionError):
            raise StoreDamaged(key, str(err)) from err
        if isinstance(err, self._plyvel.IOError):
            raise StoreUnwritable(self.path, str(err)) from err
        raise StoreError(f"{self.path}: {err}") from err


def _shut(db: Any, lock: int) -> None:
    db.close()
    os.close(lock)


def _import_plyvel() -> ModuleType:
    try:
        import plyvel  # noqa: PLC0415 - at first use, see above
    except ImportError as err:
        raise MissingExtra("plyvel", "pip install plyvel") from err
    found: ModuleType = plyvel
    return found
