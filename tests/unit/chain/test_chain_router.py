from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from fakes.state import make_ctx

from devnet.chain.context import Context
from devnet.chain.errors import UnknownMessage, UnknownQuery, WriteRefused
from devnet.chain.module import Encoder, Handler, Module, QueryHandler
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.chain.tx import Msg, MsgResult
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import field
from devnet.primitives.types import Address


@dataclass(frozen=True, slots=True)
class MsgNote(Msg):
    type_url = "/devnet.notes.v1.MsgNote"

    author: str = field(1, "string")
    text: str = field(2, "string")

    def signers(self) -> tuple[Address, ...]:
        return (Address(self.author),)


@dataclass(frozen=True, slots=True)
class MsgStray(Msg):
    type_url = "/devnet.notes.v1.MsgStray"


def encode_note(sender: Address, payload: Json) -> Msg:
    return MsgNote(sender, str(payload))


class Notes(Module):
    name = "notes"

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        return {MsgNote: self._write}

    def contract_messages(self) -> Mapping[str, Encoder]:
        return {"custom:notes": encode_note}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        return {"note": self._read, "spoil": self._spoil}

    def _write(self, ctx: Context, msg: MsgNote) -> MsgResult:
        ctx.store("notes").set(msg.author.encode(), msg.text.encode())
        return MsgResult(b"noted")

    def _read(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        return (ctx.store("notes").get(str(params["author"]).encode()) or b"").decode()

    def _spoil(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        ctx.store("notes").set(b"ana", str(params).encode())
        return None


class Silent(Module):
    name = "silent"


MODULES = [Notes(), Silent()]


def test_a_message_finds_its_handler_and_a_query_its_module() -> None:
    ctx = make_ctx()
    assert MessageRouter(MODULES).handle(ctx, MsgNote("ana", "hello")) == MsgResult(b"noted")
    assert QueryRouter(MODULES).query(ctx, "notes", "note", {"author": "ana"}) == "hello"


def test_a_message_is_decoded_by_its_type_url() -> None:
    wire = bytes.fromhex("0a03616e61120568656c6c6f")
    assert MessageRouter(MODULES).decode(MsgNote.type_url, wire) == MsgNote("ana", "hello")
    with pytest.raises(InvalidMessage, match="MsgNote"):
        MessageRouter(MODULES).decode(MsgNote.type_url, b"\xff")


def test_an_unknown_message_is_refused_and_the_nearest_offered() -> None:
    with pytest.raises(UnknownMessage, match=r"did you mean '/devnet.notes.v1.MsgNote'"):
        MessageRouter(MODULES).decode("/devnet.notes.v1.MsgNoted", b"")
    with pytest.raises(UnknownMessage, match="MsgStray"):
        MessageRouter(MODULES).handle(make_ctx(), MsgStray())


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("note", "note", "no module 'note'; did you mean 'notes'"),
        ("notes", "nota", "did you mean 'note'"),
        ("silent", "note", "there are none"),
        ("notes", "zzz", "there are note, spoil"),
    ],
)
def test_an_unknown_query_is_refused_and_the_nearest_offered(
    module: str, name: str, said: str
) -> None:
    with pytest.raises(UnknownQuery, match=said):
        QueryRouter(MODULES).query(make_ctx(), module, name)


def test_a_query_may_not_write_even_inside_a_transaction() -> None:
    ctx = make_ctx(mode="deliver")
    with pytest.raises(WriteRefused):
        QueryRouter(MODULES).query(ctx, "notes", "spoil")
    assert ctx.store("notes").get(b"ana") is None


def test_what_contracts_send_finds_its_encoder() -> None:
    router = MessageRouter(MODULES)
    encoder = router.find_encoder("custom:notes")
    assert encoder is not None
    assert encoder(Address("ana"), "hi") == MsgNote("ana", "hi")
    assert router.find_encoder("custom:other") is None


def test_two_owners_of_one_message_are_a_bug() -> None:
    with pytest.raises(AssertionError, match="two handlers"):
        MessageRouter([Notes(), Notes()])


def test_the_routers_say_what_there_is() -> None:
    assert MessageRouter(MODULES).kinds == {MsgNote.type_url: MsgNote}
    assert QueryRouter(MODULES).names == {"notes": ["note", "spoil"], "silent": []}


def test_a_module_without_words_of_its_own_describes_a_key_in_hex() -> None:
    described = Silent().describe(b"\x01\x02", b"abc")
    assert (described.subject, described.value) == ("silent 0x0102", "3 bytes")
