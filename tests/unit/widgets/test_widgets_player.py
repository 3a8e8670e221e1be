import asyncio
from collections.abc import Callable

import pytest

from devnet.live.devnet import Devnet
from devnet_widgets.block_stepper import BlockStepper
from devnet_widgets.desk import Change
from devnet_widgets.panel import Panel


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something holds; a thousand turns are plenty."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never came to pass")


def test_play_makes_blocks_until_paused(genesis_net: Devnet) -> None:
    async def story() -> None:
        stepper = BlockStepper(genesis_net)
        stepper.speed.value = 20
        stepper.play.value = True
        assert stepper.play.description == "Pause"

        await until(lambda: genesis_net.height >= 4)
        stepper.play.value = False
        stopped_at = genesis_net.height
        await asyncio.sleep(0.15)

        assert genesis_net.height == stopped_at
        assert stepper.play.description == "Play"
        assert stepper.lane.nodes[-1]["height"] == stopped_at

    asyncio.run(story())


def test_two_panels_share_one_loop(genesis_net: Devnet) -> None:
    async def story() -> None:
        one = BlockStepper(genesis_net)
        other = BlockStepper(genesis_net, embedded=True)

        one.play.value = True
        assert other.play.value

        other.play.value = False
        assert not one.play.value
        assert not one.desk.player.is_playing

    asyncio.run(story())


def test_a_change_of_speed_starts_nothing(genesis_net: Devnet) -> None:
    async def story() -> None:
        stepper = BlockStepper(genesis_net)

        stepper.speed.value = 5
        stepper.draw_every.value = 10
        await asyncio.sleep(0.01)

        assert genesis_net.height == 1
        assert stepper.desk.player.blocks_per_second == 5
        assert stepper.desk.player.draw_every == 10

    asyncio.run(story())


def test_closing_the_last_panel_ends_the_loop(genesis_net: Devnet) -> None:
    async def story() -> None:
        stepper = BlockStepper(genesis_net)
        stepper.speed.value = 20
        stepper.play.value = True
        await until(lambda: genesis_net.height >= 2)

        stepper.close()
        stopped_at = genesis_net.height
        await asyncio.sleep(0.15)

        assert genesis_net.height == stopped_at

    asyncio.run(story())


def test_what_stops_it_is_shown(genesis_net: Devnet) -> None:
    async def story() -> None:
        stepper = BlockStepper(genesis_net)
        genesis_net.validators["ana"].offline()

        stepper.play.value = True
        await until(lambda: not stepper.desk.player.is_playing)

        assert stepper.alert.startswith("Play stopped: ")
        assert "ana" in stepper.alert
        assert not stepper.play.value

    asyncio.run(story())


def test_without_an_event_loop_it_says_what_to_call_instead(genesis_net: Devnet) -> None:
    stepper = BlockStepper(genesis_net)

    stepper.play.value = True

    assert "net.step(n)" in stepper.alert
    assert not stepper.play.value


def test_drawing_every_second_block_draws_what_was_held_back(genesis_net: Devnet) -> None:
    drawn: list[Change] = []

    class Counting(Panel):
        def draw(self, change: Change) -> None:
            drawn.append(change)

    async def story() -> None:
        panel = Counting(genesis_net)
        drawn.clear()
        player = panel.desk.player
        player.blocks_per_second, player.draw_every = 50, 2
        player.play()

        await until(lambda: genesis_net.height >= 12)
        player.pause()

        heights = [height for change in drawn for height in change.blocks]
        assert heights == list(range(2, genesis_net.height + 1))
        assert len(drawn) < len(heights)

    asyncio.run(story())
