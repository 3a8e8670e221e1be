"""The only JSON below ``live``: sorted keys, no spaces, whole numbers, one spelling.

Equal values have equal bytes on every machine, so what is stored, hashed or signed may
be compared byte for byte. Numbers are whole and fit 64 bits; larger ones (uint128)
travel as text, as in CosmWasm. Fractions are refused in both directions.
"""

import re
from typing import TypeAlias

import orjson

from devnet.primitives.errors import InvalidMessage

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

# A number that is no whole one of 64 bits: with a fraction or an exponent, or too long.
_MAY_HOLD_FRACTION = re.compile(rb"(?:^|[:,\[\s])(?:-?[0-9]+[.eE]|[0-9]{20}|-[0-9]{19})")
# Nearly all bytes hold no such run of characters at all, and that is quicker to see.
_QUICK = re.compile(rb"[0-9](?:[.eE]|[0-9]{18})")
_DEEPEST = 128
"""Lists and objects inside one another; Rust contracts read about as deep (serde_json)."""
# Dataclasses and dates are no JSON here, though the library would write them.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def dumps(value: object) -> bytes:
    """Canonical bytes of a JSON value.

    Raises
    ------
    InvalidMessage
        If it holds a fraction, a number beyond 64 bits, or an object of another kind, or
        is nested deeper than 128.
    """
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as err:
        raise InvalidMessage("json", f"{err}; use whole numbers, text, lists, objects") from err
    # "no number" and the infinities are written as null.
    if _is_suspect(data) or b"null" in data:
        _check(value)
    return data


def loads(data: bytes | str) -> Json:
    """Value of JSON bytes, in any spelling.

    Raises
    ------
    InvalidMessage
        If the bytes are no JSON, hold a fraction or a number beyond 64 bits, or are nested
        deeper than 128.
    """
    try:
        raw = data.encode() if isinstance(data, str) else data
        value: Json = orjson.loads(raw)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as err:
        raise InvalidMessage("json", f"no JSON: {err}") from err
    if _is_suspect(raw):
        _check(value)
    return value


def _is_suspect(data: bytes) -> bool:
    """Whether the bytes could break a rule, so that the value must be walked through."""
    if len(data) > _DEEPEST and data.count(b"[") + data.count(b"{") > _DEEPEST:
        return True
    return _QUICK.search(data) is not None and _MAY_HOLD_FRACTION.search(data) is not None


def _check(value: object) -> None:
    """Refuse fractions, and numbers beyond 64 bits, which are read as such; and depth.

    Level by level, since what is nested too deep for us is too deep for a recursion.
    """
    level = [value]
    for _ in range(_DEEPEST + 1):
        below: list[object] = []
        for item in level:
            match item:
                case float():
                    raise InvalidMessage(
                        "json",
                        f"{item!r} is no whole number of 64 bits; write fractions and larger"
                        " numbers as text",
                    )
                case list() | tuple():
                    below.extend(item)
                case dict():
                    below.extend(item.values())
                case _:
                    pass
        if not below:
            return
        level = below
    raise InvalidMessage("json", f"lists and objects are nested deeper than {_DEEPEST}")
