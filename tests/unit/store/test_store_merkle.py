from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.store.merkle import EMPTY, list_proof, list_root, split_point, verify_list


def naive_root(items: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not items:
        return sha256(b"").digest()
    if len(items) == 1:
        return sha256(b"\0" + items[0]).digest()
    k = split_point(len(items))
    return sha256(b"\1" + naive_root(items[:k]) + naive_root(items[k:])).digest()


@given(items=st.lists(st.binary(max_size=4), max_size=40))
def test_the_root_is_that_of_the_definition(items: list[bytes]) -> None:
    assert list_root(items) == naive_root(items)


@given(items=st.lists(st.binary(max_size=4), min_size=1, max_size=20), data=st.data())
def test_every_item_has_a_proof_that_holds_for_it_alone(
    items: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(items) - 1))
    root, proof = list_root(items), list_proof(items, index)
    total = len(items)
    assert verify_list(root, items[index], index=index, total=total, proof=proof)
    assert not verify_list(root, items[index] + b"!", index=index, total=total, proof=proof)
    assert not verify_list(EMPTY, items[index], index=index, total=total, proof=proof)
    assert not verify_list(root, items[index], index=total, total=total, proof=proof)
    assert not verify_list(root, items[index], index=index, total=total, proof=(*proof, root))
    if proof:
        tampered = (proof[0][::-1], *proof[1:])
        assert not verify_list(root, items[index], index=index, total=total, proof=tampered)
        assert not verify_list(root, items[index], index=index, total=total, proof=proof[1:])


@pytest.mark.parametrize(("count", "left"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8)])
def test_the_left_side_is_the_largest_power_of_two_below(count: int, left: int) -> None:
    assert split_point(count) == left
