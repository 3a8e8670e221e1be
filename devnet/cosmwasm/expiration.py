"""When something ends: at a height, at a time, or never; and how long it lasts.

A height or time has passed as soon as the block reaches it (cosmwasm reference,
section 5, Expiration and Duration).
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from devnet.cosmwasm.deps import BlockInfo
from devnet.primitives.types import SECOND, Height, Timestamp


@dataclass(frozen=True, slots=True)
class AtHeight:
    """Ends with the block of this height."""

    value: Height


@dataclass(frozen=True, slots=True)
class AtTime:
    """Ends with the first block at or after this time, in nanoseconds."""

    value: Timestamp


@dataclass(frozen=True, slots=True)
class Never:
    """Does not end."""


Expiration: TypeAlias = AtHeight | AtTime | Never


@dataclass(frozen=True, slots=True)
class Blocks:
    """A duration in blocks."""

    value: int
    TAG: ClassVar[str] = "height"


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration in seconds of block time."""

    value: int
    TAG: ClassVar[str] = "time"


Duration: TypeAlias = Blocks | Seconds


def is_expired(expires: Expiration, block: BlockInfo) -> bool:
    """Whether the block has reached it."""
    match expires:
        case AtHeight(height):
            return block.height >= height
        case AtTime(time):
            return block.time >= time
        case Never():
            return False


def after(duration: Duration, block: BlockInfo) -> Expiration:
    """The end of a duration that begins with this block."""
    match duration:
        case Blocks(blocks):
            return AtHeight(Height(block.height + blocks))
        case Seconds(seconds):
            return AtTime(Timestamp(block.time + seconds * SECOND))


def earlier(first: Expiration, second: Expiration) -> Expiration | None:
    """The one that comes first, never last of all; ``None`` for a height against a time."""
    match first, second:
        case AtHeight(a), AtHeight(b):
            return first if a <= b else second
        case AtTime(c), AtTime(d):
            return first if c <= d else second
        case Never(), _:
            return second
        case _, Never():
            return first
        case _:
            return None
