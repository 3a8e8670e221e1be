import pytest

from devnet.cosmwasm.errors import Refuse
from devnet.crypto.addresses import to_bech32
from devnet.vm.host_api import HostApi

API = HostApi("tgrade")
ANN = to_bech32("tgrade", b"\1" * 20)


def test_an_address_in_its_normal_form_is_valid() -> None:
    assert API.addr_validate(ANN) == ANN
    assert API.addr_canonicalize(ANN) == b"\1" * 20
    assert API.addr_humanize(b"\1" * 20) == ANN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "addr_validate errored: Input is empty"),
        (ANN.upper(), "addr_validate errored: "),
        ("nonsense", "addr_validate errored: 'nonsense' is no address"),
        (to_bech32("wasm", b"\1" * 20), "addresses here begin with tgrade1"),
    ],
)
def test_other_texts_are_refused_in_the_words_of_the_library(text: str, words: str) -> None:
    with pytest.raises(Refuse, match=f"Generic error: .*{words}" if text else words):
        API.addr_validate(text)


def test_bytes_that_are_no_address_are_refused() -> None:
    with pytest.raises(Refuse, match="addr_humanize errored"):
        API.addr_humanize(b"")
    with pytest.raises(Refuse, match="addr_canonicalize errored"):
        API.addr_canonicalize("nonsense")
