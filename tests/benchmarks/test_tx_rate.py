"""G3 and G4a: how many signed transactions a second, a hundred in a block."""

from benchmarks.loads import (
    BLOCKS_PER_RUN,
    MEMBERS,
    TXS_PER_RUN,
    VOTES,
    delivering,
    signed_beforehand,
)
from benchmarks.measure import ROUNDS, Figure, rate_figure
from benchmarks.three_values import ThreeValues
from benchmarks.yardsticks import TRANSFERS_PER_BLOCK, contract_calls, transfers

import devnet
from devnet.node.txs import execute_message, send_message
from devnet.primitives.types import Coins


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
            name="G4a",
            what="contract calls, 3 reads and 3 writes, signed",
            votes=VOTES,
            goal=0.45,
        )
    )

    assert contract.query.sum() == 3 * TXS_PER_RUN * (ROUNDS + 1)
