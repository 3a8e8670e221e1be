"""The state tree: a sparse tree over the keys of a store, path-compressed.

A binary tree over ``sha256(key)`` without empty or one-armed nodes, so its shape and root
follow from the content alone. A node says at which bit its two sides part, which is what
makes a proof of absence possible::

    leaf = H(00 | sha256(key) | sha256(value))       inner = H(01 | bit | left | right)

On disk four levels of the tree share one page, so a change reads and writes few keys:
a page exists where two or more leaves share its path, and at the root.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct, error

from devnet.store.errors import StoreDamaged
from devnet.store.kv import KVStore
from devnet.store.merkle import EMPTY

ROOT_KEY = b"root"
"""Where the root of a tree is kept among its nodes."""

_HASH = 32
_LEAF = 64
_SLOTS = 16
_BITS = 4
_HEAD = Struct(">HH")
_FULL_HEAD = _HEAD.pack(0xFFFF, 0)
_FULL_PAGE = _HEAD.size + _SLOTS * _HASH
_INNER = tuple(bytes((1, bit)) for bit in range(8 * _HASH))

Slot = bytes
"""A leaf (key hash and value hash, 64 bytes), a page below (its hash, 32), or empty."""


@dataclass(frozen=True, slots=True)
class SparseProof:
    """Shows that a key has a value in a sparse tree, or that it is absent.

    Attributes
    ----------
    leaf
        Key hash and value hash of the leaf where the way of the key ends: its own if it
        is there, another's if not; ``None`` in an empty tree.
    steps
        From the leaf up: the bit at which a node's sides part, and the hash beside.
    """

    leaf: tuple[bytes, bytes] | None
    steps: tuple[tuple[int, bytes], ...]


def verify_sparse(root: bytes, key: bytes, value: bytes | None, proof: SparseProof) -> bool:
    """Whether a proof shows this value of a key under a root; ``None`` means absence."""
    if proof.leaf is None:
        return value is None and not proof.steps and root == EMPTY
    wanted = sha256(key).digest()
    key_hash, value_hash = proof.leaf
    if value is None:
        if key_hash == wanted:
            return False
    elif key_hash != wanted or value_hash != sha256(value).digest():
        return False
    current, above = _leaf_hash(key_hash, value_hash), 256
    for bit, beside in proof.steps:
        if not 0 <= bit < above:
            return False
        above = bit
        current = _join(bit, beside, current) if _bit(wanted, bit) else _join(bit, current, beside)
    return current == root


class SparseTree:
    """The sparse tree whose nodes are ordinary keys of a store."""

    def __init__(self, nodes: KVStore) -> None:
        self._nodes = nodes

    @property
    def root(self) -> bytes:
        """Root of the whole tree, 32 bytes."""
        return self._nodes.get(ROOT_KEY) or EMPTY

    def update(self, changes: Mapping[bytes, bytes | None]) -> bytes:
        """Give keys new values, ``None`` deletes; the new root.

        Touches only the pages on the way to these keys, whatever else the tree holds.
        """
        leaves = sorted(
            (sha256(key).digest(), None if value is None else sha256(value).digest())
            for key, value in changes.items()
        )
        if not leaves:
            return self.root
        path = leaves[0][0]
        slots = self._load(0, path)
        self._apply(slots, 0, leaves)
        self._store(0, path, slots)
        root = _page_hash(slots, 0) or EMPTY
        if root == EMPTY:
            self._nodes.delete(ROOT_KEY)
        else:
            self._nodes.set(ROOT_KEY, root)
        return root

    def prove(self, key: bytes) -> SparseProof:
        """Proof of what the tree holds for a key."""
        wanted = sha256(key).digest()
        steps: list[tuple[int, bytes]] = []
        path = wanted
        for depth in range(2 * _HASH):
            slots = self._load(depth, path)
            if not any(slots):
                break
            nibble, page_steps = _descend(slots, depth, wanted)
            steps = page_steps + steps
            slot = slots[nibble]
            if len(slot) == _LEAF:
                return SparseProof((slot[:_HASH], slot[_HASH:]), tuple(steps))
            path = _with_nibble(path, depth, nibble)
        return SparseProof(None, ())

    def _apply(
        self, slots: list[Slot], depth: int, leaves: Sequence[tuple[bytes, bytes | None]]
    ) -> None:
        """Bring leaves into a page at a depth of nibbles; all of them lie on its path."""
        groups: dict[int, list[tuple[bytes, bytes | None]]] = {}
        for leaf in leaves:
            groups.setdefault(_nibble(leaf[0], depth), []).append(leaf)
        for nibble, group in groups.items():
            slots[nibble] = self._changed(slots[nibble], depth + 1, group)

    def _changed(
        self, slot: Slot, depth: int, leaves: Sequence[tuple[bytes, bytes | None]]
    ) -> Slot:
        """What stands in a slot once leaves came in or went out."""
        path = leaves[0][0]
        if len(slot) == _HASH:
            slots = self._load(depth, path)
        else:
            there = dict(leaves)
            if slot:
                there.setdefault(slot[:_HASH], slot[_HASH:])
            leaves = [(key, value) for key, value in there.items() if value is not None]
            if len(leaves) <= 1:
                return b"".join(key + (value or b"") for key, value in leaves)
            slots = [b""] * _SLOTS
        self._apply(slots, depth, leaves)
        only = _only_leaf(slots)
        if only is not None:  # a single leaf needs no page: it moves up
            slots = [b""] * _SLOTS
        self._store(depth, path, slots)
        return _page_hash(slots, depth) if only is None else only

    def _load(self, depth: int, path: bytes) -> list[Slot]:
        key = _page_key(depth, path)
        data = self._nodes.get(key)
        if data is None:
            return [b""] * _SLOTS
        try:
            return _decoded(data)
        except error as err:
            raise StoreDamaged(key, "a page of the state tree is cut off") from err

    def _store(self, depth: int, path: bytes, slots: list[Slot]) -> None:
        key = _page_key(depth, path)
        if any(slots):
            self._nodes.set(key, _encoded(slots))
        else:
            self._nodes.delete(key)


def _encoded(slots: list[Slot]) -> bytes:
    """A page: which slots are taken, which of them are leaves, and what they hold."""
    body = b"".join(slots)
    if len(body) == _FULL_PAGE - _HEAD.size and b"" not in slots:
        return _FULL_HEAD + body
    taken = leaves = 0
    for slot in slots:
        taken = taken << 1 | (slot != b"")
        leaves = leaves << 1 | (len(slot) == _LEAF)
    return _HEAD.pack(taken, leaves) + body


def _decoded(data: bytes) -> list[Slot]:
    # In a store of some size nearly every page on the way is full of pages.
    if len(data) == _FULL_PAGE and data.startswith(_FULL_HEAD):
        return [data[at : at + _HASH] for at in range(_HEAD.size, _FULL_PAGE, _HASH)]
    taken, leaves = _HEAD.unpack_from(data)
    slots: list[Slot] = []
    at = _HEAD.size
    for nibble in range(_SLOTS - 1, -1, -1):
        size = (taken >> nibble & 1) * (_LEAF if leaves >> nibble & 1 else _HASH)
        slots.append(data[at : at + size])
        at += size
    if at != len(data):
        raise error
    return slots


def _only_leaf(slots: list[Slot]) -> Slot | None:
    """The one leaf of a page that holds nothing else; empty if it holds nothing at all."""
    if slots.count(b"") < _SLOTS - 1:
        return None
    only = max(slots)
    return None if len(only) == _HASH else only


def _bit(path: bytes, bit: int) -> int:
    return path[bit >> 3] >> (7 - (bit & 7)) & 1


def _nibble(path: bytes, depth: int) -> int:
    byte = path[depth >> 1]
    return byte & 15 if depth & 1 else byte >> _BITS


def _with_nibble(path: bytes, depth: int, nibble: int) -> bytes:
    """The path with another nibble at a depth: where a key's way leaves the key's own bits."""
    byte = path[depth >> 1]
    byte = byte & 0xF0 | nibble if depth & 1 else byte & 15 | nibble << _BITS
    return path[: depth >> 1] + bytes([byte]) + path[(depth >> 1) + 1 :]


def _page_key(depth: int, path: bytes) -> bytes:
    whole = path[: depth >> 1]
    if depth & 1:
        whole += bytes([path[depth >> 1] & 0xF0])
    return bytes([depth]) + whole


def _leaf_hash(key_hash: bytes, value_hash: bytes) -> bytes:
    return sha256(b"\0" + key_hash + value_hash).digest()


def _join(bit: int, left: bytes, right: bytes) -> bytes:
    return sha256(_INNER[bit] + left + right).digest()


def _slot_hashes(slots: list[Slot]) -> list[bytes]:
    return [sha256(b"\0" + slot).digest() if len(slot) == _LEAF else slot for slot in slots]


def _page_hash(slots: list[Slot], depth: int) -> bytes:
    """Hash of the part of the binary tree that a page and all below it stand for."""
    level = _slot_hashes(slots)
    for bit in range(_BITS * depth + _BITS - 1, _BITS * depth - 1, -1):
        level = _folded(level, bit)
    return level[0]


def _folded(level: list[bytes], bit: int) -> list[bytes]:
    """The next level up: two sides are joined, one alone goes up as it is."""
    inner, sides = _INNER[bit], iter(level)
    return [
        sha256(inner + left + right).digest() if left and right else left or right
        for left, right in zip(sides, sides, strict=True)
    ]


def _descend(slots: list[Slot], depth: int, path: bytes) -> tuple[int, list[tuple[int, bytes]]]:
    """The slot where the way of a path leaves a page, and the steps up from there."""
    levels = [_slot_hashes(slots)]
    bit = _BITS * depth + _BITS - 1
    for up in range(_BITS):
        levels.append(_folded(levels[-1], bit - up))
    at = 0
    steps: list[tuple[int, bytes]] = []
    for down in range(_BITS - 1, -1, -1):
        left, right = levels[down][2 * at], levels[down][2 * at + 1]
        here = bit - down
        if not left or not right:
            at = 2 * at + (not left)
            continue
        turn = _bit(path, here)
        at = 2 * at + turn
        steps.insert(0, (here, left if turn else right))
    return at, steps
