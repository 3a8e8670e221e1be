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

_MAY_HOLD_FRACTION = re.compile(rb"[0-9][.eE]|[0-9]{19}")
_OPTIONS = orjson.OPT_SORT_KEYS


def dumps(value: object) -> bytes:
    """Canonical bytes of a JSON value.

    Raises
    ------
    InvalidMessage
        If it holds a fraction, a number beyond 64 bits, or an object of another kind.
    """
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as err:
        raise InvalidMessage("json", f"{err}; use whole numbers, text, lists, objects") from err
    if _MAY_HOLD_FRACTION.search(data):
        _refuse_fractions(value)
    return data


def loads(data: bytes | str) -> Json:
    """Value of JSON bytes, in any spelling.

    Raises
    ------
    InvalidMessage
        If the bytes are no JSON, or hold a fraction or a number beyond 64 bits.
    """
    raw = data.encode() if isinstance(data, str) else data
    try:
        value: Json = orjson.loads(raw)
    except orjson.JSONDecodeError as err:
        raise InvalidMessage("json", f"no JSON: {err}") from err
    if _MAY_HOLD_FRACTION.search(raw):
        _refuse_fractions(value)
    return value


def _refuse_fractions(value: object) -> None:
    """Numbers beyond 64 bits are read as fractions too, so both are caught here."""
    match value:
        case float():
            raise InvalidMessage(
                "json",
                f"{value!r} is no whole number of 64 bits; write fractions and larger"
                " numbers as text",
            )
        case list() | tuple():
            for item in value:
                _refuse_fractions(item)
        case dict():
            for item in value.values():
                _refuse_fractions(item)
        case _:
            pass
