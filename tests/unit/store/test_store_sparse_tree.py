from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devnet.store.errors import StoreDamaged
from devnet.store.kv import MemoryStore
from devnet.store.merkle import EMPTY
from devnet.store.sparse_tree import SparseProof, SparseTree, verify_sparse

State = dict[bytes, bytes]
KEYS = st.integers(0, 60).map(lambda n: b"key%d" % n)
CHANGES = st.dictionaries(KEYS, st.none() | st.binary(max_size=3), max_size=25)


def naive_root(state: State) -> bytes:
    """The definition: split at the first bit where the key hashes differ."""
    leaves = sorted((sha256(k).digest(), sha256(v).digest()) for k, v in state.items())

    def root(leaves: list[tuple[bytes, bytes]], bit: int) -> bytes:
        if len(leaves) == 1:
            return sha256(b"\0" + b"".join(leaves[0])).digest()
        sides: tuple[list[tuple[bytes, bytes]], ...] = ([], [])
        for leaf in leaves:
            sides[int.from_bytes(leaf[0]) >> (255 - bit) & 1].append(leaf)
        if not all(sides):
            return root(leaves, bit + 1)
        left, right = (root(side, bit + 1) for side in sides)
        return sha256(bytes((1, bit)) + left + right).digest()

    return root(leaves, 0) if leaves else EMPTY


def apply(state: State, changes: dict[bytes, bytes | None]) -> State:
    return {k: v for k, v in (state | changes).items() if v is not None}


@given(steps=st.lists(CHANGES, max_size=8))
def test_root_and_nodes_follow_from_the_content_alone(
    steps: list[dict[bytes, bytes | None]],
) -> None:
    nodes, state = MemoryStore(), State()
    tree = SparseTree(nodes)
    for changes in steps:
        state = apply(state, changes)
        assert tree.update(changes) == naive_root(state) == tree.root
    fresh = MemoryStore()
    SparseTree(fresh).update(dict(state))
    assert list(fresh.iterate()) == list(nodes.iterate())


@settings(max_examples=30)
@given(changes=CHANGES)
def test_every_key_has_a_proof_of_membership_or_absence(
    changes: dict[bytes, bytes | None],
) -> None:
    tree, state = SparseTree(MemoryStore()), apply({}, changes)
    root = tree.update(changes)
    for key in (b"key%d" % n for n in range(61)):
        proof, value = tree.prove(key), state.get(key)
        assert verify_sparse(root, key, value, proof)
        assert not verify_sparse(root, key, b"other value", proof)
        if value is not None:
            assert not verify_sparse(root, key, None, proof)


def test_a_tampered_proof_shows_nothing() -> None:
    tree = SparseTree(MemoryStore())
    root = tree.update({b"key%d" % n: b"v" for n in range(50)})
    proof = tree.prove(b"key7")
    assert proof.leaf is not None
    assert len(proof.steps) > 2
    (bit, beside), *others = proof.steps
    spoiled = [
        replace(proof, leaf=None),
        replace(proof, leaf=(proof.leaf[1], proof.leaf[0])),
        replace(proof, leaf=(proof.leaf[0], sha256(b"w").digest())),
        replace(proof, steps=tuple(others)),
        replace(proof, steps=((bit, bytes(32)), *others)),
        replace(proof, steps=((bit + 1, beside), *others)),
        replace(proof, steps=tuple(reversed(proof.steps))),
        replace(proof, steps=(*proof.steps, (256, beside))),
        SparseProof(None, ()),
    ]
    for one in spoiled:
        assert not verify_sparse(root, b"key7", b"v", one)
        assert not verify_sparse(root, b"key7", None, one)
    assert verify_sparse(root, b"key7", b"v", proof)
    assert not verify_sparse(bytes(32), b"key7", b"v", proof)


def test_absence_cannot_be_shown_by_another_keys_proof() -> None:
    tree = SparseTree(MemoryStore())
    root = tree.update({b"key%d" % n: b"v" for n in range(50)})
    shown = sum(verify_sparse(root, b"key7", None, tree.prove(b"key%d" % n)) for n in range(50))
    assert shown == 0


def test_a_change_touches_only_the_pages_on_its_way() -> None:
    nodes = MemoryStore()
    SparseTree(nodes).update({b"key%d" % n: b"v" for n in range(5000)})
    before = dict(nodes.iterate())
    SparseTree(nodes).update({b"key7": b"w"})
    after = dict(nodes.iterate())
    assert before.keys() == after.keys()
    assert 2 <= sum(before[key] != after[key] for key in before) <= 6


def test_an_emptied_tree_leaves_no_key_behind() -> None:
    nodes = MemoryStore()
    tree = SparseTree(nodes)
    keys = [b"key%d" % n for n in range(300)]
    tree.update(dict.fromkeys(keys, b"v"))
    assert tree.update(dict.fromkeys(keys)) == EMPTY == tree.root
    assert list(nodes.iterate()) == []
    assert verify_sparse(EMPTY, b"key7", None, tree.prove(b"key7"))


def test_a_damaged_page_is_named() -> None:
    nodes = MemoryStore()
    tree = SparseTree(nodes)
    tree.update({b"a": b"1", b"b": b"2"})
    (at, page) = next(iter(nodes.iterate()))
    nodes.set(at, page[:-1])
    with pytest.raises(StoreDamaged, match="page of the state tree") as caught:
        tree.update({b"a": b"2"})
    assert caught.value.key == at
