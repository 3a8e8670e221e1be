"""What would the other rule do? Two sets side by side, and the vote that swaps them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import ipywidgets as widgets

from devnet.live.accounts import signer
from devnet.live.arguments import address_of
from devnet.live.errors import LabError, UnknownName
from devnet_widgets.ballot import PASSED, Ballot, candidates, council_of, find_ballot, voters_of
from devnet_widgets.choice import Choice
from devnet_widgets.desk import Change
from devnet_widgets.given import require_chain
from devnet_widgets.live_chart import LiveChart
from devnet_widgets.offices import Offices
from devnet_widgets.panel import Panel
from devnet_widgets.readings import AHEAD, authorities_set, contract_at, name_of, permission
from devnet_widgets.set_charts import set_chart
from devnet_widgets.swap import (
    difference_table,
    missing,
    swap_finding,
    swap_rows,
    vote_status,
)
from devnet_widgets.tables import Html
from devnet_widgets.wording import grouped, quoted

if TYPE_CHECKING:
    from devnet.live.contracts import Contract
    from devnet.live.devnet import Devnet

_LOOKED_AT: Final = 10
"""Blocks of one verb looked through for a new Authority."""

_WIDTH: Final = 490
"""Width of the picture in pixels: whole in a window of 1024."""


class AuthoritySwap(Panel):
    """The Authority's set beside a candidate's; propose, vote, execute, swap back.

    Parameters
    ----------
    to
        Candidate: a handle, a label or an address; by default the latest contract that
        could be the Authority and is not.
    council
        The multisig that decides; by default the Admin of x/validator.
    voters
        Names or handles of those who vote here; by default the council's members whose
        keys the chain has.
    """

    title = "Authority"

    def __init__(
        self,
        net: "Devnet",
        *,
        to: object = None,
        council: object = None,
        voters: Sequence[object] | None = None,
        embedded: bool = False,
    ) -> None:
        require_chain(net, type(self).__name__)
        self.net = net
        self._council = None if council is None else self._contract(council, "council")
        self._wanted: str | None = None
        if to is not None:
            self._wanted = self._contract(to, "to").address
        self._voters = (
            None if voters is None else [signer(net.session, voter).name for voter in voters]
        )
        self._offices = Offices(net)
        super().__init__(net, embedded=embedded)

    def build(self) -> Sequence[widgets.Widget]:
        """The lesson of an empty panel, the picture, the vote."""
        self._lesson = widgets.HTML()
        self.picture = LiveChart("both sets and their difference")
        self._vote = widgets.HTML()
        return (self._lesson, self.picture, self._vote)

    def actions(self) -> Sequence[widgets.Widget]:
        """Candidate, propose, vote, execute, back, step."""
        self.candidate = Choice("candidate", width="190px")
        self.candidate.observe(lambda _: self.guard(self._choose), names="value")
        self.propose_button = self.button(
            "Propose swap", self._propose, tip="The first voter proposes it", main=True
        )
        self.vote_button = self.button(
            "Next vote", lambda: self._vote_with(1), tip="The next voter says yes"
        )
        self.vote_all_button = self.button(
            "Vote with all", lambda: self._vote_with(None), tip="All who have not voted say yes"
        )
        self.execute_button = self.button(
            "Execute swap", self._execute, tip="Anyone may, once it has passed"
        )
        self.back_button = self.button(
            "Swap back", self._swap_back, tip="Propose, vote and execute the way back"
        )
        self.step_button = self.button("Step", self._step, tip="Make one block")
        return (
            self.candidate,
            self.propose_button,
            self.vote_button,
            self.vote_all_button,
            self.execute_button,
            self.back_button,
            self.step_button,
            self.picture.table.toggle,
        )

    # -- drawing -----------------------------------------------------------------------

    def draw(self, change: Change) -> None:  # noqa: ARG002 - the picture is the same for any change
        """Sets, difference and vote, from the chain."""
        self._offer_candidates()
        target = self._find_target()
        empty = missing(self.net, target)
        self._lesson.value = empty or ""
        self.picture.layout.display = "none" if empty else ""
        if empty or target is None:
            self._vote.value = ""
            return
        rows = swap_rows(self.net, target)
        self._vote.value = vote_status(
            self.net,
            target=target,
            council=self._find_council(),
            ballot=self._ballot(target),
            voters=self._names(),
            name=self.name,
        )
        # The chart comes last: the first of a session takes seconds.
        self.picture.show(
            set_chart(
                rows,
                headings=(f"in office: {self._office_name()}", f"candidate: {target.label}"),
                style_of=self.style_of,
                title=swap_finding(rows, target.label),
                width=_WIDTH,
            ),
            lambda: self._difference(target),
        )

    @property
    def vote_html(self) -> str:
        """How the vote stands."""
        return str(self._vote.value)

    @property
    def lesson_html(self) -> str:
        """What an empty panel teaches; empty otherwise."""
        return str(self._lesson.value)

    def tables(self) -> Html:
        """The difference, or what is missing for one."""
        self._offer_candidates()
        target = self._find_target()
        empty = missing(self.net, target)
        return empty or (self._difference(target) if target else Html(""))

    def sentence(self, change: Change) -> str:
        """What changed; a new Authority first of all."""
        told = super().sentence(change)
        if any(authorities_set(self.net, height) for height in change.blocks[-_LOOKED_AT:]):
            acts = grouped(change.blocks[-1] + AHEAD)
            return f"{self._office_name()} is in office; its set signs from height {acts}. {told}"
        return told

    def _difference(self, target: "Contract") -> Html:
        return difference_table(
            swap_rows(self.net, target),
            office=self._office_name(),
            label=target.label,
            style_of=self.style_of,
        )

    def _offer_candidates(self) -> None:
        options = [(contract.label, contract.address) for contract in candidates(self.net)]
        addresses = [address for _, address in options]
        likely = [self._wanted, self._offices.find_earlier(), *reversed(addresses)]
        self.candidate.offer(options, first=next((a for a in likely if a in addresses), None))

    # -- finding -----------------------------------------------------------------------

    def _contract(self, given: object, what: str) -> "Contract":
        address = address_of(self.net.session, given, field=what)
        found = contract_at(self.net, address)
        if found is None:
            raise UnknownName(f"contract for {what}:", self.net.label(address), self.net.contracts)
        return found

    def _find_council(self) -> "Contract | None":
        return self._council or council_of(self.net)

    def _get_council(self) -> "Contract":
        council = self._find_council()
        if council is None:
            raise LabError("the Admin is no council; give one: AuthoritySwap(net, council=...)")
        return council

    def _find_target(self) -> "Contract | None":
        return contract_at(self.net, self.candidate.value)

    def _get_target(self) -> "Contract":
        target = self._find_target()
        if target is None:
            raise LabError("there is no candidate; make a second group first")
        return target

    def _office_name(self) -> str:
        address = permission(self.net, "authority")
        return "nobody" if address is None else self.net.label(address)

    def _names(self) -> list[str]:
        if self._voters is not None:
            return self._voters
        council = self._find_council()
        return [] if council is None else voters_of(self.net, council)

    def _voter(self) -> str:
        names = self._names()
        if not names:
            raise LabError("no voter's key is here; name some: AuthoritySwap(net, voters=[...])")
        return names[0]

    def _ballot(self, target: "Contract") -> Ballot | None:
        council = self._find_council()
        if council is None:
            return None
        return find_ballot(self.net, council, target.address)

    def _get_ballot(self) -> Ballot:
        target = self._get_target()
        ballot = self._ballot(target)
        if ballot is None:
            raise LabError(f"no swap to {target.label} is proposed; press Propose swap first")
        return ballot

    def _refuse_another(self, target: "Contract") -> None:
        """A second proposal of the same swap would put the first out of reach."""
        ballot = self._ballot(target)
        if ballot is None:
            return
        chosen = target.address == self.candidate.value
        first = "press" if chosen else f"choose {target.label} as candidate and press"
        do = "Execute swap" if ballot.status == PASSED else "Next vote or Vote with all"
        raise LabError(
            f"proposal {ballot.proposal_id} for the swap to {target.label} {ballot.standing};"
            f" {first} {do}"
        )

    # -- acting ------------------------------------------------------------------------

    def _choose(self) -> None:
        if not self.candidate.is_offering:
            self.redraw()

    def _call(self, council: "Contract") -> str:
        return f"{self.name}.contracts[{quoted(name_of(self.net, council))}]"

    def _message(self, target: "Contract") -> str:
        name = quoted(name_of(self.net, target))
        return f"{self.name}.x.validator.message.set_authority(contract={name})"

    def _propose(self) -> None:
        council, target, voter = self._get_council(), self._get_target(), self._voter()
        self._refuse_another(target)
        title = f"{target.label} as Authority"
        self.run(
            f"{self._call(council)}.execute.propose(\n"
            f"    sender={quoted(voter)}, title={quoted(title)},\n"
            f"    msgs=[{self._message(target)}])",
            lambda: council.execute.propose(
                sender=voter,
                title=title,
                msgs=[self.net.x.validator.message.set_authority(contract=target)],
            ),
        )

    def _vote_with(self, most: int | None) -> None:
        council, ballot = self._get_council(), self._get_ballot()
        left = [name for name in self._names() if name not in ballot.votes][:most]
        if not left:
            raise LabError(f"everyone here has voted on proposal {ballot.proposal_id}")
        call = f"{self._call(council)}.execute.vote(proposal_id={ballot.proposal_id}"
        alone = len(left) == 1

        def vote() -> None:
            for name in left:
                council.execute.vote(proposal_id=ballot.proposal_id, vote="yes", sender=name)

        self.run(
            f'{call}, vote="yes", sender={quoted(left[0])})'
            if alone
            else f'for voter in {_tuple(left)}:\n    {call}, vote="yes", sender=voter)',
            self._as_one(vote),
        )

    def _execute(self) -> None:
        council, ballot, voter = self._get_council(), self._get_ballot(), self._voter()
        self.run(
            f"{self._call(council)}.execute.execute(proposal_id={ballot.proposal_id},"
            f" sender={quoted(voter)})",
            lambda: council.execute.execute(proposal_id=ballot.proposal_id, sender=voter),
        )

    def _swap_back(self) -> None:
        from devnet.recipes.governance import (  # noqa: PLC0415 - recipes bring every contract along
            pass_proposal,
        )

        council, names = self._get_council(), self._names()
        target = contract_at(self.net, self._offices.find_earlier())
        if target is None:
            raise LabError(
                f"nothing to go back to yet: no other contract was the Authority before"
                f" {self._office_name()}"
            )
        self._refuse_another(target)
        title = f"back to {target.label}"
        accounts = [signer(self.net.session, name) for name in names]
        self.run(
            "from devnet.recipes import governance\n"
            f"governance.pass_proposal({self._call(council)}, {quoted(title)},\n"
            f"    voters={self.name}.accounts{_tuple(names)}, msgs=[{self._message(target)}])",
            self._as_one(
                lambda: pass_proposal(
                    council,
                    title,
                    voters=accounts,
                    msgs=[self.net.x.validator.message.set_authority(contract=target)],
                )
            ),
        )

    def _step(self) -> None:
        self.run(f"{self.name}.step()", self.net.step)

    def _as_one(self, verb: Callable[[], object]) -> Callable[[], None]:
        """Several verbs that panels show as one change."""

        def run() -> None:
            with self.net.feed.verb():
                verb()

        return run


def _tuple(names: Sequence[str]) -> str:
    inner = ", ".join(quoted(name) for name in names)
    return f"({inner},)" if len(names) == 1 else f"({inner})"
