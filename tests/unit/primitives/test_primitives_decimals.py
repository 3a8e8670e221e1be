from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.primitives.decimals import ONE, Decimal
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import MAX_UINT128

ATOMICS = st.integers(0, MAX_UINT128)


@given(atomics=ATOMICS)
def test_a_decimal_reads_what_it_shows(atomics: int) -> None:
    decimal = Decimal(atomics)
    assert Decimal.parse(str(decimal)) == decimal
    assert Decimal.parse(decimal) is decimal


@pytest.mark.parametrize(
    ("text", "atomics", "shown"),
    [
        ("0", 0, "0"),
        ("1", ONE, "1"),
        ("0.05", ONE // 20, "0.05"),
        ("1.500", ONE * 3 // 2, "1.5"),
        ("0.000000000000000001", 1, "0.000000000000000001"),
        ("007.0", 7 * ONE, "7"),
        ("340282366920938463463.374607431768211455", MAX_UINT128, None),
    ],
)
def test_text_has_up_to_18_places(text: str, atomics: int, shown: str | None) -> None:
    decimal = Decimal.parse(text)
    assert decimal.atomics == atomics
    assert str(decimal) == (shown or text) == repr(decimal)


@pytest.mark.parametrize(
    "text",
    ["", ".", "1.", ".5", "-1", "+1", "1e3", "0.0000000000000000001", "1,5", " 1", 1, 0.5, None],
    ids=repr,
)
def test_anything_else_is_refused_by_field(text: object) -> None:
    with pytest.raises(InvalidMessage, match=r"^portion: .* is no decimal"):
        Decimal.parse(text, field="portion")


@pytest.mark.parametrize("text", ["340282366920938463463.374607431768211456", "9" * 9999])
def test_a_decimal_beyond_its_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidMessage, match="beyond the range"):
        Decimal.parse(text)


@given(amount=ATOMICS, atomics=ATOMICS)
def test_a_product_is_rounded_down(amount: int, atomics: int) -> None:
    exact = amount * Fraction(atomics, ONE)
    assert exact - 1 < Decimal(atomics).times(amount) <= exact


@given(numerator=st.integers(0, 10**15), denominator=st.integers(1, 10**15))
def test_a_ratio_is_rounded_down_at_the_18th_place(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator) * ONE
    assert exact - 1 < Decimal.from_ratio(numerator, denominator).atomics <= exact


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [(1, 0, "division by zero"), (-1, 3, "beyond the range"), (MAX_UINT128, 1, "beyond the range")],
)
def test_a_ratio_out_of_range_is_refused(numerator: int, denominator: int, said: str) -> None:
    with pytest.raises(InvalidMessage, match=said):
        Decimal.from_ratio(numerator, denominator)


@given(left=ATOMICS, right=ATOMICS)
def test_decimals_are_ordered_as_numbers(left: int, right: int) -> None:
    assert (Decimal(left) < Decimal(right)) == (left < right)
