"""Named stores under one app hash.

Each module's store lives under ``s/<name>/``, its state tree under ``t/<name>/``. The app
hash is the RFC-6962 root over one leaf for each store: its name and its tree's root.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from devnet.primitives.protobuf import length_prefixed
from devnet.store.branch import Branch
from devnet.store.history import History
from devnet.store.kv import KVStore
from devnet.store.merkle import list_proof, list_root, verify_list
from devnet.store.prefix import Prefix
from devnet.store.sparse_tree import SparseProof, SparseTree, verify_sparse

_STATE, _TREE = b"s/", b"t/"


def substore(parent: KVStore, name: str) -> Prefix:
    """The keys of one named store, inside the full key space."""
    return Prefix(parent, _STATE + name.encode() + b"/")


@dataclass(frozen=True, slots=True)
class StateProof:
    """Shows under an app hash what a store holds for a key.

    Attributes
    ----------
    store, root, sparse
        Name of the store, root of its tree, and the way from the key to that root.
    index, total, stores
        Place of the store among all, and the way from its root to the app hash.
    """

    store: str
    root: bytes
    sparse: SparseProof
    index: int
    total: int
    stores: tuple[bytes, ...]

    def verify(self, app_hash: bytes, key: bytes, value: bytes | None) -> bool:
        """Whether it shows this value of the key; ``None`` means absence."""
        return verify_sparse(self.root, key, value, self.sparse) and verify_list(
            app_hash,
            _leaf(self.store, self.root),
            index=self.index,
            total=self.total,
            proof=self.stores,
        )


class MultiStore:
    """The application's stores: overlays of the committed state, commits, app hashes."""

    def __init__(self, history: History, names: Sequence[str]) -> None:
        assert all("/" not in name for name in names), "a slash ends a store's name"
        self.names = tuple(sorted(names))
        self._history = history
        self._prefixes = {name: _STATE + name.encode() + b"/" for name in self.names}

    @property
    def app_hash(self) -> bytes:
        """App hash of the committed state: the one sealed with the tip."""
        if self._history.height == 0:
            return self._hash_of(self._history.view)
        return self._history.app_hash

    def begin(self) -> Branch:
        """An overlay on the committed state, over the full key space."""
        return Branch(self._history.view)

    def commit(self, working: Branch) -> bytes:
        """Stage what an overlay changed, and the trees over it; the new app hash.

        Costs what changed, never what the stores hold; without changes, nothing.
        """
        if not working.changes:
            return self.app_hash
        trees = Branch(self._history.view)
        for name, changes in self._by_store(working).items():
            self._tree(trees, name).update(changes)
        self._history.stage(working.changes)
        self._history.stage(trees.changes)
        return self._hash_of(trees)

    def at(self, height: int) -> KVStore:
        """State as it was after the block of a height of the present branch; read only.

        Raises
        ------
        HeightNotFound
            Saying which heights there are.
        """
        return self._history.look_at(self._history.place_at(height))

    def prove(self, name: str, key: bytes) -> StateProof:
        """Proof under the present app hash of what a store holds for a key."""
        view = self._history.view
        tree, index = self._tree(view, name), self.names.index(name)
        leaves = self._leaves(view)
        return StateProof(
            name, tree.root, tree.prove(key), index, len(leaves), list_proof(leaves, index)
        )

    def _by_store(self, working: Branch) -> dict[str, dict[bytes, bytes | None]]:
        """Changes by store, under the keys the store itself sees."""
        found: dict[str, dict[bytes, bytes | None]] = {}
        for key, value in working.changes.items():
            name = key[len(_STATE) : key.find(b"/", len(_STATE))].decode()
            prefix = self._prefixes.get(name)
            assert prefix is not None, f"no store {name!r} was named at the start"
            assert key.startswith(prefix), f"key {key!r} is no state"
            found.setdefault(name, {})[key[len(prefix) :]] = value
        return {name: found[name] for name in sorted(found)}

    def _tree(self, parent: KVStore, name: str) -> SparseTree:
        return SparseTree(Prefix(parent, _TREE + name.encode() + b"/"))

    def _leaves(self, view: KVStore) -> list[bytes]:
        return [_leaf(name, self._tree(view, name).root) for name in self.names]

    def _hash_of(self, view: KVStore) -> bytes:
        return list_root(self._leaves(view))


def _leaf(name: str, root: bytes) -> bytes:
    return length_prefixed(name.encode()) + root
