"""What can go wrong between a chain and the place where it is kept."""

from collections.abc import Iterable

from devnet.primitives.errors import DevnetError


class StoreError(DevnetError):
    """The store cannot do what was asked; nothing was written."""


class HeightNotFound(StoreError):
    """A height the present branch does not have.

    Attributes
    ----------
    height, lowest, highest
        What was asked for, and the first and last height there is.
    """

    def __init__(self, height: int, *, lowest: int, highest: int) -> None:
        there = f"heights {lowest} to {highest}" if highest >= lowest else "no block yet"
        super().__init__(f"no height {height}: this branch has {there}")
        self.height, self.lowest, self.highest = height, lowest, highest


class PlaceNotFound(StoreError):
    """A place in the tree of blocks that was never made, or was forgotten since."""

    def __init__(self, place: bytes) -> None:
        super().__init__(f"no block at place {place.hex()}; its line was forgotten or never made")
        self.place = place


class BranchNotFound(StoreError):
    """A branch name nobody gave; ``names`` are those there are."""

    def __init__(self, name: str, names: Iterable[str]) -> None:
        self.name, self.names = name, tuple(sorted(names))
        super().__init__(f"no branch {name!r}; there are {', '.join(self.names)}")


class BranchInUse(StoreError):
    """The present branch was to be deleted."""

    def __init__(self, name: str) -> None:
        super().__init__(f"branch {name!r} is the present one; switch to another, then delete it")
        self.name = name


class ReadOnlyView(StoreError):
    """Something wrote to a view of an older place, which only shows what was."""

    def __init__(self, key: bytes) -> None:
        super().__init__(
            f"key {key!r} belongs to a view of what was and cannot change; open a branch over it"
        )
        self.key = key


class StoreClosed(StoreError):
    """The store was closed and is still used."""

    def __init__(self, path: str | None) -> None:
        remedy = "it was kept in memory and is gone; start a new one"
        if path is not None:
            remedy = f"go on with devnet.open({path!r})"
        super().__init__(f"this chain is closed: {remedy}")
        self.path = path


class StoreLocked(StoreError):
    """A folder that is open already, here or in another process.

    Attributes
    ----------
    path
        The folder.
    process
        Number of the other process that has it, ``None`` if it is this one or unknown.
    """

    def __init__(self, path: str, *, process: int | None, here: bool) -> None:
        if here:
            text = "is open in this notebook already; close that chain first with net.close()"
        else:
            who = "another notebook" if process is None else f"another notebook (process {process})"
            text = f"is open in {who}; shut its kernel down, or choose another folder"
        super().__init__(f"{path} {text}")
        self.path, self.process, self.here = path, process, here


class StoreNotFound(StoreError):
    """A folder without a chain was to be opened."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} holds no chain; begin one with devnet.start(path={path!r})")
        self.path = path


class StoreExists(StoreError):
    """A new chain was to begin in a folder that holds one."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} holds a chain already; go on with devnet.open({path!r}), or choose"
            " another folder"
        )
        self.path = path


class StoreUnwritable(StoreError):
    """A folder that cannot be written: read-only, no folder, or a full disk."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} cannot be written ({reason}); choose another folder, or leave path out to"
            " keep the chain in memory"
        )
        self.path, self.reason = path, reason


class StoreDamaged(StoreError):
    """Stored bytes that are not what was written; nothing was overwritten.

    Attributes
    ----------
    key
        The key whose value is damaged or missing; empty if the files themselves are.
    """

    def __init__(self, key: bytes, reason: str) -> None:
        where = f"at key {key!r}" if key else "in its files"
        super().__init__(f"this chain is damaged {where}: {reason}; open a copy of the folder")
        self.key, self.reason = key, reason


class FormatMismatch(StoreError):
    """A folder written by a package that keeps its chains in another way."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"this chain is kept in format {found}, this package reads format {expected};"
            " open it with the package that wrote it, or start a new chain"
        )
        self.found, self.expected = found, expected
