"""The tour answers rightly whatever a visitor pressed before running the next cell."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from shells import make_shell

LABS = Path(__file__).parents[2] / "labs"
SWAP = "net.x.validator.message.set_authority(contract=pos_group)"
PASSED = f"governance.pass_proposal(council, 'x', voters=[ana, ben, cho, dia], msgs={SWAP})"
NOTHING = ""
PRESSED = {
    "nothing": (NOTHING, NOTHING),
    "a proposal, no vote": (f"council.execute.propose(sender=ana, title='x', msgs=[{SWAP}])", ""),
    "the whole swap": (PASSED, NOTHING),
    "a double sign": (NOTHING, "net.validators['cho'].double_sign()"),
    "a double sign and one step": (NOTHING, "net.validators['cho'].double_sign(); net.step()"),
    "a double sign and many": (NOTHING, "net.validators['cho'].double_sign(); net.step(6)"),
    "somebody else first": (NOTHING, "net.validators['dia'].double_sign(); net.step(5)"),
}
PANELS = {"stepper", "swap-panel", "offence-panel"}


@pytest.mark.parametrize("pressed", PRESSED, ids=str)
def test_the_answers_hold_whatever_was_pressed(
    pressed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before_swap, before_offence = PRESSED[pressed]
    shell = make_shell()
    tour: Any = nbformat.read(LABS / "tour.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    for cell in tour.cells:
        if cell.id == "real-text":
            break
        extra = {"swap": before_swap, "offence": before_offence}.get(cell.id, NOTHING)
        if cell.cell_type == "code" and cell.id not in PANELS and "chart" not in cell.id:
            shell.run_cell(extra).raise_error()  # type: ignore[no-untyped-call]
            shell.run_cell(cell.source).raise_error()  # type: ignore[no-untyped-call]
    said = capsys.readouterr().out
    shell.run_line_magic("unload_ext", "devnet")

    assert "\n4 - you said 3. Three are 75 of 100" in said
    assert "cho loses 10utgd\ncho has staked 190 of 200\n" in said
    assert "\nH+3 - you said H+1." in said
