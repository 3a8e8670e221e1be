"""Lists, objects and choices on the wire."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import pytest

from devnet.cosmwasm.errors import SchemaError
from devnet.cosmwasm.kinds import kind_of, plain, words_of
from devnet.cosmwasm.shapes import Answer
from devnet.cosmwasm.wire import Uint128
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Height


@dataclass(frozen=True, slots=True)
class Member:
    addr: Address
    weight: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AtHeight:
    value: Height


@dataclass(frozen=True, slots=True)
class Never:
    pass


@dataclass(frozen=True, slots=True)
class AbsoluteCount:
    weight: int


@dataclass(frozen=True, slots=True)
class Blocks:
    value: int
    TAG: ClassVar[str] = "height"


@dataclass(frozen=True, slots=True)
class Tagged:
    tags: list[str] = field(default_factory=list)


Choice = AtHeight | Never | AbsoluteCount | Blocks | Literal["member"]


def check(text: str) -> Address:
    return Address(text)


def resolve(value: object) -> str:
    return f"@{value}"


CASES: list[tuple[Any, Any, Any]] = [
    (list[int], [1, 2], [1, 2]),
    (tuple[int, ...], (1, 2), [1, 2]),
    (dict[str, Uint128], {"a": 1}, {"a": "1"}),
    (int | None, None, None),
    (Member, Member(Address("a"), 1, "x"), {"addr": "a", "weight": 1, "note": "x"}),
    (list[Member], [Member(Address("a"), 1)], [{"addr": "a", "weight": 1, "note": None}]),
    (Choice, AtHeight(Height(5)), {"at_height": 5}),
    (Choice, Never(), {"never": {}}),
    (Choice, AbsoluteCount(3), {"absolute_count": {"weight": 3}}),
    (Choice, Blocks(3), {"height": 3}),
    (Choice, "member", "member"),
    (Choice | None, None, None),
    (Literal["yes", "no"], "yes", "yes"),
]


@pytest.mark.parametrize(
    ("annotation", "value", "json"), CASES, ids=[words_of(c[0]) for c in CASES]
)
def test_a_value_and_its_json_are_one(annotation: Any, value: Any, json: Any) -> None:
    kind = kind_of(annotation)

    assert kind.read(json, check) == value
    assert kind.write(value) == json


WRONG: list[tuple[Any, Any, str, str]] = [
    (list[int], {}, "", "no list of"),
    (list[int], [1, "2"], "[1]", "no whole number"),
    (dict[str, int], {"a": "1"}, "a", "no whole number"),
    (dict[str, int], [], "", "no object"),
    (Member, [], "", "no Member"),
    (Member, {"weight": 1}, "addr", "is missing; expected: address"),
    (Member, {"addr": "a", "weight": "1"}, "weight", "no whole number"),
    (Member, {"addr": "a", "weight": 1, "wait": 1}, "wait", "did you mean weight?"),
    (list[Member], [{"addr": "a"}], "[0].weight", "is missing"),
    (Choice, {"at_hight": 5}, "at_hight", "did you mean at_height?"),
    (Choice, {"at_height": "5"}, "at_height", "no whole number"),
    (Choice, {"never": {}, "at_height": 5}, "", "no choice of"),
    (Choice, "members", "", "did you mean member?"),
    (Choice, 5, "", "no choice of"),
    (Literal["yes", "no"], "yess", "", "did you mean yes?"),
    (Literal["yes", "no"], 5, "", "it is one of yes, no"),
]


@pytest.mark.parametrize(("annotation", "json", "field_name", "words"), WRONG)
def test_the_wrong_place_is_named(annotation: Any, json: Any, field_name: str, words: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        kind_of(annotation).read(json, check)

    assert caught.value.field == field_name
    assert words in caught.value.reason


def test_unknown_fields_of_our_own_values_are_passed_over() -> None:
    read = kind_of(Member).read({"addr": "a", "weight": 1, "new": True}, None)

    assert read == Member(Address("a"), 1)


def test_an_answer_has_its_fields_by_key_and_by_attribute() -> None:
    shown = kind_of(list[Member]).show([{"addr": "a", "weight": 1, "extra": 5}])[0]

    assert isinstance(shown, Answer)
    assert (shown.weight, shown["weight"], shown.extra) == (1, 1, 5)
    assert "weight" in dir(shown)
    with pytest.raises(AttributeError, match=r"did you mean weight\?"):
        _ = shown.wieght


def test_a_choice_is_shown_as_the_object_it_is() -> None:
    assert kind_of(Choice).show({"absolute_count": {"weight": 3}}).absolute_count.weight == 3
    assert kind_of(Choice).show({"at_height": 5}) == {"at_height": 5}
    assert kind_of(dict[str, Uint128]).show({"a": "1"}) == {"a": 1}


def test_people_may_write_mappings_or_dataclasses() -> None:
    kind = kind_of(list[Member])

    assert kind.draft([{"addr": "ann", "weight": "5"}], resolve) == [{"addr": "@ann", "weight": 5}]
    assert kind.draft((Member(Address("a"), 1),), resolve) == [
        {"addr": "a", "weight": 1, "note": None}
    ]
    assert kind_of(Choice).draft(AtHeight(Height(5)), resolve) == {"at_height": 5}
    assert kind_of(Choice).draft({"at_height": "5"}, resolve) == {"at_height": 5}
    assert kind_of(Choice).draft("member", resolve) == "member"
    assert kind_of(int | None).draft(None, resolve) is None


@pytest.mark.parametrize(
    ("annotation", "typed", "place"),
    [
        (list[Member], [{"adr": "ann", "weight": 1}], "[0].adr"),
        (list[Member], [{"addr": "ann"}], "[0].weight"),
        (list[Member], "ann", ""),
        (Member, 5, ""),
        (list[int], 5, ""),
    ],
)
def test_people_are_told_where_they_went_wrong(annotation: Any, typed: Any, place: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        kind_of(annotation).draft(typed, resolve)

    assert caught.value.field == place


def test_a_dataclass_without_declaration_is_spelled_too() -> None:
    assert plain([Member(Address("a"), 1)]) == [{"addr": "a", "weight": 1, "note": None}]


def test_defaults_of_a_dataclass_stand_in() -> None:
    assert kind_of(Tagged).read({}, check) == Tagged([])


@pytest.mark.parametrize(
    "annotation", [object, complex, set[int], dict[int, int], int | str, tuple[int, str], "int"]
)
def test_what_has_no_spelling_is_refused_when_it_is_declared(annotation: Any) -> None:
    with pytest.raises(SchemaError) as caught:
        kind_of(annotation, place="here")

    assert caught.value.place == "here"


def test_an_annotation_is_shown_as_it_is_typed() -> None:
    assert words_of(list[Member] | None) == "list[Member] | None"
    assert words_of(Literal["a", "b"]) == "Literal['a', 'b']"
    assert words_of(tuple[int, ...]) == "tuple[int, ...]"
