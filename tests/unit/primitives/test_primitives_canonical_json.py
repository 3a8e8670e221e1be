import datetime as dt
import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.primitives.canonical_json import Json, dumps, loads
from devnet.primitives.errors import InvalidMessage

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ANY_NUMBERS = st.recursive(
    st.integers(-(2**70), 2**70) | st.floats() | st.text(alphabet="0123456789.eE,[{- ") | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def nested(depth: int, inside: str = "1") -> bytes:
    return ("[" * depth + inside + "]" * depth).encode()


def holds_only_whole_numbers(value: object) -> bool:
    match value:
        case float():
            return False
        case bool():
            return True
        case int():
            return -(2**63) <= value < 2**64
        case list():
            return all(map(holds_only_whole_numbers, value))
        case dict():
            return all(map(holds_only_whole_numbers, value.values()))
        case _:
            return True


@given(value=VALUES)
def test_values_round_trip(value: Json) -> None:
    assert loads(dumps(value)) == value
    assert loads(dumps(value).decode()) == value


@given(value=VALUES)
def test_the_spelling_is_sorted_and_without_spaces(value: Json) -> None:
    assert json.loads(dumps(value)) == value
    assert dumps(loads(json.dumps(value, indent=2))) == dumps(value)
    assert dumps({"b": value, "a": 1}).startswith(b'{"a":1,"b":')


@given(value=ANY_NUMBERS)
def test_exactly_whole_numbers_of_64_bits_pass_in_both_directions(value: object) -> None:
    if holds_only_whole_numbers(value):
        assert loads(dumps(value)) == value
        assert loads(json.dumps(value)) == value
        return
    with pytest.raises(InvalidMessage, match="json"):
        dumps(value)
    with pytest.raises(InvalidMessage, match="json"):
        loads(json.dumps(value))


@pytest.mark.parametrize(
    "text",
    ["1.5", "[1.0]", '{"a": 1e3}', "[1E5]", "-0.0", str(2**64), str(-(2**63) - 1), " 1.5"],
)
def test_fractions_and_long_numbers_are_refused(text: str) -> None:
    with pytest.raises(InvalidMessage, match="write fractions and larger numbers as text"):
        loads(text)


@pytest.mark.parametrize("text", ['"1.5"', '["0.05", "1e9"]', '{"1.5": 1}', f'["{2**128}"]'])
def test_fractions_in_text_pass(text: str) -> None:
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 0.5])
def test_a_float_never_becomes_something_else(number: float) -> None:
    with pytest.raises(InvalidMessage):
        dumps({"a": [number, None]})


@dataclass
class Thing:
    value: int = 1


@pytest.mark.parametrize(
    "value",
    [b"bytes", {1: 2}, {1, 2}, "\ud800", Thing(), dt.date(2024, 1, 1), object()],
    ids=lambda value: type(value).__name__,
)
def test_other_objects_are_refused(value: object) -> None:
    with pytest.raises(InvalidMessage, match="json: "):
        dumps(value)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"nan", b"\xff", "\ud800", '"\ud800"', "'a'"], ids=repr
)
def test_what_is_no_json_is_refused(data: bytes | str) -> None:
    with pytest.raises(InvalidMessage, match="no JSON"):
        loads(data)


@pytest.mark.parametrize("depth", [1, 127, 128])
def test_nesting_up_to_the_limit_passes(depth: int) -> None:
    assert dumps(loads(nested(depth))) == nested(depth)


@pytest.mark.parametrize("depth", [129, 200, 1000, 5000])
def test_deeper_nesting_is_refused_in_both_directions(depth: int) -> None:
    with pytest.raises(InvalidMessage, match=r"deeper|[Rr]ecursion|depth"):
        loads(nested(depth))
    with pytest.raises(InvalidMessage):
        loads(nested(depth, "1.5"))
    value: Json = 1
    for _ in range(depth):
        value = [value]
    with pytest.raises(InvalidMessage, match=r"deeper|[Rr]ecursion"):
        dumps(value)


def test_many_lists_beside_one_another_are_no_depth() -> None:
    value: Json = [[n] for n in range(1000)]
    assert loads(dumps(value)) == value
