import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.crypto import ed25519, hashing, secp256k1
from devnet.crypto.addresses import consensus_address
from devnet.crypto.errors import InvalidKey
from devnet.crypto.keys import KeyPair, Keyring

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def test_the_same_seed_and_name_give_the_same_keys() -> None:
    one, two = Keyring(7), Keyring(7)
    assert one.account("ana") == two.account("ana")
    assert one.consensus("ana").private_key == two.consensus("ana").private_key


def test_seeds_names_and_purposes_all_make_other_keys() -> None:
    secrets = {
        *(Keyring(seed).account(name).secret for seed in (1, 11) for name in ("1/a", "a", "/a")),
        *(Keyring(seed).consensus(name).private_key[:32] for seed in (1, 11) for name in ("a",)),
    }
    assert len(secrets) == 8


def test_a_keyring_finds_who_is_behind_an_address() -> None:
    keyring = Keyring(7)
    ana, key = keyring.account("ana"), keyring.consensus("ben")
    address = consensus_address(key.public_key)
    assert keyring.find_account(ana.raw_address) == "ana"
    assert keyring.find_consensus(address) == ("ben", key)
    assert Keyring(7).find_account(ana.raw_address) is None
    assert Keyring(7).find_consensus(address) is None
    assert keyring.names() == ("ana", "ben")


def test_secrets_do_not_show_in_a_display() -> None:
    assert Keyring(7).account("ana").secret.hex() not in repr(Keyring(7).account("ana"))
    assert repr(Keyring(7).account("ana").secret) not in repr(Keyring(7).account("ana"))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_of_odd_length_are_refused(size: int) -> None:
    with pytest.raises(InvalidKey, match=f"{size} bytes"):
        ed25519.SigningKey.from_seed(bytes(size))
    with pytest.raises(InvalidKey, match=f"{size} bytes"):
        secp256k1.PrivateKey.from_secret(bytes(size))


@pytest.mark.parametrize("number", [0, ORDER, 2**256 - 1])
def test_a_secret_outside_the_curve_is_refused(number: int) -> None:
    with pytest.raises(InvalidKey, match="order of the curve"):
        KeyPair.of("ana", secret=number.to_bytes(32))


@given(message=st.binary(max_size=200), spoiled=st.integers(0, 8 * 64 - 1))
def test_an_ed25519_signature_holds_for_its_message_only(message: bytes, spoiled: int) -> None:
    key = Keyring(7).consensus("ana")
    signature = key.sign(message)
    assert ed25519.verify(key.public_key, message, signature)
    assert not ed25519.verify(key.public_key, message + b"!", signature)
    assert not ed25519.verify(key.public_key, message, _flip(signature, spoiled))
    assert not ed25519.verify(Keyring(8).consensus("ana").public_key, message, signature)


@given(message=st.binary(max_size=200), spoiled=st.integers(0, 8 * 64 - 1))
def test_a_secp256k1_signature_holds_for_its_message_only(message: bytes, spoiled: int) -> None:
    key = Keyring(7).account("ana")
    signature = key.sign(message)
    assert secp256k1.verify(key.public_key, message, signature)
    assert not secp256k1.verify(key.public_key, message + b"!", signature)
    assert not secp256k1.verify(key.public_key, message, _flip(signature, spoiled))
    assert not secp256k1.verify(Keyring(8).account("ana").public_key, message, signature)


def test_the_high_s_twin_of_a_signature_is_refused() -> None:
    key = Keyring(7).account("ana")
    signature = key.sign(b"pay ben")
    s = int.from_bytes(signature[32:])
    twin = signature[:32] + (ORDER - s).to_bytes(32)
    assert 2 * s < ORDER
    assert secp256k1.verify(key.public_key, b"pay ben", signature)
    assert not secp256k1.verify(key.public_key, b"pay ben", twin)


def test_signatures_and_keys_of_odd_length_verify_nothing() -> None:
    ana, val = Keyring(7).account("ana"), Keyring(7).consensus("ana")
    for cut in (0, 63):
        assert not ed25519.verify(val.public_key, b"x", val.sign(b"x")[:cut])
        assert not secp256k1.verify(ana.public_key, b"x", ana.sign(b"x")[:cut])
    assert not ed25519.verify(val.public_key, b"x", val.sign(b"x") + b"\0")
    assert not ed25519.verify(val.public_key[:31], b"x", val.sign(b"x"))
    assert not secp256k1.verify(bytes(33), b"x", ana.sign(b"x"))
    assert not secp256k1.verify(ana.public_key, b"x", b"\xff" * 64)


def test_ripemd160_needs_no_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = hashing.ripemd160(b"abc")

    def missing(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr("hashlib.new", missing)
    assert hashing.ripemd160(b"abc") == expected == hashing.ripemd160_pure(b"abc")


def test_a_million_letters_have_the_published_ripemd160() -> None:
    digest = "52783243c1697bdbe16d37f97f68f08325dc1528"
    assert hashing.ripemd160(b"a" * 1_000_000).hex() == digest
    digest = "9b752e45573d4b39f4dbd3323cab82bf63326bfb"
    assert hashing.ripemd160_pure(b"1234567890" * 8).hex() == digest


@given(data=st.binary(max_size=300))
def test_both_ripemd160_agree(data: bytes) -> None:
    assert hashing.ripemd160(data) == hashing.ripemd160_pure(data)


def _flip(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))
