"""Progress: silent while it is quick, one line that vanishes when it is not."""

import pytest

from devnet.live import progress


def test_a_quick_call_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.progress(3, "block")) == [0, 1, 2]
    assert capsys.readouterr().out == ""


def test_a_slow_call_says_how_far_it_is_and_cleans_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 100, 2))
    monkeypatch.setattr(progress, "monotonic", lambda: next(seconds))
    assert list(progress.progress(3, "block")) == [0, 1, 2]
    shown = capsys.readouterr().out.split("\r")
    assert "block 2 of 3 (66 %)" in shown
    assert shown[-1] == ""
    assert shown[-2].strip() == ""


def test_an_interrupted_call_cleans_up_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 100, 3))
    monkeypatch.setattr(progress, "monotonic", lambda: next(seconds))
    steps = progress.progress(9, "block")
    next(steps)
    next(steps)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)  # type: ignore[attr-defined]
    assert capsys.readouterr().out.endswith("\r")
