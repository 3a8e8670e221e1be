"""What the chain says of a double sign: when it was, who judged it, and what it cost."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devnet.primitives.decimals import Decimal
from devnet_widgets.charts import StepRow
from devnet_widgets.readings import AHEAD, answers, contract_at, field, permission
from devnet_widgets.wording import grouped, listed

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet

FIGURES: Final = {
    "stake": "tokens locked, after the block",
    "weight": "in the Authority, after the block",
    "power": "in the set that signs the block",
}
"""What a double sign can cost, and what each figure is of."""
_LOOKED_AT: Final = 20
"""Blocks looked through for evidence."""


@dataclass(frozen=True, slots=True)
class Offence:
    """A double sign, from when it is asked for until a block has carried its evidence.

    Attributes
    ----------
    height
        Where two blocks are signed; the next height while it is only asked for.
    carried
        Height of the block that carried the evidence; ``None`` before there is one.
    """

    height: int
    carried: int | None = None


def latest_offence(net: "Devnet", name: str) -> Offence | None:
    """The latest double sign of a validator: asked for, in the last block, or carried lately."""
    if _is_among(net, name, net.pending.double_signs):
        return Offence(net.height + 1)
    if net.height and _is_among(net, name, net.block.committed.inputs.double_signs):
        return Offence(net.height)
    for row in reversed(net.history.blocks(_LOOKED_AT)):
        if not row["evidence"]:
            continue
        carried = int(row["height"] or 0)
        for evidence in net.block_at(carried).evidence:
            if evidence.validator == name:
                return Offence(evidence.height, carried)
    return None


def _is_among(net: "Devnet", name: str, double_signs: Sequence[tuple[bytes, int, str]]) -> bool:
    if name not in net.validators:
        return False
    address = net.validators[name].address
    return any(signer.hex().upper() == address for signer, _, _ in double_signs)


def offences(net: "Devnet") -> dict[str, int]:
    """Height of the latest double sign by name, of those the last blocks carried."""
    found: dict[str, int] = {}
    for row in net.history.blocks(_LOOKED_AT):
        if row["evidence"]:
            for evidence in net.block_at(int(row["height"] or 0)).evidence:
                found[evidence.validator] = evidence.height
    return found


def marks_of(offence: Offence | None) -> dict[int, str]:
    """Heights to mark in a picture, with a word each."""
    if offence is None:
        return {}
    marks = {offence.height: "double sign"}
    return marks if offence.carried is None else {**marks, offence.carried: "evidence"}


def figure_rows(net: "Devnet", name: str, *, since: int, until: int) -> list[StepRow]:
    """Stake, weight and power of a validator by height, as far as they are known."""
    tip = net.height
    decided = min(until, tip + AHEAD)
    if since > decided:
        return []
    found = {
        row["height"]: row
        for row in net.history.chart_rows(*FIGURES, since=since, until=decided)
        if row["validator"] == name
    }
    rows: list[StepRow] = []
    for figure in FIGURES:
        value: int | None = 0 if figure == "power" else None
        for height in range(since, (decided if figure == "power" else min(until, tip)) + 1):
            told = found.get(height, {}).get(figure)
            # A book that has named somebody once and no longer does holds nothing of theirs.
            value = 0 if told is None and value is not None else _whole(told)
            if value is not None:
                rows.append(StepRow(height, figure, value, decided=height > tip))
    return rows


def loss_finding(name: str, rows: Sequence[StepRow], offence: Offence | None, *, tip: int) -> str:
    """What the double sign cost, in one sentence; before it is judged, what comes when."""
    if offence is None:
        return f"{name} has not signed twice in the last blocks"
    if offence.height > tip:
        return f"{name} will sign twice at {grouped(offence.height)}"
    if offence.carried is None:
        proof = f"the proof comes with block {grouped(offence.height + 1)}"
        return f"{name} signed twice at {grouped(offence.height)}; {proof}"
    later = [row for row in rows if row.height >= offence.height]
    steps = [told for figure in FIGURES if (told := _loss(later, figure))]
    at = grouped(offence.height)
    if not steps:
        return f"{name} signed twice at {at} and lost nothing"
    return f"{name} signed twice at {at} and loses {listed(steps)}"


def _loss(rows: Sequence[StepRow], figure: str) -> str:
    """The first fall of a figure: how much, of what, at which height."""
    mine = [row for row in rows if row.figure == figure]
    for earlier, row in itertools.pairwise(mine):
        fall = (earlier.value or 0) - (row.value or 0)
        if fall > 0:
            amount = grouped(fall) if row.value else "all"
            return f"{amount} {figure} at {grouped(row.height)}"
    return ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def refusal_of(net: "Devnet", height: int) -> str:
    """Why the chain refused evidence that a block carried; empty if it did not."""
    for event in net.block_at(height).events("evidence_rejected"):
        return str(event["reason"])
    return ""


def punisher_sentence(net: "Devnet") -> str:
    """Who is punished how, as the Slashing contract in office has it."""
    address = permission(net, "slashing")
    if address is None:
        return "No Slashing contract is set: evidence is recorded, and nobody will be punished."
    contract = contract_at(net, address)
    label = net.label(address)
    if contract is None or not answers(contract, "config"):
        return f"{label} is the Slashing contract and decides what a double sign costs."
    config = contract.query.config()
    portion = Decimal.parse(str(field(config, "double_sign_portion")))
    percent = Decimal(portion.atomics * 100)
    ban = "; the validator is barred there for ever" if field(config, "tombstone") else ""
    targets = listed([net.label(str(target)) for target in field(config, "targets")])
    return (
        f"{label} is the Slashing contract: in {targets}, a double sign costs {percent} % of the"
        f" stake at that height{ban}."
    )
