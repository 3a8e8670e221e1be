"""The hash tree over a list (RFC 6962): headers, commits, transactions and app hashes.

Leaves and inner nodes are hashed with different first bytes, so that neither can pass
for the other: ``leaf = H(00 | item)``, ``inner = H(01 | left | right)``.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""Root of a tree without leaves."""


def split_point(count: int) -> int:
    """Largest power of two below ``count``, the size of the left side (RFC 6962)."""
    return 1 << (count - 1).bit_length() - 1


def list_root(items: Sequence[bytes]) -> bytes:
    """Root of a list (RFC 6962, section 2.1; CometBFT crypto/merkle)."""
    level = [sha256(b"\0" + item).digest() for item in items]
    if not level:
        return EMPTY
    # Joining neighbours and carrying an odd last one up gives the same tree as splitting.
    while len(level) > 1:
        joined = [
            sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            joined.append(level[-1])
        level = joined
    return level[0]


def list_proof(items: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Roots beside the way from an item to the top, lowest first (RFC 6962, audit path)."""
    if len(items) == 1:
        return ()
    split = split_point(len(items))
    if index < split:
        return (*list_proof(items[:split], index), list_root(items[split:]))
    return (*list_proof(items[split:], index - split), list_root(items[:split]))


def verify_list(
    root: bytes, item: bytes, *, index: int, total: int, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows the item at this index of a list of ``total`` items."""
    if not 0 <= index < total:
        return False
    on_left: list[bool] = []
    while total > 1:
        split = split_point(total)
        on_left.append(index < split)
        index, total = (index, split) if index < split else (index - split, total - split)
    if len(proof) != len(on_left):
        return False
    current = sha256(b"\0" + item).digest()
    for beside, left in zip(proof, reversed(on_left), strict=True):
        pair = current + beside if left else beside + current
        current = sha256(b"\1" + pair).digest()
    return current == root
