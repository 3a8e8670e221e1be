"""Predictions: asked, kept, compared - and wrong questions refused."""

import pytest

from devnet.primitives.errors import InvalidMessage
from devnet_widgets.lesson import predict


def test_a_prediction_has_the_default_until_somebody_chooses() -> None:
    asked = predict("How many?", [2, 3, 4], default=3)
    assert (asked.choice, repr(asked)) == ("3", "<prediction: How many?>")
    asked.children[1].value = "4"
    assert asked.choice == "4"


def test_without_a_default_the_first_answer_is_predicted() -> None:
    assert predict("Who?", ["ana", "ben"]).choice == "ana"


@pytest.mark.parametrize(
    ("answer", "words"), [(3, "3 - as you said. So."), (4, "4 - you said 3. So.")]
)
def test_the_reveal_compares_and_explains(
    capsys: pytest.CaptureFixture[str], answer: int, words: str
) -> None:
    predict("How many?", [3, 4]).reveal(answer, because="So.")
    assert capsys.readouterr().out == f"How many?\n{words}\n"


def test_a_question_is_shown_as_text_and_not_as_markup() -> None:
    assert "&lt;b&gt;" in predict("<b>?", ["yes"]).children[0].value


def test_questions_nobody_can_answer_are_refused() -> None:
    with pytest.raises(InvalidMessage, match="choices"):
        predict("Who?", [])
    with pytest.raises(InvalidMessage, match="default"):
        predict("Who?", ["ana"], default="ben")
