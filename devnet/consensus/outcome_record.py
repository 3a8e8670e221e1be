"""What came of a block, as bytes: results, events, validator updates.

A block of many transactions is mostly the texts of its events, so all of it is laid out
flat: counts, sizes of the texts in characters, what is no text, and last the texts
themselves, one after the other. Nothing here enters a hash.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from struct import Struct, pack, unpack_from
from typing import NamedTuple

from devnet.abci import Attribute, Event, TxResult, ValidatorUpdate
from devnet.primitives.types import Power

_SIZES = Struct("<III")
_COUNT = 4
_GAS = Struct("<QQ")
_UPDATE = Struct("<32sQ")


class Outcome(NamedTuple):
    """What executing a block gave, as far as it is kept."""

    results: tuple[TxResult, ...] = ()
    begin_events: tuple[Event, ...] = ()
    end_events: tuple[Event, ...] = ()
    validator_updates: tuple[ValidatorUpdate, ...] = ()


def encode_outcome(outcome: Outcome) -> bytes:
    """Bytes of an outcome; none where there is nothing."""
    if not any(outcome):
        return b""
    counts, texts, others = [len(outcome.results)], list[str](), list[bytes]()
    for result in outcome.results:
        counts += (result.code, len(result.data))
        texts += (result.log, result.codespace)
        others += (_GAS.pack(result.gas_wanted, result.gas_used), result.data)
        _add_events(result.events, counts, texts)
    _add_events(outcome.begin_events, counts, texts)
    _add_events(outcome.end_events, counts, texts)
    others += [_UPDATE.pack(update.pub_key, update.power) for update in outcome.validator_updates]
    other = b"".join(others)
    return b"".join(
        (
            _SIZES.pack(len(counts), len(texts), len(other)),
            pack(f"<{len(counts)}I", *counts),
            pack(f"<{len(texts)}I", *map(len, texts)),
            other,
            "".join(texts).encode(),
        )
    )


def decode_outcome(data: bytes) -> Outcome:
    """Outcome of its bytes."""
    if not data:
        return Outcome()
    count, text_count, other_size = _SIZES.unpack_from(data)
    counts: Iterator[int] = iter(unpack_from(f"<{count}I", data, _SIZES.size))
    sizes_at = _SIZES.size + _COUNT * count
    at = sizes_at + _COUNT * text_count
    end = at + other_size
    texts = _cut(data[end:].decode(), unpack_from(f"<{text_count}I", data, sizes_at))
    results = []
    for _ in range(next(counts)):
        code, size = islice(counts, 2)
        log, codespace = islice(texts, 2)
        wanted, used = _GAS.unpack_from(data, at)
        at += _GAS.size + size
        answer = data[at - size : at]
        events = _take_events(counts, texts)
        results.append(TxResult(code, answer, log, wanted, used, events, codespace))
    return Outcome(
        tuple(results),
        _take_events(counts, texts),
        _take_events(counts, texts),
        tuple(ValidatorUpdate(k, Power(power)) for k, power in _UPDATE.iter_unpack(data[at:end])),
    )


def _add_events(events: Sequence[Event], counts: list[int], texts: list[str]) -> None:
    counts.append(len(events))
    add = texts.append
    for event in events:
        facts = event.attributes
        counts.append(len(facts))
        add(event.type)
        for fact in facts:
            add(fact.key)
            add(fact.value)


def _take_events(counts: Iterator[int], texts: Iterator[str]) -> tuple[Event, ...]:
    return tuple(
        Event(next(texts), tuple(Attribute(next(texts), next(texts)) for _ in range(facts)))
        for facts in list(islice(counts, next(counts)))
    )


def _cut(text: str, sizes: Sequence[int]) -> Iterator[str]:
    at = 0
    for size in sizes:
        yield text[at : at + size]
        at += size
