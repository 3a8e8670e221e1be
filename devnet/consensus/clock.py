"""The simulated clock: genesis time, a step per block, lost rounds, jumps.

Nobody here looks at a real clock. What the clock shows when a block is precommitted
becomes the time of the block after it. Time-outs are the defaults of CometBFT.
"""

from devnet.consensus.errors import ClockGoesBack
from devnet.primitives.types import SECOND, Timestamp

MILLISECOND = 1_000_000
ZERO_TIME = Timestamp(-62_135_596_800 * SECOND)
"""Midnight of 1 January of the year 1: a time that was never set."""
_ROUND_GROWTH = SECOND // 2
_ROUND_BASE = 3 * SECOND + SECOND + SECOND  # propose, prevote, precommit
_STEPS = 3
_DAY = 86_400


def lost_round(round_: int) -> int:
    """Nanoseconds that a round without a proposal takes: its three time-outs."""
    return _ROUND_BASE + _STEPS * _ROUND_GROWTH * round_


def advance(clock: int, *, block_time_ns: int, lost_rounds: int) -> Timestamp:
    """What the clock shows at the precommits of the next block."""
    waited = sum(map(lost_round, range(lost_rounds)))
    return Timestamp(clock + block_time_ns + waited)


def jump(asked: int, block_time: int) -> Timestamp:
    """Clock moved to a moment at which the present block is still to be precommitted.

    Raises
    ------
    ClockGoesBack
        If the moment is not at least a millisecond after the time of that block.
    """
    earliest = stamp(0, block_time)
    if asked < earliest:
        raise ClockGoesBack(asked=asked, earliest=earliest)
    return Timestamp(asked)


def stamp(clock: int, block_time: int) -> Timestamp:
    """Time a validator writes on its precommit, so that time strictly increases.

    The clock, or a millisecond after the block that is voted on (CometBFT, BFT time).
    """
    return Timestamp(max(clock, block_time + MILLISECOND))


def rfc3339(time: int) -> str:
    """Text of a time in UTC, without trailing zeros in the fraction."""
    seconds, nanos = divmod(time, SECOND)
    days, second = divmod(seconds, _DAY)
    year, month, day = _civil(days)
    fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
    hour, minute = second // 3600, second // 60 % 60
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second % 60:02d}{fraction}Z"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month, day of the Gregorian calendar, of days since 1970.

    Years begin in March here, so that the leap day is the last of its year.
    """
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9  # noqa: PLR2004 - March is 0, January 10
    year = 400 * era + year_of_era + (month <= 2)  # noqa: PLR2004 - January and February
    return year, month, day_of_year - (153 * shifted + 2) // 5 + 1
