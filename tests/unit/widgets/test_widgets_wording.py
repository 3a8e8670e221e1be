import pytest

from devnet_widgets.wording import clock, count, grouped, listed, quoted, share, shares, signed

THIN = "\u202f"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1_250_000, f"1{THIN}250{THIN}000"), (-1000, f"\u22121{THIN}000")],
)
def test_numbers_are_grouped_by_thousands(number: int, text: str) -> None:
    assert grouped(number) == text


def test_a_change_carries_its_sign() -> None:
    assert [signed(5), signed(0), signed(-5)] == ["+5", "0", "\u22125"]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.3"),
        (2, 3, "66.6"),
        (1, 40, "2.5"),
        (1, 1, "100"),
        (0, 5, "0"),
        (1, 1000, "0.1"),
        (1, 1001, "under 0.1"),
        (999, 10_000, "9.9"),
        (9999, 10_000, "99.9"),
    ],
)
def test_shares_are_rounded_down_and_never_vanish(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == f"{text}{THIN}%"


def test_shares_of_a_column_have_the_same_decimals_and_never_exceed_the_whole() -> None:
    assert shares([400, 300, 100]) == [f"{told}{THIN}%" for told in ("50.0", "37.5", "12.5")]
    assert shares([25, 25, 50]) == [f"{told}{THIN}%" for told in ("25", "25", "50")]
    assert shares([0, 0]) == ["-", "-"]


def test_a_share_of_nothing_is_a_dash() -> None:
    assert share(0, 0) == "-"


def test_lists_read_as_sentences() -> None:
    assert listed([]) == "nobody"
    assert listed(["ana"]) == "ana"
    assert listed(["ana", "ben"]) == "ana and ben"
    assert listed(["ana", "ben", "cho"]) == "ana, ben and cho"
    assert listed([f"v{i}" for i in range(60)]) == "v0, v1, v2 and 57 others"


def test_counts_know_their_plural() -> None:
    assert [count(1, "block"), count(2, "block"), count(0, "entry", "entries")] == [
        "1 block",
        "2 blocks",
        "0 entries",
    ]


def test_block_time_is_utc_to_the_second() -> None:
    assert clock(1_704_067_205_999_999_999) == "2024-01-01 00:00:05"


def test_text_in_code_is_quoted_so_that_python_reads_it_back() -> None:
    for text in ("pos group", 'a "b" c', "back\\slash"):
        assert eval(quoted(text)) == text  # noqa: S307 - a literal of our own
