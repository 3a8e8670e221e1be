from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from fakes.bank_chain import GAS, BankChain

from devnet.abci import BeginBlock, Event, TxResult, ValidatorUpdate
from devnet.chain.context import Context
from devnet.chain.errors import InsufficientFunds, OutOfGas, UnknownQuery, WriteRefused
from devnet.chain.module import Handler, Module, QueryHandler
from devnet.chain.tx import Msg, MsgResult
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import field as protobuf_field
from devnet.primitives.types import Address, Power
from devnet.store.errors import HeightNotFound


@dataclass(frozen=True, slots=True)
class MsgProbe(Msg):
    """Asks the probe module to behave in some way."""

    type_url = "/devnet.probe.v1.MsgProbe"

    sender: str = protobuf_field(1, "string")
    wish: str = protobuf_field(2, "string")

    def signers(self) -> tuple[Address, ...]:
        return (Address(self.sender),)

    def validate_basic(self) -> None:
        if not self.wish:
            raise InvalidMessage("wish", "give one")


@dataclass
class Probe(Module):
    """Writes what it was called for, and can fail in every way."""

    name: str = "probe"
    updates: list[ValidatorUpdate] = field(default_factory=list)
    begin_fails: bool = False

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        return {MsgProbe: self._handle}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        return {"wish": self._wish, "height": self._height, "loop": self._loop}

    def init_genesis(self, ctx: Context, state: Json) -> None:
        ctx.store(self.name).set(b"genesis", str(state).encode())

    def begin_blocker(self, ctx: Context, block: BeginBlock) -> None:
        ctx.store(self.name).set(b"begin", str(block.height).encode())
        ctx.emit(Event.of("begun", height=block.height))
        if self.begin_fails:
            raise RuntimeError("a bug in a begin blocker")

    def end_blocker(self, ctx: Context) -> Sequence[ValidatorUpdate]:
        ctx.emit(Event.of("ended", by=self.name))
        return self.updates

    def _handle(self, ctx: Context, msg: MsgProbe) -> MsgResult:
        ctx.store(self.name).set(b"wish", msg.wish.encode())
        ctx.emit(Event.of("wished", wish=msg.wish, tx_index=ctx.tx_index))
        match msg.wish:
            case "refuse":
                raise InvalidMessage("wish", "not this one")
            case "burn gas":
                ctx.gas.consume(10 * GAS, "a long way")
            case "bug":
                raise RuntimeError("a bug in a handler")
            case _:
                return MsgResult(msg.wish.encode())
        raise AssertionError(msg)

    def _wish(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        if params:
            ctx.store(self.name).set(b"wish", b"spoiled")
        return (ctx.store(self.name).get(b"wish") or b"").decode()

    def _height(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        assert not params
        return f"{ctx.block.height}: {(ctx.store(self.name).get(b'begin') or b'').decode()}"

    def _loop(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        while True:
            ctx.gas.consume(1_000_000, str(params))


def probed(*, block_gas_limit: int | None = None) -> tuple[BankChain, Probe]:
    probe = Probe()
    balances = {"ana": "1000utgd", "ben": "5utgd"}
    return BankChain(balances, modules=[probe], block_gas_limit=block_gas_limit), probe


def wish(chain: BankChain, *wishes: str, fee: str = "2utgd", ahead: int = 0) -> bytes:
    ana = chain.people["ana"].address
    return chain.tx("ana", *[MsgProbe(ana, text) for text in wishes], fee=fee, ahead=ahead)


def types(result: TxResult) -> list[str]:
    return [event.type for event in result.events]


ANTE = ["coin_spent", "coin_received", "transfer", "tx", "tx"]


def test_genesis_is_part_of_the_first_block() -> None:
    chain, _ = probed()
    assert chain.contents()[b"s/probe/genesis"] == b"None"
    assert chain.contents()[b"s/probe/begin"] == b"1"
    assert chain.balance("ana") == "1000utgd"


def test_a_genesis_part_without_its_module_is_refused() -> None:
    with pytest.raises(InvalidMessage, match="did you mean 'bank'") as err:
        BankChain({}, app_state={"bnak": {}})
    assert err.value.field == "app_state.bnak"


def test_a_successful_transaction_says_all_that_happened_in_order() -> None:
    chain, _ = probed()
    [result] = chain.block(wish(chain, "one", "two"))
    assert result.code == 0
    assert types(result) == [*ANTE, "message", "wished", "message", "wished"]
    action = result.events[len(ANTE)]
    assert action["action"] == MsgProbe.type_url
    assert action["sender"] == chain.people["ana"].address
    assert action["module"] == "probe"
    assert result.events[-1]["wish"] == "two"


def test_its_data_hold_one_response_for_each_message() -> None:
    chain, _ = probed()
    [result] = chain.block(wish(chain, "one"))
    url = b"/devnet.probe.v1.MsgProbeResponse"
    response = b"\x0a" + bytes([len(url)]) + url + b"\x12\x03one"
    assert result.data == b"\x12" + bytes([len(response)]) + response


def test_a_failing_message_leaves_only_fee_and_sequence() -> None:
    chain, _ = probed()
    before = chain.contents()
    [result] = chain.block(wish(chain, "one", "refuse", "three"))
    assert (result.code, result.codespace) == (18, "sdk")
    assert result.log.startswith("failed to execute message; message index: 1: wish: ")
    assert isinstance(result.error, InvalidMessage)
    assert result.data == b""
    assert types(result) == ANTE
    assert (chain.balance("ana"), chain.sequence("ana")) == ("998utgd", 1)
    changed = {key for key, value in chain.contents().items() if before.get(key) != value}
    assert {key[:7] for key in changed} == {b"s/auth/", b"s/bank/", b"s/probe"}
    assert b"s/probe/wish" not in chain.contents()


def test_running_out_of_gas_pays_and_rolls_back() -> None:
    chain, _ = probed()
    [result] = chain.block(wish(chain, "burn gas"))
    assert (result.code, result.codespace) == (11, "sdk")
    assert isinstance(result.error, OutOfGas)
    assert result.gas_used > result.gas_wanted == GAS
    assert (chain.balance("ana"), chain.sequence("ana")) == ("998utgd", 1)
    assert b"s/probe/wish" not in chain.contents()


def test_a_fee_nobody_can_pay_costs_nothing() -> None:
    chain, _ = probed()
    before = chain.contents()
    [result] = chain.block(wish(chain, "one", fee="1001utgd"))
    assert isinstance(result.error, InsufficientFunds)
    assert result.events == ()
    before[b"s/probe/begin"] = b"2"
    assert chain.contents() == before


def test_bytes_that_are_no_transaction_cost_nothing() -> None:
    chain, _ = probed()
    [broken, empty] = chain.block(b"\xff", wish(chain, ""))
    assert (broken.code, broken.gas_wanted) == (2, 0)
    assert (empty.code, empty.log) == (18, "wish: give one")
    assert chain.sequence("ana") == 0


def test_a_failed_transaction_does_not_disturb_its_neighbours() -> None:
    chain, _ = probed()
    results = chain.block(
        wish(chain, "one"), wish(chain, "refuse", ahead=1), wish(chain, "three", ahead=2)
    )
    assert [result.code for result in results] == [0, 18, 0]
    assert results[2].events[-1]["tx_index"] == "2"
    assert chain.app.query("probe", "wish") == "three"


def test_a_bug_in_a_handler_travels_up_and_abandons_the_block() -> None:
    chain, _ = probed()
    before, app_hash = chain.contents(), chain.store.app_hash
    with pytest.raises(RuntimeError, match="a bug in a handler"):
        chain.block(wish(chain, "bug"))
    chain.app.abandon()
    assert chain.contents() == before
    chain.block()
    assert chain.store.app_hash != app_hash
    assert chain.app.query("probe", "height") == "2: 2"


def test_a_bug_in_a_begin_blocker_travels_up_and_abandons_the_block() -> None:
    chain, probe = probed()
    before = chain.contents()
    probe.begin_fails = True
    with pytest.raises(RuntimeError, match="a bug in a begin blocker"):
        chain.block()
    chain.app.abandon()
    probe.begin_fails = False
    assert chain.contents() == before
    chain.block()


def test_a_full_block_refuses_further_transactions_without_charging() -> None:
    [alone] = probed()[0].block(wish(probed()[0], "one"))
    chain, _ = probed(block_gas_limit=alone.gas_used * 3 // 2)
    one, two, three = (wish(chain, "one", ahead=n) for n in range(3))
    results = chain.block(one, two, three)
    assert [result.code for result in results] == [0, 11, 11]
    assert results[1].events != ()
    assert results[2].events == ()
    assert (results[2].gas_wanted, results[2].gas_used) == (0, 0)
    assert (chain.balance("ana"), chain.sequence("ana")) == ("996utgd", 2)


def test_begin_and_end_blockers_tell_consensus_what_happened() -> None:
    chain, probe = probed()
    probe.updates = [ValidatorUpdate(bytes(32), Power(5))]
    chain.block()
    assert [event.type for event in chain.events] == ["begun"]
    assert [event.type for event in chain.end.events] == ["ended"]
    assert chain.end.validator_updates == (ValidatorUpdate(bytes(32), Power(5)),)


def test_two_modules_that_ask_for_validator_updates_are_a_bug() -> None:
    updates = [ValidatorUpdate(bytes(32), Power(5))]
    with pytest.raises(AssertionError, match="two modules"):
        BankChain({}, modules=[Probe("one", updates), OtherProbe("two", updates)])


class OtherProbe(Probe):
    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        return {}


def test_checking_a_transaction_changes_nothing() -> None:
    chain, _ = probed()
    before = chain.contents()
    assert chain.app.check_tx(wish(chain, "refuse")).code == 0
    assert chain.app.check_tx(wish(chain, "later", ahead=3)).code == 0
    assert chain.app.check_tx(wish(chain, "x", fee="5000utgd")).code == 5
    assert chain.app.check_tx(b"\xff").code == 2
    assert chain.contents() == before
    old = wish(chain, "one")
    chain.block(old)
    assert chain.app.check_tx(old).code == 32


def test_a_query_reads_committed_state_only() -> None:
    chain, _ = probed()
    info = chain.app.query_context().block
    chain.app.begin_block(BeginBlock(info.chain_id, chain.next_height, info.time, info.proposer))
    chain.app.deliver_tx(wish(chain, "one"))
    assert chain.app.query("probe", "wish") == ""
    chain.app.abandon()
    chain.block(wish(chain, "one"))
    assert chain.app.query("probe", "wish") == "one"


def test_a_query_can_look_at_an_earlier_height() -> None:
    chain, _ = probed()
    chain.block(wish(chain, "one"))
    chain.block(wish(chain, "two"))
    assert chain.app.query("probe", "wish", height=2) == "one"
    assert chain.app.query("probe", "height", None, 2) == "2: 2"
    assert chain.app.query("probe", "wish") == "two"
    with pytest.raises(HeightNotFound):
        chain.app.query("probe", "wish", height=4)


def test_a_query_writes_nothing_and_ends() -> None:
    chain, _ = probed()
    before = chain.contents()
    with pytest.raises(WriteRefused):
        chain.app.query("probe", "wish", {"spoil": True})
    with pytest.raises(OutOfGas):
        chain.app.query("probe", "loop")
    with pytest.raises(UnknownQuery):
        chain.app.query("probe", "wishes")
    assert chain.contents() == before


def test_a_block_without_changes_keeps_the_app_hash() -> None:
    chain = BankChain({"ana": "1utgd"})
    app_hash = chain.store.app_hash
    chain.block()
    assert chain.store.app_hash == app_hash


def test_exported_state_begins_an_equal_chain() -> None:
    chain = BankChain({"ana": "10utgd", "ben": "5utgd"})
    chain.block(chain.tx("ana", chain.send("ana", "cho", "3utgd"), fee="1utgd"))
    exported = chain.app.export_genesis()
    again = BankChain({}, app_state=exported)
    assert again.contents() == chain.contents()
    assert again.store.app_hash == chain.store.app_hash
