"""What the chain says of a double sign: when, when it was judged, and by whom."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devnet.primitives.decimals import Decimal
from devnet_widgets.readings import answers, contract_at, field, permission

if TYPE_CHECKING:
    from devnet.live.devnet import Devnet

_LOOKED_AT: Final = 20
"""Blocks looked through for evidence."""


@dataclass(frozen=True, slots=True)
class Offence:
    """A double sign that a block carried evidence of.

    Attributes
    ----------
    height
        Where two blocks were signed.
    carried
        Height of the block that carried the evidence.
    """

    height: int
    carried: int


def latest_offence(net: "Devnet", name: str) -> Offence | None:
    """The latest double sign of a validator that one of the last blocks carried."""
    for row in reversed(net.history.blocks(_LOOKED_AT)):
        if not row["evidence"]:
            continue
        carried = int(row["height"] or 0)
        for evidence in net.block_at(carried).evidence:
            if evidence.validator == name:
                return Offence(evidence.height, carried)
    return None


def offences(net: "Devnet") -> dict[str, int]:
    """Height of the latest double sign by name, of those the last blocks carried."""
    found: dict[str, int] = {}
    for row in net.history.blocks(_LOOKED_AT):
        if row["evidence"]:
            for evidence in net.block_at(int(row["height"] or 0)).evidence:
                found[evidence.validator] = evidence.height
    return found


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
    ban = " and is barred for ever" if field(config, "tombstone") else ""
    targets = ", ".join(net.label(str(target)) for target in field(config, "targets"))
    return (
        f"{label} is the Slashing contract: a double sign costs {percent} % of the stake"
        f" at that height{ban}. It acts on: {targets or 'nobody'}."
    )
