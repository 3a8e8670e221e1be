"""G3 and G4a: how many signed transactions a second, a hundred in a block."""

from collections.abc import Callable, Sequence

from benchmarks.measure import ROUNDS, Figure, rate_figure
from benchmarks.three_values import ThreeValues
from benchmarks.yardsticks import TRANSFERS_PER_BLOCK, contract_calls, transfers

import devnet
from devnet.live.devnet import Devnet
from devnet.node.txs import Message, execute_message, send_message
from devnet.primitives.types import Coins

VOTES = "verified"
MEMBERS = {"ana": 4, "ben": 3, "cho": 2, "dia": 1}
GAS = 1_000_000
BLOCKS_PER_RUN = 10
TXS_PER_RUN = BLOCKS_PER_RUN * TRANSFERS_PER_BLOCK


def signed_beforehand(net: Devnet, message: Message) -> list[tuple[bytes, ...]]:
    """Blocks' worth of transactions of ana, enough for all rounds and the warm-up."""
    count = TXS_PER_RUN * (ROUNDS + 1)
    txs = [
        net.node.sign([message], "ana", fee=Coins(), gas=GAS, waiting=waiting)
        for waiting in range(count)
    ]
    return [
        tuple(txs[begin : begin + TRANSFERS_PER_BLOCK])
        for begin in range(0, count, TRANSFERS_PER_BLOCK)
    ]


def delivering(net: Devnet, blocks: Sequence[tuple[bytes, ...]]) -> Callable[[], None]:
    """Makes the next ten blocks of transactions; every one of them must succeed."""
    waiting = iter(blocks)

    def run() -> None:
        for _ in range(BLOCKS_PER_RUN):
            made = net.node.make_block(next(waiting))
            assert not any(result.code for result in made.results)

    return run


def test_transfers_signed_beforehand(figures: list[Figure]) -> None:
    net = devnet.start(seed=7, validators=MEMBERS, votes=VOTES)
    ana, ben = net.accounts("ana", "ben", funds="1000000utgd")
    blocks = signed_beforehand(net, send_message(ana.address, ben.address, Coins.parse("1utgd")))
    yardstick = transfers()

    figures.append(
        rate_figure(
            delivering(net, blocks),
            lambda: yardstick(TXS_PER_RUN),
            per_run=TXS_PER_RUN,
            yardstick_per_run=TXS_PER_RUN,
            name="G3",
            what="transfers, 100 a block, signed beforehand",
            votes=VOTES,
            goal=0.50,
        )
    )

    assert ben.balances.amount_of("utgd") == 1_000_000 + TXS_PER_RUN * (ROUNDS + 1)


def test_transfers_by_the_verb(figures: list[Figure]) -> None:
    net = devnet.start(seed=7, validators=MEMBERS, votes=VOTES)
    ana, ben = net.accounts("ana", "ben", funds="1000000utgd")
    yardstick = transfers(sign_too=True)

    def run() -> None:
        for _ in range(BLOCKS_PER_RUN):
            with net.batch():
                for _ in range(TRANSFERS_PER_BLOCK):
                    ana.send(ben, "1utgd")

    figures.append(
        rate_figure(
            run,
            lambda: yardstick(TXS_PER_RUN),
            per_run=TXS_PER_RUN,
            yardstick_per_run=TXS_PER_RUN,
            name="G3",
            what="transfers, 100 a block, net.batch and ana.send",
            votes=VOTES,
            goal=0.50,
        )
    )

    assert ben.balances.amount_of("utgd") == 1_000_000 + TXS_PER_RUN * (ROUNDS + 1)


def test_contract_calls(figures: list[Figure]) -> None:
    net = devnet.start(seed=7, validators=MEMBERS, votes=VOTES)
    ana = net.account("ana")
    contract = net.instantiate(ThreeValues, label="three values", sender=ana)
    call = execute_message(ana.address, contract.address, b'{"add":{"amount":1}}', Coins())
    blocks = signed_beforehand(net, call)
    yardstick = contract_calls()

    figures.append(
        rate_figure(
            delivering(net, blocks),
            lambda: yardstick(TXS_PER_RUN),
            per_run=TXS_PER_RUN,
            yardstick_per_run=TXS_PER_RUN,
            name="G4a",
            what="contract calls, 3 reads and 3 writes, signed",
            votes=VOTES,
            goal=0.45,
        )
    )

    assert contract.query.sum() == 3 * TXS_PER_RUN * (ROUNDS + 1)
