"""The ten lines of the README run as they stand, and say what they promise."""

import re
from pathlib import Path

from shells import make_shell

README = Path(__file__).parents[2] / "README.md"


def test_the_ten_lines_run_as_they_stand() -> None:
    (cell,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in cell.splitlines() if line.strip()]) == 10
    shell = make_shell()
    before_the_revert = cell.replace("net.step(2).evidence", "carried = net.step(2).evidence")

    done = shell.run_cell(before_the_revert)  # type: ignore[no-untyped-call]

    done.raise_error()
    net, (proof,) = shell.user_ns["net"], shell.user_ns["carried"]
    assert proof.validator == "dia"
    assert net.height == 5
    shell.run_line_magic("unload_ext", "devnet")
