"""What panels read off a chain, as rows and sentences; every call reads it afresh.

The one room that knows how ``net`` spells things; panels and charts see only rows.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from devnet_widgets.charts import PowerRow, needed_power
from devnet_widgets.desk import Change
from devnet_widgets.wording import count, grouped, listed, share

if TYPE_CHECKING:
    from devnet.live.contracts import Contract
    from devnet.live.devnet import Devnet

AHEAD: Final = 2
"""Heights beyond the last block whose validators are decided already."""
_PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One validator as it stands in the two sets that are known to come.

    Attributes
    ----------
    now, then
        Power in the set that signs the next block, and in the one after it.
    before
        Power in the set that signed the last block.
    """

    name: str
    address: str
    before: int
    now: int
    then: int
    online: bool

    def state(self, height: int) -> str:
        """What is to be said about it after the block of a height, in words."""
        words = [] if self.online else ["offline"]
        if self.now and not self.then:
            words.append(f"leaves at {grouped(height + AHEAD)}")
        elif self.then and not self.now:
            words.append(f"joins at {grouped(height + AHEAD)}")
        elif self.then != self.now:
            words.append(f"changes at {grouped(height + AHEAD)}")
        elif self.before and not self.now:
            words.append(f"left at {grouped(height + 1)}")
        elif self.now and not self.before:
            words.append(f"joined at {grouped(height + 1)}")
        return ", ".join(words)


def seats(net: "Devnet") -> list[SeatRow]:
    """Everyone in the last, the next or the second next set, strongest to come first."""
    sets = [_powers(net, height) for height in (net.height, net.height + 1, net.height + AHEAD)]
    addresses = {
        seat.name: seat.address
        for height in range(net.height, net.height + AHEAD + 1)
        for seat in net.validators.at(height)
    }
    before, now, then = sets
    online = {name: _is_online(net, name) for name in addresses}
    rows = [
        SeatRow(
            name, address, before.get(name, 0), now.get(name, 0), then.get(name, 0), online[name]
        )
        for name, address in addresses.items()
    ]
    return sorted(rows, key=lambda row: (-row.then, -row.now, -row.before, row.name))


def offline(net: "Devnet") -> list[str]:
    """Names in the next set whose nodes are switched off."""
    return [
        seat.name for seat in net.validators.at(net.height + 1) if not _is_online(net, seat.name)
    ]


def _is_online(net: "Devnet", name: str) -> bool:
    return name in net.validators and net.validators[name].is_online


def _powers(net: "Devnet", height: int) -> dict[str, int]:
    return {seat.name: seat.power for seat in net.validators.at(height)}


def power_rows(net: "Devnet", *, since: int, until: int) -> list[PowerRow]:
    """Power by height and name, of those who have any."""
    return [
        PowerRow(row["height"], row["validator"], row["power"])  # type: ignore[arg-type]
        for row in net.history.chart_rows("power", since=since, until=until)
        if row["power"]
    ]


def permission(net: "Devnet", name: str) -> str | None:
    """Address that holds a permission of x/validator: admin, authority, slashing ..."""
    return field(net.x.validator.query.permissions(), name) or None


def authorities_set(net: "Devnet", height: int) -> list[str]:
    """Addresses that a block made the Authority, in order; empty text where it had none set."""
    events = net.block_at(height).events("set_permissions")
    return [a.value for event in events for a in event.attributes if a.key == "authority"]


def contract_at(net: "Devnet", address: str | None) -> "Contract | None":
    """The contract of an address; None for an account or nobody."""
    return next((c for c in net.contracts.values() if c.address == address), None)


def answers(contract: "Contract", query: str) -> bool:
    """Whether a contract's schema has a query."""
    return query in dir(contract.query)


def field(answer: Any, name: str) -> Any:
    """A field of an answer, by key or by attribute."""
    return answer.get(name) if isinstance(answer, Mapping) else getattr(answer, name, None)


def paged(contract: "Contract", query: str, key: str, *, after: str, **more: Any) -> list[Any]:
    """All items of a paged query; ``after`` is the item's field that the next page begins at."""
    items: list[Any] = []
    while True:
        start = {"start_after": field(items[-1], after)} if items else {}
        answer = getattr(contract.query, query)(limit=_PAGE, **start, **more)
        page = field(answer, key)
        items += page
        if len(page) < _PAGE:
            return items


