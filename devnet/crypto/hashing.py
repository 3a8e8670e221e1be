"""The two digests of the house: SHA-256 everywhere, RIPEMD-160 for account addresses.

OpenSSL 3 hides RIPEMD-160 behind a legacy switch that many systems leave off, so this room
carries its own and takes OpenSSL's where it is there. Both give the same bytes.
"""

import hashlib
from math import isqrt
from struct import pack, unpack

_MASK = 0xFFFFFFFF
_BLOCK = 64
_ROUNDS = 5
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_PERMUTATION = (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8)
# Rotation of message word 0..15 in each round (RIPEMD-160 specification, appendix A).
_SHIFTS = (
    (11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    (12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7),
    (13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9),
    (14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6),
    (15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5),
)


def sha256(data: bytes) -> bytes:
    """SHA-256 of bytes, 32 bytes long."""
    return hashlib.sha256(data).digest()


def ripemd160(data: bytes) -> bytes:
    """RIPEMD-160 of bytes, 20 bytes long."""
    try:
        return hashlib.new("ripemd160", data, usedforsecurity=False).digest()
    except ValueError:  # this OpenSSL does not offer it
        return ripemd160_pure(data)


def _cube_root(value: int) -> int:
    """Whole part of the third root; the constants of the right line are made of such."""
    root = 1 << (value.bit_length() // 3 + 1)
    while (root**3) > value:
        root = (2 * root + value // root**2) // 3
    return root


_LEFT_CONSTANTS = (0, *(isqrt(n << 60) for n in (2, 3, 5, 7)))
_RIGHT_CONSTANTS = (*(_cube_root(n << 90) for n in (2, 3, 5, 7)), 0)


def _orders() -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """Order in which each round reads the message words, left and right line."""
    left, right = [tuple(range(16))], [tuple((9 * i + 5) % 16 for i in range(16))]
    for _ in range(_ROUNDS - 1):
        left.append(tuple(_PERMUTATION[i] for i in left[-1]))
        right.append(tuple(_PERMUTATION[i] for i in right[-1]))
    return tuple(left), tuple(right)


_LEFT_ORDER, _RIGHT_ORDER = _orders()


def _mix(kind: int, x: int, y: int, z: int) -> int:
    match kind:
        case 0:
            return x ^ y ^ z
        case 1:
            return (x & y) | (~x & z)
        case 2:
            return (x | ~y) ^ z
        case 3:
            return (x & z) | (y & ~z)
        case _:
            return x ^ (y | ~z)


def _rotate(value: int, by: int) -> int:
    value &= _MASK
    return (value << by | value >> (32 - by)) & _MASK


def _line(
    state: tuple[int, ...], words: tuple[int, ...], *, right: bool
) -> tuple[int, int, int, int, int]:
    a, b, c, d, e = state
    orders = _RIGHT_ORDER if right else _LEFT_ORDER
    constants = _RIGHT_CONSTANTS if right else _LEFT_CONSTANTS
    for turn in range(_ROUNDS):
        kind = _ROUNDS - 1 - turn if right else turn
        for word in orders[turn]:
            mixed = a + _mix(kind, b, c, d) + words[word] + constants[turn]
            a, e, d, c, b = e, d, _rotate(c, 10), b, _rotate(mixed, _SHIFTS[turn][word]) + e & _MASK
    return a, b, c, d, e


def ripemd160_pure(data: bytes) -> bytes:
    """RIPEMD-160 without OpenSSL (RIPEMD-160 specification, Dobbertin et al.)."""
    padding = b"\x80" + bytes((-len(data) - 9) % _BLOCK) + pack("<Q", 8 * len(data))
    message = data + padding
    h0, h1, h2, h3, h4 = _START
    for at in range(0, len(message), _BLOCK):
        words = unpack("<16I", message[at : at + _BLOCK])
        left = _line((h0, h1, h2, h3, h4), words, right=False)
        right = _line((h0, h1, h2, h3, h4), words, right=True)
        h0, h1, h2, h3, h4 = (
            h1 + left[2] + right[3] & _MASK,
            h2 + left[3] + right[4] & _MASK,
            h3 + left[4] + right[0] & _MASK,
            h4 + left[0] + right[1] & _MASK,
            h0 + left[1] + right[2] & _MASK,
        )
    return pack("<5I", h0, h1, h2, h3, h4)
