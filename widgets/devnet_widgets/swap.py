"""Two validator sets compared: the one decided now, and a candidate's, in rows and words."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from devnet_widgets.ballot import Ballot
from devnet_widgets.readings import AHEAD, candidate_set, name_of, permission, seats
from devnet_widgets.set_charts import SwapRow
from devnet_widgets.tables import Html, lesson, note, table, who
from devnet_widgets.theme import Style
from devnet_widgets.wording import count, grouped, listed, quoted, share, shares, signed

if TYPE_CHECKING:
    from devnet.live.contracts import Contract
    from devnet.live.devnet import Devnet


def swap_rows(net: "Devnet", target: "Contract") -> list[SwapRow]:
    """Power decided last against the power a candidate would give, its strongest first."""
    now = {row.name: row.then for row in seats(net) if row.then}
    then = candidate_set(net, target)
    names = sorted({*now, *then}, key=lambda n: (-then.get(n, 0), -now.get(n, 0), n))
    return [SwapRow(name, now.get(name, 0), then.get(name, 0)) for name in names]


def swap_finding(rows: Sequence[SwapRow], label: str) -> str:
    """What the candidate would change, in one sentence."""
    now, then = sum(row.now for row in rows), sum(row.then for row in rows)
    if not then:
        return f"{label} has no validators: a swap to it is refused"
    gone = [row.validator for row in rows if not row.then]
    most = max(rows, key=lambda row: abs(row.then * now - row.now * then))
    before, after = share(most.now, now), share(most.then, then)
    if before == after:
        return f"{label} would leave every share as it is"
    told = f"{label} would give {most.validator} {after} instead of {before}"
    return f"{told}; {listed(gone)} would leave" if gone and most.then else told


def difference_table(
    rows: Sequence[SwapRow], *, office: str, label: str, style_of: Callable[[str], Style]
) -> Html:
    """Both sets side by side as numbers, with the entries of the diff between them."""
    told = zip(shares([r.now for r in rows]), shares([r.then for r in rows]), strict=True)
    lines = [
        (
            who(row.validator, style_of(row.validator)),
            row.now or None,
            share_now,
            row.then or None,
            share_then,
            "none" if row.now == row.then else signed(row.then - row.now),
        )
        for row, (share_now, share_then) in zip(rows, told, strict=True)
    ]
    entries = sum(1 for row in rows if row.now != row.then)
    header = ("validator", "power now", "share", "power then", "share", "difference")
    caption = f"{office} against {label}: {count(entries, 'entry', 'entries')} in the diff"
    return table(caption, header, lines, numbers=range(1, 6))


def missing(net: "Devnet", target: "Contract | None") -> Html | None:
    """What to type where there is nothing to compare yet."""
    if permission(net, "authority") is None:
        return lesson(
            "No contract is the Authority yet: the genesis validators stay in power. On a chain"
            " whose Admin is an account, a recipe makes a group and puts it in office:",
            'from devnet.recipes import poa\npoa.recipe(net, {"ana": 25, "ben": 25}).run()',
        )
    if target is None:
        return lesson(
            "No other contract here could be the Authority. Make one that answers"
            " list_validators, such as a second group:",
            "from devnet import contracts\n"
            'net.instantiate(contracts.group, label="pos group", sender="ana", admin="ana",'
            " members=[])",
        )
    return None


def vote_status(
    net: "Devnet",
    *,
    target: "Contract",
    council: "Contract | None",
    ballot: Ballot | None,
    voters: Sequence[str],
    name: str = "net",
) -> Html:
    """How the vote stands, who is left, and when a swap would act.

    ``name`` is what to call the chain in a line of Python.
    """
    height = net.height
    heights = note(
        f"Decided so far: blocks {grouped(height + 1)} and {grouped(height + AHEAD)}. A swap in"
        f" block {grouped(height + 1)} acts from height {grouped(height + 1 + AHEAD)}."
    )
    if council is None:
        return Html(_no_council(net, target, name) + heights)
    if ballot is None:
        return Html(note(f"{council.label} has no open proposal for this swap.") + heights)
    said = ", ".join(f"{name} {ballot.votes.get(name, 'not yet')}" for name in voters)
    return Html(note(f"{council.label}: {ballot.sentence()}. Votes: {said or 'none'}.") + heights)


def _no_council(net: "Devnet", target: "Contract", name: str) -> Html:
    admin = permission(net, "admin")
    if admin is None:
        return lesson("Nobody is Admin any more, and that is final: no swap is possible here.")
    holder = net.label(admin)
    return lesson(
        f"No council yet: {holder} is Admin and decides alone. A swap without a vote:",
        f"{name}.x.validator.execute.set_authority(contract={quoted(name_of(net, target))},"
        f" sender={quoted(holder)})",
    )
