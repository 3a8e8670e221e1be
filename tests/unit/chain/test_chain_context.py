import pytest
from fakes.state import contents, make_ctx

from devnet.abci import Event
from devnet.chain.context import Context
from devnet.chain.errors import OutOfGas, WriteRefused
from devnet.primitives.errors import InvalidMessage, TxError
from devnet.store.branch import Branch
from devnet.store.kv import MemoryStore

REFUSAL = InvalidMessage("field", "no")


def work_and_fail(ctx: Context, error: BaseException) -> None:
    with ctx.branch() as inner:
        inner.store("bank").set(b"k", b"v")
        with inner.branch() as innermost:
            innermost.store("bank").set(b"l", b"v")
        assert inner.store("bank").get(b"l") == b"v"
        inner.emit(Event.of("done"))
        inner.gas.consume(40, "work")
        raise error


def test_a_branch_is_kept_when_the_work_ends_well() -> None:
    ctx = make_ctx()
    with ctx.branch() as inner:
        inner.store("bank").set(b"k", b"v")
        inner.emit(Event.of("done"))
        assert ctx.store("bank").get(b"k") is None
        assert not ctx.events
    assert ctx.store("bank").get(b"k") == b"v"
    assert [event.type for event in ctx.events] == ["done"]


@pytest.mark.parametrize("error", [REFUSAL, RuntimeError("a bug"), KeyboardInterrupt()])
def test_a_branch_is_forgotten_when_an_error_passes(error: BaseException) -> None:
    ctx = make_ctx()
    before = contents(ctx)
    with pytest.raises(type(error)):
        work_and_fail(ctx, error)
    assert contents(ctx) == before
    assert not ctx.events


def test_gas_of_a_forgotten_branch_is_paid_all_the_same() -> None:
    ctx, spent = make_ctx(), make_ctx()
    with spent.branch() as inner:
        inner.store("bank").set(b"k", b"v")
    with pytest.raises(TxError):
        work_and_fail(ctx, REFUSAL)
    assert ctx.gas.used > spent.gas.used + 40


def test_a_lower_gas_limit_costs_no_more_than_itself_and_may_be_caught() -> None:
    ctx = make_ctx(gas=1000)
    with pytest.raises(OutOfGas) as err, ctx.branch(gas_limit=100) as inner:
        inner.gas.consume(101, "work")
    assert err.value.limit == 100
    assert ctx.gas.used == 100
    assert not ctx.gas.is_exhausted


def test_a_gas_limit_beyond_what_is_left_is_the_callers_own_limit() -> None:
    ctx = make_ctx(gas=50)
    with pytest.raises(OutOfGas), ctx.branch(gas_limit=100) as inner:
        inner.gas.consume(51, "work")
    assert ctx.gas.is_exhausted


def test_gas_under_a_lower_limit_counts_for_the_caller() -> None:
    ctx = make_ctx(gas=1000)
    with ctx.branch(gas_limit=100) as inner:
        inner.gas.consume(60, "work")
    assert ctx.gas.used == 60


def test_a_query_reads_what_is_there_so_far_and_writes_nothing() -> None:
    ctx = make_ctx()
    ctx.store("bank").set(b"k", b"v")
    query = ctx.read_only()
    assert query.mode == "query"
    assert query.store("bank").get(b"k") == b"v"
    assert list(query.store("bank").iterate()) == [(b"k", b"v")]
    with pytest.raises(WriteRefused):
        query.store("bank").set(b"k", b"w")
    with pytest.raises(WriteRefused):
        query.read_only().store("bank").delete(b"k")
    query.emit(Event.of("seen"))
    assert ctx.events == ()


def test_a_query_is_paid_by_its_caller() -> None:
    ctx = make_ctx(gas=100)
    with pytest.raises(OutOfGas):
        ctx.read_only().store("bank").get(b"k")
    assert ctx.gas.is_exhausted


def test_a_key_nobody_wrote_in_the_block_is_known_to_be_untouched() -> None:
    ctx = make_ctx(root=Branch(MemoryStore()))
    with ctx.branch() as inner:
        inner.store("bank").set(b"k", b"v")
        assert inner.may_be_touched("bank", b"k")
        assert not ctx.may_be_touched("bank", b"k")
    used = ctx.gas.used
    assert ctx.may_be_touched("bank", b"k")
    assert not ctx.may_be_touched("bank", b"l")
    assert not ctx.may_be_touched("auth", b"k")
    assert ctx.gas.used == used


def test_without_a_branch_any_key_may_have_been_touched() -> None:
    assert make_ctx(root=MemoryStore()).may_be_touched("bank", b"k")


def test_peeking_costs_nothing() -> None:
    ctx = make_ctx()
    ctx.store("bank").set(b"k", b"v")
    used = ctx.gas.used
    assert ctx.peek("bank", b"k") == b"v"
    assert ctx.peek("auth", b"k") is None
    assert ctx.gas.used == used
