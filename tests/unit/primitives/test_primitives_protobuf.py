from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import decode, encode, field, length_prefixed, varint


@dataclass(frozen=True, slots=True)
class Inner:
    name: str = field(1, "string")


@dataclass(frozen=True, slots=True)
class Everything:
    # The order of the arguments is not that of the numbers.
    payload: bytes = field(7, "bytes")
    count: int = field(1, "uint64")
    change: int = field(2, "int64")
    stamp: int = field(3, "sfixed64")
    flag: bool = field(4, "bool")
    name: str = field(5, "string")
    inner: Inner | None = field(6, Inner)  # noqa: RUF009 - describes, as all here
    many: tuple[Inner, ...] = field(8, Inner, repeated=True)
    texts: tuple[str, ...] = field(300, "string", repeated=True)
    shown: int = field(301, "uint64", always=True)


def everything() -> st.SearchStrategy[Everything]:
    inner = st.builds(Inner, st.text())
    return st.builds(
        Everything,
        payload=st.binary(max_size=300),
        count=st.integers(0, 2**64 - 1),
        change=st.integers(-(2**63), 2**63 - 1),
        stamp=st.integers(-(2**63), 2**63 - 1),
        flag=st.booleans(),
        name=st.text(),
        inner=st.none() | inner,
        many=st.lists(inner, max_size=3).map(tuple),
        texts=st.lists(st.text(), max_size=3).map(tuple),
        shown=st.integers(0, 2**64 - 1),
    )


@given(everything())
def test_what_was_encoded_decodes_to_the_same_message(message: Everything) -> None:
    assert decode(Everything, encode(message)) == message


@given(everything(), st.data())
def test_bytes_that_are_cut_off_are_refused_or_read_as_fewer_fields(
    message: Everything, data: st.DataObject
) -> None:
    whole = encode(message)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        decode(Everything, cut)
    except InvalidMessage:
        return
    assert whole.startswith(cut)


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (Inner("ana"), "0a03616e61"),
        (Everything(count=300), "08ac02e81200"),
        (Everything(change=-1), "10ffffffffffffffffff01e81200"),
        (Everything(stamp=-1), "19ffffffffffffffffe81200"),
        (Everything(flag=True), "2001e81200"),
        (Everything(inner=Inner()), "3200e81200"),
        (Everything(many=(Inner(), Inner("b"))), "420042030a0162e81200"),
        (Everything(texts=("a",)), "e2120161e81200"),
    ],
    ids=["text", "varint", "negative", "fixed", "bool", "empty message", "repeated", "long tag"],
)
def test_the_wire_form_is_that_of_proto3(message: object, wire: str) -> None:
    assert encode(message).hex() == wire
    assert decode(type(message), bytes.fromhex(wire)) == message


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        ("0a05616e61", "cut off"),
        ("0a", "no such protobuf message"),
        ("0a02ffff", "no such protobuf message"),
        ("1201", "unknown field number 2"),
        ("0803", "Inner.name: wire type 0 is not 2"),
        ("0a" + "ff" * 11, "longer than ten bytes"),
        ("0a" + "ff" * 9 + "02", "more than 64 bits"),
    ],
    ids=["value", "length", "utf-8", "unknown", "wire type", "varint", "65 bits"],
)
def test_broken_bytes_are_refused_and_the_error_says_why(wire: str, said: str) -> None:
    with pytest.raises(InvalidMessage, match=said):
        decode(Inner, bytes.fromhex(wire))


def test_a_scalar_that_stands_twice_counts_once_the_last_time() -> None:
    assert decode(Inner, bytes.fromhex("0a01610a0162")) == Inner("b")


@pytest.mark.parametrize(
    "message",
    [
        Everything(count=-1),
        Everything(count=2**64),
        Everything(change=-(2**63) - 1),
        Everything(stamp=2**63),
        Everything(name="\ud800"),
    ],
    ids=["negative", "65 bits", "below int64", "beyond sfixed64", "no Unicode"],
)
def test_what_does_not_fit_its_kind_is_refused_and_never_wrapped(message: Everything) -> None:
    with pytest.raises(InvalidMessage):
        encode(message)


def test_an_unknown_kind_is_a_bug_found_at_first_use() -> None:
    @dataclass(frozen=True, slots=True)
    class Odd:
        value: int = field(1, "uint7")

    with pytest.raises(TypeError, match="uint7"):
        encode(Odd())


@pytest.mark.parametrize("size", [0, 1, 127, 128, 300, 20_000])
def test_a_length_is_a_varint(size: int) -> None:
    assert length_prefixed(bytes(size)) == varint(size) + bytes(size)


def test_a_message_that_checks_itself_does_so_when_decoded() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str = field(1, "string")

        def __post_init__(self) -> None:
            if self.name != "ana":
                raise InvalidMessage("name", "ana only")

    assert decode(Checked, bytes.fromhex("0a03616e61")) == Checked("ana")
    with pytest.raises(InvalidMessage, match="ana only"):
        decode(Checked, bytes.fromhex("0a0162"))


def test_a_message_without_slots_is_decoded_too() -> None:
    @dataclass(frozen=True)
    class Plain:
        name: str = field(1, "string")

    assert decode(Plain, bytes.fromhex("0a03616e61")) == Plain("ana")
