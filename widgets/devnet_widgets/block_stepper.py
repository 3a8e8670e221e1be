"""Where are we? The last blocks as a lane, and everything that moves the chain."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ipywidgets as widgets
import traitlets

from devnet_widgets.desk import Change
from devnet_widgets.front import BlockLane
from devnet_widgets.live_chart import DataTable
from devnet_widgets.panel import Panel
from devnet_widgets.tables import Html, facts, note, table
from devnet_widgets.wording import clock, count, grouped, listed

SHOWN: Final = 20
"""Blocks in the lane."""
_LEGEND: Final = (
    "Dots: transactions. Triangle: evidence. Boxes: signatures, hollow where one is missing."
    " Underlined: new."
)


class BlockStepper(Panel):
    """Steps the chain, lets it play, goes back; a click on a block tells what was in it."""

    title = "Blocks"

    def build(self) -> Sequence[widgets.Widget]:
        """The lane, the chosen block, and the table behind."""
        self.lane = BlockLane()
        self.lane.observe(lambda _: self.guard(self._tell_block), names="selected")
        self._told = widgets.HTML()
        self._legend = widgets.HTML(note(_LEGEND))
        self.table = DataTable("the lane")
        return (self.lane, self._legend, self._told, self.table.box)

    def actions(self) -> Sequence[widgets.Widget]:
        """Step, step n, a day ahead, play, back; then the table."""
        player = self.desk.player
        self.blocks = widgets.BoundedIntText(
            value=10, min=1, max=1000, description="blocks", layout={"width": "120px"}
        )
        self.step_button = self.button(
            "Step", lambda: self._step(1), tip="Make one block", main=True
        )
        self.step_many_button = self.button(
            "Step 10", lambda: self._step(self.blocks.value), tip="Make this many blocks"
        )
        self.blocks.observe(self._name_step, names="value")
        self.day_button = self.button(
            "A day ahead", self._day, tip="Let a day of block time pass, in two blocks"
        )
        self.play = widgets.ToggleButton(
            value=player.is_playing,
            description="Pause" if player.is_playing else "Play",
            tooltip="Make blocks until paused; a running cell comes first",
        )
        self.play.observe(lambda change: self.guard(lambda: self._play(change)), names="value")
        self.speed = widgets.Dropdown(
            options=[("1 block/s", 1), ("2 blocks/s", 2), ("5 blocks/s", 5), ("20 blocks/s", 20)],
            value=player.blocks_per_second,
            description="speed",
            layout={"width": "160px"},
        )
        self.draw_every = widgets.Dropdown(
            options=[("every block", 1), ("every 2nd", 2), ("every 5th", 5), ("every 10th", 10)],
            value=player.draw_every,
            description="draw",
            layout={"width": "150px"},
        )
        self.back_button = self.button(
            "Back 1", self._back, tip="Undo the last block: balances, clock, votes, everything"
        )
        self._links = [
            traitlets.link((player, "blocks_per_second"), (self.speed, "value")),
            traitlets.link((player, "draw_every"), (self.draw_every, "value")),
        ]
        player.observe(self._follow_player, names=["is_playing", "refusal"])
        return (
            self.step_button,
            self.step_many_button,
            self.blocks,
            self.day_button,
            self.play,
            self.speed,
            self.draw_every,
            self.back_button,
            self.table.toggle,
        )

    def draw(self, change: Change) -> None:
        """Lane, chosen block and table, from the chain."""
        rows = self.net.history.blocks(SHOWN)
        nodes = [self._node(row, change) for row in rows]
        if self.lane.selected > self.net.height:
            self.lane.selected = 0
        tip = f"Last {count(len(nodes), 'block')}; block {self.net.height} is the tip"
        with self.lane.hold_trait_notifications():
            self.lane.nodes, self.lane.label = nodes, tip
        self.back_button.disabled = self.net.height <= 1
        self.table.fill(lambda: _block_table(rows))
        self._tell_block()

    @property
    def chosen_html(self) -> str:
        """What is told of the chosen block."""
        return str(self._told.value)

    def tables(self) -> Html:
        """The lane as a table, the latest block first."""
        return _block_table(self.net.history.blocks(SHOWN))

    def close(self) -> None:
        """As every panel; the loop that plays is left to the desk."""
        if not self._closed and hasattr(self, "desk"):
            self.desk.player.unobserve(self._follow_player, names=["is_playing", "refusal"])
            for link in self._links:
                link.unlink()
        super().close()

    def _node(self, row: dict[str, Any], change: Change) -> dict[str, Any]:
        height, proposer = int(row["height"]), str(row["proposer"])
        style = self.style_of(proposer)
        words = [
            f"block {grouped(height)}, proposed by {proposer}",
            f"{row['signed']} of {row['places']} signed",
            count(int(row["txs"]), "transaction"),
        ]
        if row["evidence"]:
            words.append(f"evidence against {row['evidence']}")
        if height == self.net.height:
            words.append("the present tip")
        return {
            "id": height,
            "parent": height - 1,
            "lane": 0,
            "height": height,
            "label": ", ".join(words),
            "mark": proposer[:3],
            "colour": style.colour,
            "ink": style.ink,
            "txs": row["txs"],
            "signed": row["signed"],
            "signers": row["places"],
            "evidence": bool(row["evidence"]),
            "tip": height == self.net.height,
            "fresh": height in change.blocks,
        }

    def _tell_block(self) -> None:
        height = self.lane.selected
        if not 1 <= height <= self.net.height:
            self._told.value = note("Choose a block to read what was in it.")
            return
        block = self.net.block_at(height)
        commit = block.commit
        missing = f"; {listed(commit.absent)} did not" if commit.absent else ""
        power = [f"{name} {grouped(new)}" for name, new in sorted(block.validator_updates.items())]
        failed = sum(1 for tx in block.txs if tx.code)
        self._told.value = facts(
            [
                ("block time", f"{clock(block.time)} UTC"),
                ("proposed by", f"{block.proposer}, decided in round {commit.round}"),
                ("signed by", f"{len(commit.signed)} of {len(commit.places)}{missing}"),
                (
                    "transactions",
                    f"{len(block.txs)}, {failed} failed" if failed else len(block.txs),
                ),
                ("evidence", ", ".join(map(repr, block.evidence)) or "none"),
                (
                    "power decided",
                    f"{', '.join(power)}, from height {grouped(height + 2)}"
                    if power
                    else "unchanged",
                ),
                ("app hash", block.app_hash),
            ],
            caption=f"Block {grouped(height)}",
        )

    def _step(self, blocks: int) -> None:
        code = f"{self.name}.step()" if blocks == 1 else f"{self.name}.step({blocks})"
        self.run(code, lambda: self.net.step(blocks))

    def _day(self) -> None:
        self.run(f"{self.name}.step_until(days=1)", lambda: self.net.step_until(days=1))

    def _back(self) -> None:
        self.desk.player.pause()
        height = self.net.height - 1
        self.run(f"{self.name}.revert({height})", lambda: self.net.revert(height))

    def _name_step(self, change: Any) -> None:
        self.step_many_button.description = f"Step {change['new']}"

    def _play(self, change: Any) -> None:
        player = self.desk.player
        if change["new"] and not player.is_playing:
            self.footer.code = f"{self.name}.step()"
            try:
                player.play()
            except Exception:
                self.play.value = False
                raise
        elif not change["new"]:
            player.pause()

    def _follow_player(self, _: Any) -> None:
        player = self.desk.player
        self.play.value = player.is_playing
        self.play.description = "Pause" if player.is_playing else "Play"
        if player.refusal:
            self.footer.alert = f"Play stopped: {player.refusal}"


def _block_table(rows: Sequence[Mapping[str, Any]]) -> Html:
    lines = [
        (
            row["height"],
            clock(row["time"]),
            row["proposer"],
            row["txs"],
            f"{row['signed']} of {row['places']}",
            row["evidence"] or "none",
        )
        for row in reversed(rows)
    ]
    header = ("height", "block time (UTC)", "proposer", "transactions", "signed", "evidence")
    return table(f"The last {count(len(rows), 'block')}", header, lines)
