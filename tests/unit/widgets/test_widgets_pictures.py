import pytest

from devnet.live.devnet import Devnet
from devnet.live.errors import UnknownName
from devnet.primitives.errors import DevnetError
from devnet_widgets.pictures import compare_sets, offence_chart, power_chart


def test_a_picture_is_its_finding_in_words_and_an_image(genesis_net: Devnet) -> None:
    picture = power_chart(genesis_net)

    bundle = picture._repr_mimebundle_()

    assert bundle["text/plain"] == repr(picture) == picture.finding
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "text/html" not in bundle
    assert "Pale: decided, not active yet. Dotted: what a block needs" in picture.svg


def test_power_over_the_whole_story(slashing_net: Devnet) -> None:
    slashing_net.validators["cho"].double_sign()
    slashing_net.step(4)

    picture = power_chart(slashing_net)

    gone = slashing_net.height
    assert picture.finding == (
        f"cho leaves at height {gone + 0}; no block without ana, who holds 50\u202f%"
    )
    assert picture.rows[0] == {"height": 1, "validator": "genesis", "power": 1}


def test_a_stretch_of_heights_can_be_asked_for(genesis_net: Devnet) -> None:
    genesis_net.step(9)

    picture = power_chart(genesis_net, since=3, until=5)

    assert {row["height"] for row in picture.rows} == {3, 4, 5}


def test_heights_that_are_not_there_are_refused(genesis_net: Devnet) -> None:
    with pytest.raises(DevnetError, match="height"):
        power_chart(genesis_net, until=99)


def test_a_picture_of_no_chain_is_refused_with_what_to_give(genesis_net: Devnet) -> None:
    with pytest.raises(DevnetError, match=r"power_chart\(net\)"):
        power_chart(genesis_net.validators)  # type: ignore[arg-type]
    with pytest.raises(DevnetError, match="the text 'net' is none"):
        offence_chart("net", "cho")  # type: ignore[arg-type]


def test_the_course_of_an_offence(slashing_net: Devnet) -> None:
    slashing_net.validators["cho"].double_sign()
    slashing_net.step(4)
    at = slashing_net.height - 3

    picture = offence_chart(slashing_net, "cho", since=at - 1, until=at + 4)

    assert picture.finding.startswith(f"cho signed twice at {at} and loses 10 stake at {at + 1}")
    power = {row["height"] - at: row["value"] for row in picture.rows if row["figure"] == "power"}
    assert power == {-1: 200, 0: 200, 1: 200, 2: 200, 3: 0, 4: 0}


def test_an_offence_of_nobody_is_told_as_none(slashing_net: Devnet) -> None:
    assert offence_chart(slashing_net, "ana").finding == (
        "ana has not signed twice in the last blocks"
    )
    with pytest.raises(UnknownName):
        offence_chart(slashing_net, "nobody")


def test_two_rules_compared_for_few_and_for_many() -> None:
    few = compare_sets({"ana": 1, "ben": 1}, {"ana": 3, "cho": 1})
    many = compare_sets(
        {f"v{i}": 2000 for i in range(60)}, {f"v{i}": i + 1 for i in range(60)}, ("a", "b")
    )

    assert [row["validator"] for row in few.rows] == ["ana", "ben", "cho"]
    assert "hconcat" in few.spec
    assert "vconcat" in many.spec
    assert many.finding.startswith("a, then b: v")


def test_a_picture_can_be_taken_on_as_an_altair_chart() -> None:
    picture = compare_sets({"ana": 1}, {"ana": 2})

    assert picture.chart.to_dict()["description"] == picture.finding
