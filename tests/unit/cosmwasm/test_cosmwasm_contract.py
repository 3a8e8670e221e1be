"""From decorated methods to a schema, and what a schema does for a person."""

from typing import Any

import pytest

from devnet.cosmwasm.contract import (
    Contract,
    execute,
    instantiate,
    migrate,
    query,
    reply,
    schema_of,
    sudo,
)
from devnet.cosmwasm.errors import SchemaError
from devnet.cosmwasm.messages import Response
from devnet.cosmwasm.schema import REQUIRED, show
from devnet.cosmwasm.wire import Uint128
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Coin


class Base(Contract):
    @instantiate
    def open(self, deps, env, info, admin: Address | None, start: Uint128 = 5) -> None:  # type: ignore[no-untyped-def, assignment]
        """Begin."""

    @execute
    def go(self, deps, env, info, *, to: Address, amount: Uint128) -> Response:  # type: ignore[no-untyped-def, empty-body]
        """Go somewhere."""


class Probe(Base):
    """A contract."""

    @execute(name="execute")
    def run(self, deps, env, info) -> dict[str, str]: ...  # type: ignore[no-untyped-def, empty-body]

    @query(name="go")
    def where(self, deps, env) -> Coin: ...  # type: ignore[no-untyped-def, empty-body]

    @query
    def untyped(self, deps, env, x): ...  # type: ignore[no-untyped-def]

    @sudo
    def tick(self, deps, env) -> None: ...  # type: ignore[no-untyped-def]

    @reply
    def hear(self, deps, env, reply) -> None: ...  # type: ignore[no-untyped-def]

    @migrate
    def change(self, deps, env, to: int) -> None: ...  # type: ignore[no-untyped-def]


SCHEMA = schema_of(Probe)


def resolve(value: object) -> str:
    return f"@{value}"


def test_methods_are_messages_by_their_wire_names() -> None:
    assert SCHEMA.name == "Probe"
    assert SCHEMA.doc == "A contract."
    assert SCHEMA.names("execute") == ("go", "execute")
    assert SCHEMA.names("query") == ("go", "untyped")
    assert SCHEMA.message("query", "go").function == "where"
    assert SCHEMA.message("instantiate").doc == "Begin."
    assert SCHEMA.message("reply").arguments == ()
    assert str(SCHEMA.message("migrate")) == "migrate(to: int)"


def test_arguments_say_what_they_are() -> None:
    admin, start = SCHEMA.message("instantiate").arguments

    assert (admin.name, admin.annotation, admin.is_required) == ("admin", "Address | None", False)
    assert admin.default is REQUIRED
    assert (start.default, start.is_required, str(start)) == (5, False, "start: Uint128 = 5")


def test_typed_arguments_become_a_message() -> None:
    assert SCHEMA.build("execute", "go", {"to": "ann", "amount": 5}, resolve) == {
        "go": {"to": "@ann", "amount": "5"}
    }
    assert SCHEMA.build("instantiate", "", {}, resolve) == {}
    assert SCHEMA.build("migrate", "", {"to": 2}, resolve) == {"to": 2}


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("goo", {}, "goo: Probe has no such execute message; did you mean go?"),
        ("go", {"to": "ann"}, "go.amount: is missing; expected: whole number of 128 bits"),
        ("go", {"to": "ann", "amount": 5, "form": 1}, "go.form: is no field of it"),
        ("go", {"to": "ann", "amount": "x"}, "go.amount: 'x' is no whole number"),
    ],
)
def test_typing_mistakes_are_named(name: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        SCHEMA.build("execute", name, given, resolve)

    assert words in str(caught.value)


def test_messages_are_read_with_their_defaults() -> None:
    message, fields = SCHEMA.open("instantiate", {"admin": "a"})

    assert message.read(fields, None) == {"admin": "a", "start": 5}
    message, fields = SCHEMA.open("execute", {"go": {"to": "a", "amount": "7"}})
    assert message.read(fields, None) == {"to": "a", "amount": 7}


def test_answers_are_typed_by_the_method() -> None:
    assert SCHEMA.decode_answer("go", {"denom": "utgd", "amount": "5"}).amount == 5
    assert SCHEMA.decode_answer("untyped", {"a": [{"b": 1}]}).a[0].b == 1
    assert show("200") == "200"
    with pytest.raises(InvalidMessage, match=r"did you mean go\?"):
        SCHEMA.decode_answer("gone", {})


def made(body: str) -> type[Contract]:
    names: dict[str, Any] = {
        "Contract": Contract, "instantiate": instantiate, "execute": execute, "reply": reply
    }  # fmt: skip
    exec(f"class Bad(Contract):\n{body}", names)  # noqa: S102
    cls: type[Contract] = names["Bad"]
    return cls


OPEN = "    @instantiate\n    def open(self, deps, env, info): ...\n"
GO = "    @execute\n    def go"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    pass", "Bad: has no @instantiate"),
        (OPEN + OPEN.replace("open", "again"), "Bad.again: a second instantiate"),
        (OPEN + GO + "(self, deps): ...", "Bad.go: takes (self, deps, env, info)"),
        (OPEN + GO + "(self, *args): ...", "Bad.go: takes"),
        (OPEN + GO + "(self, deps, env, info, **kw): ...", "Bad.go: takes"),
        (OPEN + GO + "(self, deps, env, info, x: object): ...", "Bad.go(x): object"),
        (OPEN + GO + "(self, deps, env, info, x: [int]): ...", "Bad.go(x): [<class 'int'>] is no"),
        (OPEN + GO + "(self, deps, env, info) -> complex: ...", "Bad.go: complex"),
        (OPEN + "    @reply\n    def go(self, deps, env, r, x): ...", "Bad.go: a reply takes no"),
    ],
)
def test_a_class_that_cannot_be_called_is_refused(body: str, words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        schema_of(made(body))

    assert words in str(caught.value)


def test_a_contract_shows_no_address_of_memory() -> None:
    assert repr(Probe()) == "<contract Probe>"
