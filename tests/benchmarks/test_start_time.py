"""G9: from the start of a kernel to the first committed block of four signing validators."""

from statistics import median

from benchmarks.measure import Figure, alternate
from benchmarks.yardsticks import IMPORTS
from jupyter_client.manager import start_new_kernel

FIRST_BLOCK = """
import devnet
net = devnet.start(seed=7, validators={"ana": 4, "ben": 3, "cho": 2, "dia": 1})
assert net.step().height == 2
"""


def in_a_fresh_kernel(source: str) -> None:
    """Start a kernel, run a source in it, end it; the end is part of both sides."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        content = client.execute_interactive(source, timeout=60)["content"]
        assert content["status"] == "ok", content
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_kernel_start_to_first_block(figures: list[Figure]) -> None:
    ours, theirs, ratios = alternate(
        lambda: in_a_fresh_kernel(FIRST_BLOCK), lambda: in_a_fresh_kernel(IMPORTS)
    )

    figures.append(
        Figure(
            "G9",
            "kernel start to first block, 4 validators",
            "verified",
            "s",
            median(ours),
            median(theirs),
            tuple(ratios),
            1.20,
            at_most=True,
        )
    )
