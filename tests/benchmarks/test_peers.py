"""G1, G3 and G9 against another in-process chain in Python, where it is installed.

It has neither votes nor signing validators, so an empty block of it proves less than one
of ours; the goals allow for that. To measure: ``pip install 'eth-tester[py-evm]'``.
"""

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from benchmarks.loads import MEMBERS, TXS_PER_RUN, VOTES, delivering, signed_beforehand
from benchmarks.measure import Figure, as_installed, rate_figure, time_figure
from benchmarks.yardsticks import TRANSFERS_PER_BLOCK

import devnet
from devnet.node.txs import send_message
from devnet.primitives.types import Coins

PEER = "eth-tester"
BLOCKS = 300

OUR_FIRST_BLOCK = f"""
import time; begin = time.perf_counter()
import devnet
devnet.start(seed=7, validators={MEMBERS}).step()
print(time.perf_counter() - begin)
"""
PEER_FIRST_BLOCK = """
import time; begin = time.perf_counter()
from eth_tester import EthereumTester, PyEVMBackend
EthereumTester(PyEVMBackend()).mine_block()
print(time.perf_counter() - begin)
"""


@pytest.fixture
def peer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their libraries, not of ours
        eth_tester = pytest.importorskip("eth_tester", reason=f"{PEER} is not installed")
        pytest.importorskip("eth", reason="py-evm is not installed")
        return eth_tester.EthereumTester(eth_tester.PyEVMBackend())


def test_empty_blocks_against_a_peer(figures: list[Figure], peer: Any) -> None:
    net = devnet.start(seed=7, validators=MEMBERS, votes=VOTES)

    figures.append(
        rate_figure(
            lambda: net.step(BLOCKS),
            lambda: peer.mine_blocks(BLOCKS),
            per_run=BLOCKS,
            name="G1",
            what="empty blocks, 4 validators (peer: no votes)",
            votes=VOTES,
            goal=2.0,
            against=PEER,
        )
    )


def test_transfers_against_a_peer(figures: list[Figure], peer: Any) -> None:
    net = devnet.start(seed=7, validators=MEMBERS, votes=VOTES)
    ana, ben = net.accounts("ana", "ben", funds="1000000utgd")
    payment = send_message(ana.address, ben.address, Coins.parse("1utgd"))
    blocks = signed_beforehand(net, payment)
    giver, taker = peer.get_accounts()[:2]
    order = {"from": giver, "to": taker, "value": 1, "gas": 21_000, "gas_price": 10**10}
    peer.disable_auto_mine_transactions()

    def one_block_of_theirs() -> None:
        for _ in range(TRANSFERS_PER_BLOCK):
            peer.send_transaction(order)
        peer.mine_block()

    figures.append(
        rate_figure(
            delivering(net, blocks),
            one_block_of_theirs,
            per_run=TXS_PER_RUN,
            other_per_run=TRANSFERS_PER_BLOCK,
            name="G3",
            what="transfers, 100 a block",
            votes=VOTES,
            goal=50.0,
            against=PEER,
        )
    )


@pytest.mark.usefixtures("peer")
def test_import_to_first_block_against_a_peer(figures: list[Figure], tmp_path: Path) -> None:
    env = as_installed(tmp_path)

    figures.append(
        time_figure(
            lambda: in_a_fresh_process(OUR_FIRST_BLOCK, env),
            lambda: in_a_fresh_process(PEER_FIRST_BLOCK, env),
            name="G9",
            what="import to first block",
            votes=VOTES,
            goal=0.15,
            against=PEER,
        )
    )


def in_a_fresh_process(script: str, env: dict[str, str]) -> float:
    """The number a script prints, run by our interpreter."""
    done = subprocess.run(  # noqa: S603 - our own interpreter, fixed scripts
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    return float(done.stdout)
