from collections.abc import Sequence

import pytest
from fakes.bank_chain import BankChain
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from devnet.abci import TxResult
from devnet.chain.tx import ProtoCoin
from devnet.primitives.types import Coins
from devnet.x.bank.messages import MsgBurn, MsgSend

NAMES = ["ana", "ben", "cho"]
GENESIS = {"ana": "1000utgd", "ben": "7atom,50utgd", "cho": "1utgd"}

Wish = tuple[str, str, str, str, int]
"""Who pays whom how much, for which fee, how far off the sequence is."""


def wishes() -> st.SearchStrategy[Wish]:
    amounts = st.sampled_from(["1utgd", "40utgd", "2atom", "3atom,5utgd", "2000utgd"])
    fees = st.sampled_from(["", "1utgd", "30utgd", "5000utgd"])
    off = st.sampled_from([0, 0, 0, 0, 1])
    recipients = st.sampled_from([*NAMES, "dia", "burn"])
    return st.tuples(st.sampled_from(NAMES), recipients, amounts, fees, off)


BLOCKS = st.lists(st.lists(wishes(), max_size=4), max_size=4)


def make_tx(chain: BankChain, wish: Wish, *, ahead: int) -> bytes:
    name, recipient, amount, fee, off = wish
    msg: MsgSend | MsgBurn
    if recipient == "burn":
        msg = MsgBurn(chain.people[name].address, ProtoCoin.of(Coins.parse(amount)))
    else:
        msg = chain.send(name, recipient, amount)
    return chain.tx(name, msg, fee=fee, ahead=ahead + off)


def play(blocks: Sequence[Sequence[Wish]]) -> tuple[BankChain, list[bytes], list[TxResult]]:
    """A chain after these blocks, its app hash after each, and all results."""
    chain = BankChain(GENESIS)
    hashes, results = [], []
    for block in blocks:
        paid = dict.fromkeys(NAMES, 0)
        txs = []
        for wish in block:
            txs.append(make_tx(chain, wish, ahead=paid[wish[0]]))
            paid[wish[0]] += 1
        results += chain.block(*txs)
        hashes.append(chain.store.app_hash)
    return chain, hashes, results


def burned(results: Sequence[TxResult]) -> Coins:
    events = [event for result in results for event in result.events if event.type == "burn"]
    return sum((Coins.parse(event["amount"]) for event in events), Coins())


@given(BLOCKS)
@settings(max_examples=60, deadline=None)
def test_supply_is_conserved(blocks: list[list[Wish]]) -> None:
    chain, _, results = play(blocks)
    ctx = chain.app.query_context()
    held = sum((Coins.of([coin]) for _, coin in chain.bank.holders(ctx)), Coins())
    assert held == chain.bank.total_supply(ctx)
    assert held + burned(results) == "7atom,1051utgd"


@given(BLOCKS)
@settings(max_examples=30, deadline=None)
def test_replay_is_bit_identical(blocks: list[list[Wish]]) -> None:
    one, other = play(blocks), play(blocks)
    assert one[1] == other[1]
    assert [(r.code, r.data, r.gas_used, r.events, r.log) for r in one[2]] == [
        (r.code, r.data, r.gas_used, r.events, r.log) for r in other[2]
    ]


@given(BLOCKS, wishes())
@settings(max_examples=60, deadline=None)
def test_a_failed_transaction_leaves_only_fee_and_sequence(
    blocks: list[list[Wish]], last: Wish
) -> None:
    chain, _, _ = play(blocks)
    name, fee = last[0], Coins.parse(last[3])
    before, held, sequence = chain.contents(), chain.balance(name), chain.sequence(name)
    [result] = chain.block(make_tx(chain, last, ahead=0))
    if result.code == 0:
        return
    if not result.events:
        assert chain.contents() == before
        return
    assert chain.sequence(name) == sequence + 1
    assert Coins.parse(chain.balance(name)) + fee == held
    payer, collector = chain.people[name].address, chain.bank.module_account("fee_collector")
    for key, value in chain.contents().items():
        if before.get(key) != value:
            _, module, rest = key.split(b"/", 2)
            subject = chain.app.modules[module.decode()].describe(rest, value).subject
            # The collector's own account is opened by the first fee ever paid.
            assert subject == "next account number" or payer in subject or collector in subject


@pytest.mark.parametrize("fee", ["", "3utgd"])
def test_a_block_of_many_payments_keeps_every_coin(fee: str) -> None:
    chain = BankChain(GENESIS)
    txs = [chain.tx("ana", chain.send("ana", "ben", "1utgd"), fee=fee, ahead=n) for n in range(40)]
    assert {result.code for result in chain.block(*txs)} == {0}
    assert chain.bank.total_supply(chain.app.query_context()) == "7atom,1051utgd"


FUZZED = BankChain(GENESIS)
WHOLE = FUZZED.tx("ana", FUZZED.send("ana", "ben", "1utgd"), fee="1utgd", memo="a memo")


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A good transaction with some bytes replaced, dropped or put in."""
    tx = bytearray(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tx)))
        tx[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(tx)


@given(spoiled() | st.binary(max_size=200))
@settings(max_examples=400, deadline=None)
def test_no_bytes_do_more_than_fail(tx: bytes) -> None:
    assume(tx != WHOLE)
    before = FUZZED.contents()
    [result] = FUZZED.block(tx)
    assert result.code != 0
    assert result.error is not None
    assert FUZZED.contents() == before
