from collections.abc import Callable
from typing import Any

import pytest

from devnet.crypto.hashing import sha256
from devnet.store.merkle import list_root, split_point

Vectors = Callable[[str], Any]


@pytest.fixture(scope="module")
def section(vectors: Vectors) -> Any:
    return vectors("consensus")["quorum_time_header"]


def test_list_roots_are_those_of_cometbft(section: Any) -> None:
    assert section["merkle"]
    for case in section["merkle"]:
        items = [bytes.fromhex(item) for item in case["items"]]
        assert list_root(items).hex() == case["root"], case["desc"]


def test_lists_are_split_as_in_cometbft(section: Any) -> None:
    assert section["split_point"]
    for case in section["split_point"]:
        assert split_point(case["n"]) == case["left"], case["desc"]


def test_transaction_hashes_make_the_data_hash(section: Any) -> None:
    assert section["tx_hashes"]
    for case in section["tx_hashes"]:
        hashes = [sha256(bytes.fromhex(tx)) for tx in case["txs"]]
        assert list_root(hashes).hex() == case["data_hash"], case["desc"]
