import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.crypto.addresses import (
    account_address,
    consensus_address,
    from_bech32,
    parse_address,
    predictable_address,
    to_bech32,
)
from devnet.crypto.errors import CryptoError, InvalidAddress, InvalidKey
from devnet.primitives.errors import InvalidMessage, TxError

TWENTY = bytes(range(20))


@given(raw=st.binary(min_size=1, max_size=255), prefix=st.sampled_from(["tgrade", "a", "x1y"]))
def test_bech32_round_trips(raw: bytes, prefix: str) -> None:
    assert from_bech32(to_bech32(prefix, raw), prefix) == raw


def test_upper_case_is_one_address_with_its_lower_case() -> None:
    text = to_bech32("tgrade", TWENTY)
    assert parse_address(text.upper(), "tgrade", field="to") == text
    assert from_bech32(text.upper(), "tgrade") == TWENTY


def test_an_address_of_another_chain_names_both_prefixes() -> None:
    with pytest.raises(InvalidAddress, match=r"cosmos\.\.\., addresses here begin with tgrade1"):
        from_bech32(to_bech32("cosmos", TWENTY), "tgrade")


@pytest.mark.parametrize("value", [None, 7, b"tgrade1", "", "ana", "tgrade1" + "q" * 38])
def test_parsing_names_the_field(value: object) -> None:
    with pytest.raises(InvalidAddress, match=r"^recipient: ") as caught:
        parse_address(value, "tgrade", field="recipient")
    assert caught.value.field == "recipient"
    assert caught.value.text == value
    assert caught.value.reason


def test_a_bad_address_in_a_transaction_fails_only_that() -> None:
    assert issubclass(InvalidAddress, TxError)
    assert issubclass(InvalidAddress, CryptoError)
    assert (InvalidAddress.codespace, InvalidAddress.code) == ("sdk", 7)


def test_no_bytes_or_too_many_are_no_address() -> None:
    for size in (0, 256):
        with pytest.raises(InvalidAddress, match=f"{size} bytes"):
            to_bech32("tgrade", bytes(size))


def test_keys_of_odd_length_have_no_address() -> None:
    with pytest.raises(InvalidKey):
        account_address(bytes(32))
    with pytest.raises(InvalidKey):
        consensus_address(bytes(33))


@pytest.mark.parametrize("salt", [b"", bytes(65)], ids=["empty", "65 bytes"])
def test_a_salt_has_1_to_64_bytes(salt: bytes) -> None:
    with pytest.raises(InvalidMessage, match="salt"):
        predictable_address(bytes(32), TWENTY, salt)
    with pytest.raises(InvalidMessage, match="checksum"):
        predictable_address(bytes(31), TWENTY, b"a")
