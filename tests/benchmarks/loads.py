"""What the house is loaded with: signed transactions, a hundred in a block."""

from collections.abc import Callable, Sequence

from benchmarks.measure import ROUNDS
from benchmarks.yardsticks import TRANSFERS_PER_BLOCK

from devnet.live.devnet import Devnet
from devnet.node.txs import Message
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
