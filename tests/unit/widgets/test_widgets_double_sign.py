import pytest

from devnet.live.devnet import Devnet
from devnet.live.errors import UnknownName
from devnet_widgets.charts import StepRow
from devnet_widgets.double_sign import DoubleSign
from devnet_widgets.offence import figure_rows


def steps(net: Devnet, figure: str, *, since: int) -> list[tuple[int, int | None]]:
    rows = figure_rows(net, "cho", since=since, until=since + 6)
    return [(row.height - since, row.value) for row in rows if row.figure == figure]


@pytest.fixture
def panel(slashing_net: Devnet) -> DoubleSign:
    net = slashing_net
    return DoubleSign(net, validator="cho")


def test_fire_asks_the_next_block_and_shows_its_line(panel: DoubleSign) -> None:
    at = panel.net.height + 1

    panel.fire_button.click()

    assert panel.code == 'net.validators["cho"].double_sign()'
    assert panel.status.startswith(f"cho will sign two blocks at height {at}; ")


def test_stake_weight_and_power_fall_at_their_own_heights(panel: DoubleSign) -> None:
    at = panel.net.height + 1
    panel.fire_button.click()

    for _ in range(4):
        panel.step_button.click()

    assert steps(panel.net, "stake", since=at) == [(0, 200), (1, 190), (2, 190), (3, 190)]
    assert steps(panel.net, "weight", since=at) == [(0, 200), (1, 0), (2, 0), (3, 0)]
    assert steps(panel.net, "power", since=at) == [
        (0, 200), (1, 200), (2, 200), (3, 0), (4, 0), (5, 0),
    ]  # fmt: skip
    assert panel.picture.finding == (
        f"cho signed twice at {at} and loses 10 stake at {at + 1},"
        f" all weight at {at + 1} and all power at {at + 3}"
    )


def test_the_title_tells_every_step_from_the_press_to_the_proof(panel: DoubleSign) -> None:
    at = panel.net.height + 1

    panel.fire_button.click()
    assert panel.picture.finding == f"cho will sign twice at {at}"

    panel.step_button.click()
    assert panel.picture.finding == (
        f"cho signed twice at {at}; the proof comes with block {at + 1}"
    )

    panel.step_button.click()
    assert panel.picture.finding.startswith(f"cho signed twice at {at} and loses 10 stake")


def test_another_who_is_watched_has_not_signed_twice(panel: DoubleSign) -> None:
    panel.fire_button.click()
    panel.step_button.click()

    panel.chosen.value = "ana"

    assert panel.picture.finding == "ana has not signed twice in the last blocks"


def test_what_is_decided_shows_before_it_acts(panel: DoubleSign) -> None:
    at = panel.net.height + 1
    panel.fire_button.click()
    panel.step_button.click()
    panel.step_button.click()

    rows = figure_rows(panel.net, "cho", since=at + 2, until=at + 3)

    assert [row for row in rows if row.figure == "power"] == [
        StepRow(at + 2, "power", 200, decided=True),
        StepRow(at + 3, "power", 0, decided=True),
    ]


def test_the_panel_says_who_punishes_and_how(panel: DoubleSign) -> None:
    assert panel.punisher_html == (
        '<p class="devnet-note">slashing is the Slashing contract: in staking, a double sign'
        " costs 5 % of the stake at that height; the validator is barred there for ever.</p>"
    )


def test_without_a_slashing_contract_nobody_is_punished(poa_net: Devnet) -> None:
    panel = DoubleSign(poa_net, validator="cho")
    assert "nobody will be punished" in panel.punisher_html

    panel.fire_button.click()
    panel.step_button.click()
    panel.step_button.click()

    assert panel.picture.finding.endswith("and lost nothing")
    assert "evidence against cho" in panel.status


def test_a_validator_without_power_has_nothing_to_sign(panel: DoubleSign) -> None:
    panel.chosen.value = "genesis"

    panel.fire_button.click()

    assert "genesis" in panel.alert
    assert panel.last_error is None


def test_the_one_who_was_fired_at_stays_chosen(panel: DoubleSign) -> None:
    panel.chosen.value = "ben"
    panel.fire_button.click()

    for _ in range(5):
        panel.step_button.click()

    assert panel.chosen.value == "ben"


def test_choosing_another_draws_the_other(panel: DoubleSign) -> None:
    panel.chosen.value = "ana"

    assert panel.picture.finding == "ana has not signed twice in the last blocks"


def test_an_unknown_validator_is_refused_with_the_nearest(slashing_net: Devnet) -> None:
    with pytest.raises(UnknownName, match="did you mean 'cho'"):
        DoubleSign(slashing_net, validator="chi")


def test_the_table_holds_the_same_figures(panel: DoubleSign) -> None:
    panel.picture.table.toggle.value = True

    assert "<caption>cho by height</caption>" in panel.picture.data
    assert "(decided)" in panel.picture.data


def test_the_picture_is_whole_in_a_window_of_1024(panel: DoubleSign) -> None:
    assert {part["width"] for part in panel.picture.spec["vconcat"]} == {500}
