import pytest

from devnet.chain.errors import OutOfGas
from devnet.chain.gas import GasMeter, MeteredStore
from devnet.primitives.types import MAX_UINT64
from devnet.store.kv import MemoryStore


def metered(prefix: bytes = b"") -> tuple[MeteredStore, GasMeter, MemoryStore]:
    below, meter = MemoryStore(), GasMeter(1_000_000)
    return MeteredStore(below, meter, prefix=prefix), meter, below


def test_using_the_whole_limit_is_allowed() -> None:
    meter = GasMeter(10)
    meter.consume(10, "all of it")
    assert (meter.used, meter.remaining, meter.is_exhausted) == (10, 0, False)


def test_one_more_unit_is_out_of_gas_and_says_for_what() -> None:
    meter = GasMeter(10)
    meter.consume(8, "a start")
    with pytest.raises(OutOfGas, match=r"location: the rest; gas wanted: 10, gas used: 11") as err:
        meter.consume(3, "the rest")
    assert (err.value.limit, err.value.used, err.value.code) == (10, 11, 11)
    assert (meter.is_exhausted, meter.excess, meter.remaining) == (True, 1, 0)


def test_running_out_cannot_be_caught_away() -> None:
    meter = GasMeter(1)
    with pytest.raises(OutOfGas):
        meter.consume(2, "too much")
    with pytest.raises(OutOfGas):
        meter.consume(0, "anything")


def test_a_meter_without_limit_only_counts() -> None:
    meter = GasMeter()
    meter.consume(10**12, "a lot")
    assert (meter.limit, meter.used, meter.is_exhausted) == (None, 10**12, False)
    assert meter.remaining == MAX_UINT64 - 10**12


def test_access_costs_what_it_costs_in_the_cosmos_sdk() -> None:
    store, meter, _ = metered(b"s/bank/")
    store.set(b"key", b"value")
    assert meter.used == 2000 + 30 * 8
    store.get(b"key")
    assert meter.used == 2240 + 1000 + 3 * 8
    store.get(b"none")
    assert meter.used == 3264 + 1000 + 3 * 4
    store.delete(b"key")
    assert meter.used == 4276 + 1000


def test_iterating_charges_each_pair_when_it_is_reached() -> None:
    store, meter, _ = metered()
    store.set(b"a", b"1")
    store.set(b"b", b"2")
    before = meter.used
    pairs = store.iterate()
    assert meter.used == before
    assert next(pairs) == (b"a", b"1")
    assert meter.used == before + 3 * 2 + 30
    assert list(pairs) == [(b"b", b"2")]
    assert meter.used == before + 2 * (3 * 2 + 30) + 30


def test_a_write_that_cannot_be_paid_does_not_happen() -> None:
    below = MemoryStore()
    store = MeteredStore(below, GasMeter(2000))
    with pytest.raises(OutOfGas):
        store.set(b"key", b"value")
    assert below.get(b"key") is None


def test_a_part_of_the_store_sees_only_its_own_keys() -> None:
    store, _, below = metered(b"s/bank/")
    below.set(b"s/auth/x", b"other")
    below.set(b"s/bank0", b"other")
    store.set(b"\xff", b"last")
    store.set(b"a", b"first")
    assert list(store.iterate()) == [(b"a", b"first"), (b"\xff", b"last")]
    assert list(store.iterate(reverse=True)) == [(b"\xff", b"last"), (b"a", b"first")]
    assert list(store.iterate(b"a", b"b")) == [(b"a", b"first")]
    assert list(store.iterate_prefix(b"\xff")) == [(b"\xff", b"last")]
    assert below.get(b"s/bank/a") == b"first"
