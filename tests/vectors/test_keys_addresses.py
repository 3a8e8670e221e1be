from collections.abc import Callable, Iterator
from typing import Any

import pytest

from devnet.crypto import ed25519, secp256k1
from devnet.crypto.addresses import (
    account_address,
    consensus_address,
    contract_address,
    derived_address,
    from_bech32,
    module_address,
    module_derived_address,
    predictable_address,
    to_bech32,
)
from devnet.crypto.errors import InvalidAddress
from devnet.crypto.hashing import ripemd160, ripemd160_pure, sha256

Vectors = Callable[[str], Any]


@pytest.fixture(scope="module")
def keys(vectors: Vectors) -> Any:
    return vectors("consensus")["keys_addresses"]


def test_consensus_addresses_follow_from_their_keys(keys: Any) -> None:
    for case in keys["ed25519_address"]:
        address = consensus_address(bytes.fromhex(case["pub_key"]))
        assert address.hex() == case["address"], case["desc"]
        assert address.hex().upper() == case["address_upper"]
        assert to_bech32("cosmosvalcons", address) == case["valcons_cosmos"]
        assert to_bech32("tgrade", address) == case["valcons_tgrade_single_prefix"]


def test_ed25519_keys_follow_from_their_seeds(keys: Any) -> None:
    cases = [case for case in keys["ed25519_address"] if "seed" in case]
    assert cases
    for case in cases:
        key = ed25519.SigningKey.from_seed(bytes.fromhex(case["seed"]))
        assert key.public_key.hex() == case["pub_key"], case["desc"]
        assert key.private_key.hex() == case["priv_key_64"]
        if "name" in case:
            assert sha256(case["name"].encode()).hex() == case["seed"]


def test_the_empty_message_has_the_published_signature(keys: Any) -> None:
    (case,) = [c for c in keys["ed25519_address"] if "signature_of_empty_message" in c]
    key = ed25519.SigningKey.from_seed(bytes.fromhex(case["seed"]))
    assert key.sign(b"").hex() == case["signature_of_empty_message"]
    assert ed25519.verify(key.public_key, b"", key.sign(b""))


def test_devnet_keys_stand_in_address_order(keys: Any) -> None:
    addresses = {
        case["name"]: consensus_address(bytes.fromhex(case["pub_key"]))
        for case in keys["ed25519_address"]
        if "name" in case
    }
    assert sorted(addresses, key=addresses.__getitem__) == keys["devnet_address_order"]["order"]


def test_addresses_are_truncated_sha256(keys: Any) -> None:
    for case in keys["truncated_hash"]:
        assert module_address(case["input_text"]).hex() == case["address"], case["desc"]


def test_bech32_goes_both_ways(keys: Any) -> None:
    for case in keys["bech32"]:
        raw = bytes.fromhex(case["data"])
        assert to_bech32(case["hrp"], raw) == case["text"], case["desc"]
        assert from_bech32(case["text"], case["hrp"]) == raw


def test_bad_bech32_is_refused_under_every_prefix(keys: Any) -> None:
    for case in keys["bech32_invalid"]:
        for prefix in ("cosmos", "tgrade", "hello"):
            with pytest.raises(InvalidAddress):
                from_bech32(case["text"], prefix)


def test_account_addresses_follow_from_their_keys(keys: Any) -> None:
    for case in keys["secp256k1_account"]:
        key = secp256k1.PrivateKey.from_secret(bytes.fromhex(case["priv_key"]))
        address = account_address(key.public_key)
        assert key.public_key.hex() == case["pub_key"], case["desc"]
        assert address.hex() == case["address"]
        assert to_bech32("cosmos", address) == case["bech32_cosmos"]
        assert to_bech32("tgrade", address) == case["bech32_tgrade"]


def test_ripemd160_equals_its_specification_with_and_without_openssl(keys: Any) -> None:
    for case in keys["ripemd160_check"]:
        data = bytes.fromhex(case["input"])
        assert ripemd160(data).hex() == case["digest"], case["desc"]
        assert ripemd160_pure(data).hex() == case["digest"]


def test_module_accounts_follow_from_their_names(keys: Any) -> None:
    for case in keys["module_account"]:
        address = module_address(case["name"])
        assert address.hex() == case["address"], case["desc"]
        assert to_bech32("cosmos", address) == case["bech32_cosmos"]
        assert to_bech32("tgrade", address) == case["bech32_tgrade"]


def test_derived_addresses_follow_adr_028(keys: Any) -> None:
    for case in keys["module_derived_adr028"]:
        key = bytes.fromhex(case["key"])
        if "module" in case:
            address = module_derived_address(case["module"], key)
        else:
            type_text = case.get("type_text") or bytes.fromhex(case["parent"]).decode()
            address = derived_address(type_text, key)
        assert address.hex() == case["address"], case["desc"]


def _texts(case: dict[str, str]) -> Iterator[tuple[str, str]]:
    if "bech32" in case:
        yield "purple", case["bech32"]
    for prefix in ("cosmos", "tgrade", "wasm"):
        if text := case.get(f"bech32_{prefix}"):
            yield prefix, text


def test_classic_contract_addresses_follow_from_two_counters(keys: Any) -> None:
    for case in keys["wasm_contract_classic"]:
        address = contract_address(case["code_id"], case["instance_id"])
        assert address.hex() == case["address"], case["desc"]
        texts = list(_texts(case))
        assert texts
        for prefix, text in texts:
            assert to_bech32(prefix, address) == text


def test_predictable_contract_addresses_follow_from_code_creator_and_salt(keys: Any) -> None:
    for case in keys["wasm_contract_instantiate2"]:
        creator = from_bech32(case["creator"], "purple")
        assert creator.hex() == case["creator_bytes"]
        address = predictable_address(
            bytes.fromhex(case["checksum"]),
            creator,
            bytes.fromhex(case["salt"]),
            (case["msg"] or "").encode(),
        )
        assert address.hex() == case["address"], case["desc"]
        assert to_bech32("purple", address) == case["bech32"]


def test_a_code_checksum_is_the_hash_of_its_bytes(keys: Any) -> None:
    cases = [case for case in keys["code_checksum"] if "wasm" in case]
    assert cases
    for case in cases:
        assert sha256(bytes.fromhex(case["wasm"])).hex() == case["checksum"], case["desc"]
