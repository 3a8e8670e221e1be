from devnet_widgets.choice import Choice


def test_without_a_persons_choice_the_first_stands() -> None:
    choice = Choice("who")
    choice.offer(["ana", "ben"])
    assert choice.value == "ana"

    choice.offer(["ben", "cho"])

    assert choice.value == "ben"


def test_a_preferred_first_stands_if_it_is_offered() -> None:
    choice = Choice("who")
    choice.offer(["ana", "ben"], first="ben")
    assert choice.value == "ben"

    choice.offer(["ana", "cho"], first="ben")

    assert choice.value == "ana"


def test_a_persons_choice_is_kept_while_it_is_offered() -> None:
    choice = Choice("who")
    choice.offer(["ana", "ben"])
    choice.value = "ben"

    choice.offer(["ana", "ben", "cho"], first="cho")
    assert choice.value == "ben"

    choice.offer(["ana", "cho"], first="cho")
    assert choice.value == "cho"


def test_what_an_action_spoke_of_is_settled() -> None:
    choice = Choice("who")
    choice.offer(["ana", "ben"])
    choice.settle()

    choice.offer(["ben", "ana"])

    assert choice.value == "ana"


def test_labels_may_stand_for_values() -> None:
    choice = Choice("who")
    choice.offer([("group", "tgrade1x"), ("pos group", "tgrade1y")], first="tgrade1y")

    assert choice.value == "tgrade1y"
    assert repr(choice) == "Choice('tgrade1y')"


def test_nothing_offered_is_nothing_chosen() -> None:
    choice = Choice("who")
    choice.offer(["ana"])

    choice.offer([])

    assert choice.value is None
