import pytest

from devnet.consensus.clock import ZERO_TIME, advance, jump, lost_round, rfc3339, stamp
from devnet.consensus.errors import ClockGoesBack
from devnet.primitives.types import SECOND


def test_time_outs_grow_by_half_a_second_each() -> None:
    assert [lost_round(r) for r in range(3)] == [5 * SECOND, 6_500_000_000, 8 * SECOND]


def test_the_clock_moves_by_block_time_and_lost_rounds() -> None:
    assert advance(100, block_time_ns=7, lost_rounds=0) == 107
    assert advance(0, block_time_ns=SECOND, lost_rounds=2) == SECOND + 11_500_000_000


def test_a_stamp_is_at_least_a_millisecond_after_its_block() -> None:
    assert stamp(5, 10) == 10 + 1_000_000
    assert stamp(10 * SECOND, 10) == 10 * SECOND


def test_a_jump_before_the_earliest_stamp_is_refused() -> None:
    with pytest.raises(ClockGoesBack, match="earliest"):
        jump(1_000_009, 10)
    assert jump(1_000_010, 10) == 1_000_010


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (ZERO_TIME, "0001-01-01T00:00:00Z"),
        (1_709_164_800 * SECOND, "2024-02-29T00:00:00Z"),
        (4_107_542_399 * SECOND + 5, "2100-02-28T23:59:59.000000005Z"),
        (951_827_696_120_000_000, "2000-02-29T12:34:56.12Z"),
    ],
)
def test_times_are_written_in_utc(time: int, text: str) -> None:
    assert rfc3339(time) == text
