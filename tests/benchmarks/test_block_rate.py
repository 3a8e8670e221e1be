"""G1 and G2: how many empty blocks a second, every precommit signed and verified."""

import pytest
from benchmarks.measure import Figure, rate_figure
from benchmarks.yardsticks import empty_blocks

import devnet

VOTES = "verified"


@pytest.mark.parametrize(
    ("name", "validators", "blocks", "goal"), [("G1", 4, 300, 0.75), ("G2", 100, 12, 0.90)]
)
def test_empty_blocks(
    figures: list[Figure], name: str, validators: int, blocks: int, goal: float
) -> None:
    members = {f"validator {n}": 25 for n in range(validators)}
    net = devnet.start(seed=7, validators=members, votes=VOTES)
    yardstick = empty_blocks(validators)
    began = net.height

    figures.append(
        rate_figure(
            lambda: net.step(blocks),
            lambda: yardstick(blocks),
            per_run=blocks,
            name=name,
            what=f"empty blocks, {validators} validators",
            votes=VOTES,
            goal=goal,
        )
    )

    assert (net.height - began) % blocks == 0
    assert len(net.block.commit.signed) == validators
