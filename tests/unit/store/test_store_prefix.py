import pytest

from devnet.store.kv import MemoryStore
from devnet.store.prefix import Prefix, prefix_end


@pytest.mark.parametrize(
    ("prefix", "end"),
    [(b"a", b"b"), (b"a\xff", b"b"), (b"\x00", b"\x01"), (b"\xff\xff", None), (b"", None)],
    ids=repr,
)
def test_the_end_of_a_prefix_is_the_first_key_after_it(prefix: bytes, end: bytes | None) -> None:
    assert prefix_end(prefix) == end


def test_a_prefix_shows_its_own_keys_only() -> None:
    ground = MemoryStore()
    for key in (b"a", b"p", b"p/", b"p/x", b"p/y", b"p0"):
        ground.set(key, b"v" + key)
    store = Prefix(ground, b"p/")
    assert list(store.iterate()) == [(b"", b"vp/"), (b"x", b"vp/x"), (b"y", b"vp/y")]
    assert list(store.iterate(b"x", reverse=True)) == [(b"y", b"vp/y"), (b"x", b"vp/x")]
    assert list(store.iterate(end=b"y")) == [(b"", b"vp/"), (b"x", b"vp/x")]
    assert list(store.iterate(b"x", b"y")) == [(b"x", b"vp/x")]
    store.delete(b"x")
    store.set(b"z", b"1")
    assert ground.get(b"p/x") is None
    assert ground.get(b"p/z") == b"1" == store.get(b"z")


def test_a_prefix_of_last_bytes_reaches_to_the_end() -> None:
    ground = MemoryStore()
    for key in (b"\xfe", b"\xff", b"\xff\xff"):
        ground.set(key, b"1")
    assert [key for key, _ in Prefix(ground, b"\xff").iterate()] == [b"", b"\xff"]


def test_a_prefix_in_a_prefix_stands_on_the_ground() -> None:
    ground = MemoryStore()
    inner = Prefix(Prefix(ground, b"s/"), b"bank/")
    inner.set(b"x", b"1")
    assert ground.get(b"s/bank/x") == b"1"
    assert inner.prefix == b"s/bank/"
