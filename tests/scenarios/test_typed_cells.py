"""The public face, typed: the cells of the design run as they stand, in one kernel."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from shells import make_shell

CELLS = sorted((Path(__file__).parent / "cells").glob("*.txt"))


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    kernel = make_shell()
    yield kernel
    if "net" in kernel.user_ns:
        kernel.user_ns["net"].close()
    kernel.run_line_magic("unload_ext", "devnet")


def run(shell: InteractiveShell, text: str) -> dict[str, Any]:
    result = shell.run_cell(text)  # type: ignore[no-untyped-call]
    result.raise_error()
    names: dict[str, Any] = shell.user_ns
    return names


def test_there_are_four_cells() -> None:
    assert [path.stem[2:] for path in CELLS] == [
        "a_chain_in_a_cell",
        "bootstrap_poa",
        "swap_to_pos_live",
        "double_sign",
    ]


def test_the_cells_of_the_design_run_as_they_stand(shell: InteractiveShell) -> None:
    """In this order and in one kernel; each leaves what its comments promise."""
    names = run(shell, CELLS[0].read_text())
    net = names["net"]
    assert names["sent"].height == net.height == 7
    assert len(names["sent"].events("transfer")) == 1
    assert str(names["ana"].balances) == "995utgd"
    assert str(names["ben"].balances) == "1005utgd"
    assert net.validators["dia"].is_online

    names = run(shell, CELLS[1].read_text())
    net = names["net"]
    assert net.height == 10
    assert {seat.name: seat.power for seat in net.validators.at(net.height + 1)} == {
        "ana": 25,
        "ben": 25,
        "cho": 25,
        "dia": 25,
    }
    permissions = net.x.validator.query.permissions()
    assert permissions.authority == names["group"].address
    assert permissions.admin == names["council"].address
    assert names["john"].address not in permissions.values()

    names = run(shell, CELLS[2].read_text())
    decided = net.validators.at(net.height + 2)
    assert [(s.name, s.power) for s in decided] == [
        ("ana", 400),
        ("ben", 300),
        ("cho", 200),
        ("dia", 100),
    ]
    assert names["staking"].query.staked(addr="cho") == 200

    # The cell between these two, which pays rewards, is where governance is imported.
    run(shell, "from devnet.recipes import governance")
    names = run(shell, CELLS[3].read_text())
    punished = names["punished"]
    (proof,) = punished.evidence
    assert (proof.validator, proof.height) == ("cho", punished.height - 1)
    (slash,) = punished.events("slash")
    assert slash["amount"] == "10utgd"
    assert net.validators.at(punished.height + 1)["cho"].power == 200
    assert "cho" not in net.validators.at(punished.height + 2)
    (infraction,) = net.x.evidence.query.infractions().infractions
    assert infraction.height == proof.height


def test_the_line_about_evidence_by_hand_holds(shell: InteractiveShell) -> None:
    names = run(
        shell,
        'proof = net.validators["ben"].forge_double_sign('
        "height=net.height - 1, round=0, kind='precommit')\n"
        "handed_in = ana.submit_evidence(proof)",
    )
    assert names["handed_in"].ok
    assert names["net"].height == names["handed_in"].height
    assert "ben" not in names["net"].validators.at(names["net"].height + 2)
