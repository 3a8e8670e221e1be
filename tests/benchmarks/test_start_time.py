"""G9: from the start of a kernel to the first committed block of four signing validators."""

import time
from pathlib import Path

from benchmarks.measure import Figure, as_installed, time_figure
from benchmarks.yardsticks import IMPORTS
from jupyter_client.manager import start_new_kernel

FIRST_BLOCK = """
import devnet
net = devnet.start(seed=7, validators={"ana": 4, "ben": 3, "cho": 2, "dia": 1})
assert net.step().height == 2
"""


def in_a_fresh_kernel(source: str, env: dict[str, str]) -> float:
    """Seconds from the start of a kernel to its answer; its end is not counted."""
    begin = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3", env=env)
    try:
        content = client.execute_interactive(source, timeout=60)["content"]
        taken = time.perf_counter() - begin
        assert content["status"] == "ok", content
        return taken
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_kernel_start_to_first_block(figures: list[Figure], tmp_path: Path) -> None:
    env = as_installed(tmp_path)

    figures.append(
        time_figure(
            lambda: in_a_fresh_kernel(FIRST_BLOCK, env),
            lambda: in_a_fresh_kernel(IMPORTS, env),
            name="G9",
            what="kernel start to first block, 4 validators",
            votes="verified",
            goal=1.20,
        )
    )
