import pytest

from devnet.live.devnet import Devnet
from devnet_widgets.ballot import Ballot, _needed, council_of, find_ballot, voters_of

TOTAL = {"total_weight": 100}


@pytest.mark.parametrize(
    ("threshold", "weights", "needed"),
    [
        ({"absolute_count": {"weight": 60, **TOTAL}}, {}, 60),
        ({"absolute_percentage": {"percentage": "0.8", **TOTAL}}, {}, 80),
        ({"absolute_percentage": {"percentage": "0.8", **TOTAL}}, {"abstain": 25}, 60),
        ({"absolute_percentage": {"percentage": "1", **TOTAL}}, {}, 100),
        ({"absolute_percentage": {"percentage": "0.333333333333333333", "total_weight": 3}}, {}, 1),
        ({"absolute_percentage": {"percentage": "0.666666666666666667", "total_weight": 3}}, {}, 2),
        ({"threshold_quorum": {"threshold": "0.51", "quorum": "0.4", **TOTAL}}, {}, 51),
        ({"something_new": {}}, {}, None),
    ],
)
def test_votes_are_counted_against_the_threshold_as_the_contract_does(
    threshold: dict[str, object], weights: dict[str, int], needed: int | None
) -> None:
    assert _needed(threshold, weights)[0] == needed


def test_a_ballot_is_told_in_a_sentence() -> None:
    ballot = Ballot(3, "swap", "open", 50, 80, 100, {"ana": "yes"})

    assert ballot.sentence() == "proposal 3 is open: 50 of 100 yes, 80 needed"


def test_the_council_is_the_admin_if_it_can_vote(genesis_net: Devnet, poa_net: Devnet) -> None:
    council = council_of(poa_net)

    assert council_of(genesis_net) is None
    assert council is not None
    assert council.label == "council"
    assert voters_of(poa_net, council) == ["ana", "ben", "cho", "dia"]


def test_a_proposal_about_something_else_is_no_swap(poa_net: Devnet) -> None:
    council = poa_net.contracts["council"]
    message = poa_net.x.validator.message.set_slashing(contract=None)
    council.execute.propose(sender="ana", title="no slashing", msgs=[message])

    assert find_ballot(poa_net, council, poa_net.contracts["group"].address) is None
