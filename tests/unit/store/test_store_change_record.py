import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.store.change_record import (
    Change,
    Origin,
    decode,
    decode_origin,
    encode,
    overlay,
)
from devnet.store.errors import StoreDamaged

VALUES = st.none() | st.binary(max_size=80)
ORIGIN = Origin(b"p" * 32, 7, b"a" * 32)


@st.composite
def long_values(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Two different values of one length that share a beginning and an end."""
    start, end = draw(st.binary(max_size=90)), draw(st.binary(max_size=90))
    size = draw(st.integers(1, 40))
    middle = st.binary(min_size=size, max_size=size)
    one, two = draw(st.tuples(middle, middle).filter(lambda pair: pair[0] != pair[1]))
    return start + one + end, start + two + end


CHANGES = st.lists(
    st.tuples(st.binary(max_size=40), VALUES, VALUES).filter(lambda c: c[1] != c[2])
    | st.tuples(st.binary(max_size=5), long_values()).map(lambda c: (c[0], *c[1])),
    max_size=6,
)


@given(changes=CHANGES, owned=st.lists(st.binary(max_size=9), max_size=4))
def test_a_record_reads_what_was_written(changes: list[Change], owned: list[bytes]) -> None:
    data = encode(ORIGIN, changes, owned)
    assert decode_origin(b"h/x", data) == ORIGIN
    assert decode(b"h/x", data) == (changes, owned)


@given(changes=CHANGES, owned=st.lists(st.binary(max_size=9), max_size=4), data=st.data())
def test_a_record_that_is_cut_off_is_named(
    changes: list[Change], owned: list[bytes], data: st.DataObject
) -> None:
    whole = encode(ORIGIN, changes, owned)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(StoreDamaged) as caught:
        decode(b"h/x", cut)
    assert caught.value.key == b"h/x"


def test_a_long_value_that_changed_a_little_takes_little() -> None:
    page = bytes(range(256)) * 2
    changed = page[:100] + b"!!" + page[102:]
    whole = len(encode(ORIGIN, [(b"k", page, page + b"!")], []))
    assert len(encode(ORIGIN, [(b"k", page, changed)], [])) < whole - 490


def test_a_record_applies_in_both_directions() -> None:
    changes: list[Change] = [(b"a", None, b"1"), (b"b", b"1", None), (b"c", b"1", b"2")]
    assert overlay(changes, forward=True) == {b"a": b"1", b"b": None, b"c": b"2"}
    assert overlay(changes, forward=False) == {b"a": None, b"b": b"1", b"c": b"1"}