def candidate_set(net: "Devnet", contract: "Contract") -> dict[str, int]:
    """Power by name in the set a CW7 contract would decide."""
    members = paged(contract, "list_validators", "validators", after="operator")
    return {net.label(field(m, "operator")): int(field(m, "weight")) for m in members}


def name_of(net: "Devnet", contract: "Contract") -> str:
    """How to name a contract in a line of code: its label, or its address if another has it."""
    return (
        contract.label
        if net.session.find_address(contract.label) == contract.address
        else contract.address
    )


def history_sentence(rows: Sequence[PowerRow]) -> str:
    """The finding about power over some heights: the last change, and who matters since."""
    sets: dict[int, dict[str, int]] = {}
    for row in rows:
        sets.setdefault(row.height, {})[row.validator] = row.power
    heights = sorted(sets)
    leader = _leader(sets[heights[-1]] if heights else {})
    for earlier, height in reversed(list(itertools.pairwise(heights))):
        old, new = sets[earlier], sets[height]
        if old != new:
            gone = [name for name in old if name not in new]
            come = [name for name in new if name not in old]
            verb = "leave" if gone else "join" if come else "change"
            names = gone or come or [name for name in new if new[name] != old[name]]
            verb = f"{verb}s" if len(names) == 1 else verb
            return f"{listed(names)} {verb} at height {grouped(height)}; {leader}"
    return leader


def power_sentence(rows: Sequence[SeatRow], *, height: int, absent: Sequence[str]) -> str:
    """The finding about power: who comes, who goes, who is silent, who leads."""
    at = grouped(height + AHEAD)
    leaves = [row.name for row in rows if row.now and not row.then]
    joins = [row.name for row in rows if row.then and not row.now]
    changes = [row.name for row in rows if row.now and row.then and row.now != row.then]
    parts = []
    if leaves:
        ends = "power ends" if len(leaves) == 1 else "powers end"
        parts.append(f"{listed(leaves)}'s {ends} at height {at}")
    if joins:
        parts.append(f"{listed(joins)} {'joins' if len(joins) == 1 else 'join'} at height {at}")
    if changes and not parts:
        parts.append(f"{listed(changes)}'s power changes at height {at}")
    if absent:
        parts.append(f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} offline")
    if not parts:
        parts.append(_leader({row.name: row.now for row in rows if row.now}))
    return "; ".join(parts)


def _leader(powers: Mapping[str, int]) -> str:
    """Who matters most in a set, by what the chain could not do without them."""
    whole = sum(powers.values())
    if not whole:
        return "nobody has power"
    first = max(powers, key=lambda name: powers[name])
    held = share(powers[first], whole)
    if len(powers) == 1:
        return f"{first} alone decides every block"
    if whole - powers[first] < needed_power(whole):
        return f"no block without {first}, who holds {held}"
    if min(powers.values()) == powers[first]:
        return f"{count(len(powers), 'validator')} of equal power, {grouped(powers[first])} each"
    return f"{first} leads with {held} of the power"


def change_sentence(net: "Devnet", change: Change) -> str:
    """What just happened, in one sentence."""
    if change.halted:
        return f"halted after block {grouped(net.height)}: {change.halted}"
    if change.blocks:
        last = net.block.summary()
        if len(change.blocks) == 1:
            return last
        span = f"{grouped(change.blocks[0])} to {grouped(change.blocks[-1])}"
        return f"{count(len(change.blocks), 'block')}, {span}; the last: {last}"
    if change.moved:
        return f"block {grouped(net.height)} is the last again; all state is as it was then"
    return asked_sentence(net) if change.asked else ""


def asked_sentence(net: "Devnet") -> str:
    """What waits for the next block, who by who; empty if nothing does."""
    names = {net.validators[name].address: name for name in net.validators.names}
    pending = net.pending
    online = {names.get(raw.hex().upper(), "a node"): on for raw, on in pending.switched}
    twice = {names.get(raw.hex().upper(), "a node"): None for raw, _, _ in pending.double_signs}
    told = [f"{name}'s node starts" for name, _ in pending.started]
    told += [f"{name} {'comes back' if on else 'goes silent'}" for name, on in online.items()]
    told += [f"{name} signs twice" for name in twice]
    return f"with block {grouped(net.height + 1)}: {listed(told)}" if told else ""
