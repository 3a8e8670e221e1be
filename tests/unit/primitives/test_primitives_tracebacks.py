"""What a notebook shows of an error: the user's lines, the contract's, one sentence."""

import linecache

import pytest

from devnet.primitives.errors import DevnetError, InvalidCoins
from devnet.primitives.types import Coin

CELL = "ipykernel_7/cell.py"
CONTRACT = "<contract abcd1234>"


def run(filename: str, source: str, **names: object) -> None:
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), names)  # noqa: S102 - this is a cell


def test_our_own_frames_are_left_out() -> None:
    with pytest.raises(InvalidCoins) as caught:
        run(CELL, "x = 1\nparse('five')\n", parse=Coin.parse)
    *mine, where, what = caught.value._render_traceback_()
    assert where == "  cell, line 2: parse('five')"
    assert what.startswith("InvalidCoins: 'five' is no amount of coins")
    assert all("test_primitives_tracebacks" in line for line in mine)


def test_the_lines_of_a_contract_come_after_those_of_the_cell() -> None:
    def call() -> None:
        try:
            run(CONTRACT, "def boom():\n    return 1 // 0\nboom()\n")
        except ZeroDivisionError as err:
            raise DevnetError("refused") from err

    with pytest.raises(DevnetError) as caught:
        run(CELL, "call()\n", call=call)
    shown = caught.value._render_traceback_()
    assert shown[-3:] == [
        "  contract abcd1234, line 3: boom()",
        "  contract abcd1234, line 2: return 1 // 0",
        "DevnetError: refused",
    ]
    assert "  cell, line 1: call()" in shown


def test_an_error_that_was_never_raised_has_its_sentence() -> None:
    assert DevnetError("so")._render_traceback_() == ["DevnetError: so"]
