from devnet.abci import Event, TxResult, ValidatorUpdate
from devnet.consensus.outcome_record import Outcome, decode_outcome, encode_outcome
from devnet.primitives.types import Power

PAID = Event.of("transfer", recipient="zoë", amount="5utgd")
DONE = TxResult(0, b"\x00answer\xff", "", 2**64 - 1, 21_000, (PAID, Event("bare"), PAID))
FAILED = TxResult(5, b"", "no füñds", 70_000, 69_999, (), "sdk")


def test_an_outcome_is_read_as_it_was_written() -> None:
    updates = (ValidatorUpdate(bytes(range(32)), Power(7)), ValidatorUpdate(bytes(32), Power(0)))
    outcome = Outcome((DONE, FAILED, TxResult()), (PAID,), (Event("end"), PAID), updates)
    assert decode_outcome(encode_outcome(outcome)) == outcome


def test_each_part_may_stand_alone() -> None:
    for outcome in (
        Outcome(results=(FAILED,)),
        Outcome(begin_events=(PAID,)),
        Outcome(end_events=(PAID,)),
        Outcome(validator_updates=(ValidatorUpdate(bytes(32), Power(1)),)),
    ):
        assert decode_outcome(encode_outcome(outcome)) == outcome


def test_nothing_takes_no_byte() -> None:
    assert encode_outcome(Outcome()) == b""
    assert decode_outcome(b"") == Outcome()
