"""Several decide: a multisig whose voters are the members of a group.

The flexible CW3 multisig (cosmwasm reference, section 18). Who may vote, and with which
weight, is fixed at the start of the block in which a proposal is made, whatever becomes of
the group; the proposer's own yes counts at once, with the weight of that moment.
"""

from devnet.contracts.parts.ballots import Ballot, Proposal, Votes, check_threshold, with_total
from devnet.cosmwasm.contract import Contract, execute, instantiate, query
from devnet.cosmwasm.deps import Deps, Env, MessageInfo
from devnet.cosmwasm.errors import Refuse, Unauthorized
from devnet.cosmwasm.expiration import Duration, Expiration, Seconds, after, earlier, is_expired
from devnet.cosmwasm.messages import CosmosMsg, Response
from devnet.cosmwasm.specs.cw3 import (
    Config,
    Executor,
    Only,
    ProposalAnswer,
    ProposalsAnswer,
    Threshold,
    ThresholdAnswer,
    Vote,
    VoteAnswer,
    VoteInfo,
    Voter,
    VoterAnswer,
    VotersAnswer,
    VotesAnswer,
    proposal_page,
)
from devnet.cosmwasm.specs.cw4 import Cw4, MemberDiff
from devnet.cosmwasm.state import Item, Map
from devnet.cosmwasm.wire import UncheckedAddress
from devnet.primitives.types import Address, Weight

TWO_WEEKS = Seconds(14 * 24 * 3600)


class Multisig(Contract):
    """Members of a group propose messages, vote, and have them executed."""

    configuration: Item[Config] = Item("config", Config)
    count: Item[int] = Item("proposal_count", int)
    proposals: Map[Proposal] = Map("proposals", Proposal, key=int)
    ballots: Map[Ballot] = Map("votes", Ballot, key=tuple[int, Address])

    @instantiate
    def open(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        group_addr: UncheckedAddress,
        threshold: Threshold,
        max_voting_period: Duration = TWO_WEEKS,
        executor: Executor | None = None,
        proposal_deposit: None = None,
    ) -> None:
        """Make a multisig over a group; the threshold must be one that can be met."""
        try:
            group = Cw4(deps.api.addr_validate(group_addr))
        except Refuse as err:
            raise Refuse(f"Group contract invalid address '{group_addr}'", err.rule) from err

        check_threshold(threshold, group.total(deps.querier))

        config = Config(threshold, max_voting_period, group.addr, executor, proposal_deposit)
        self.configuration.save(deps, config)

    @execute
    def propose(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        title: str,
        msgs: list[CosmosMsg],
        description: str = "",
        latest: Expiration | None = None,
    ) -> Response:
        """Propose messages; the proposer's yes counts at once. Members only."""
        config = self.configuration.load(deps)
        group = Cw4(config.group_addr)
        weight = group.weight(deps.querier, info.sender)
        if weight is None:
            raise Unauthorized(f"{info.sender} is no member of the group {group.addr}")

        longest = after(config.max_voting_period, env.block)
        expires = longest if latest is None else earlier(latest, longest)
        if expires is None:
            raise Refuse("Wrong expiration option", f"voting periods here end like {longest}")

        ballot = Ballot(Weight(weight), "yes")
        proposal = Proposal(
            title=title,
            description=description,
            start_height=env.block.height,
            expires=expires,
            msgs=msgs,
            status="open",
            threshold=config.threshold,
            total_weight=Weight(group.total(deps.querier)),
            votes=Votes().add(ballot),
            proposer=info.sender,
        ).now(env.block)

        number = (self.count.find(deps) or 0) + 1
        self.count.save(deps, number)
        self.proposals.save(deps, number, proposal)
        self.ballots.save(deps, (number, info.sender), ballot)
        return _done("propose", info, number).add_attribute("status", proposal.status.title())

    @execute
    def vote(
        self, deps: Deps, env: Env, info: MessageInfo, *, proposal_id: int, vote: Vote
    ) -> Response:
        """Vote once, with the weight at the start of the proposal's block."""
        proposal = self.proposals.load(deps, proposal_id)
        if proposal.status not in ("open", "passed", "rejected"):
            raise Refuse("Proposal is not open", f"it is {proposal.status}")
        if is_expired(proposal.expires, env.block):
            raise Refuse("Proposal voting period has expired")
        group = Cw4(self.configuration.load(deps).group_addr)
        weight = group.weight_at(deps.querier, info.sender, proposal.start_height)
        if not weight:
            at = f"at the start of block {proposal.start_height}"
            raise Unauthorized(f"{info.sender} had no weight in the group {at}")
        if self.ballots.exists(deps, (proposal_id, info.sender)):
            raise Refuse("Already voted on this proposal")

        ballot = Ballot(Weight(weight), vote)
        self.ballots.save(deps, (proposal_id, info.sender), ballot)
        proposal = proposal.voted(ballot).now(env.block)
        self.proposals.save(deps, proposal_id, proposal)
        return _done("vote", info, proposal_id).add_attribute("status", proposal.status.title())

    @execute(name="execute")
    def carry_out(self, deps: Deps, env: Env, info: MessageInfo, proposal_id: int) -> Response:
        """Send the messages of a proposal that has passed; if one fails, it can be tried again."""
        proposal = self.proposals.load(deps, proposal_id).now(env.block)
        if proposal.status != "passed":
            raise Refuse(
                "Proposal must have passed and not yet been executed",
                f"proposal {proposal_id} is {proposal.status}, with {proposal.votes.yes} yes of"
                f" {proposal.total_weight}",
            )
        self._authorize(deps, info.sender)

        self.proposals.save(deps, proposal_id, proposal.ended("executed"))
        response = _done("execute", info, proposal_id)
        for msg in proposal.msgs:
            response.add_message(msg)
        return response

    @execute
    def close(self, deps: Deps, env: Env, info: MessageInfo, proposal_id: int) -> Response:
        """End a proposal that has expired without passing."""
        proposal = self.proposals.load(deps, proposal_id)
        over = proposal.status in ("executed", "rejected", "passed")
        if over or proposal.now(env.block).status == "passed":
            raise Refuse("Cannot close completed or passed proposals")
        if not is_expired(proposal.expires, env.block):
            raise Refuse("Proposal must expire before you can close it")

        self.proposals.save(deps, proposal_id, proposal.ended("rejected"))
        return _done("close", info, proposal_id)

    @execute
    def member_changed_hook(
        self, deps: Deps, env: Env, info: MessageInfo, diffs: list[MemberDiff]
    ) -> None:
        """Hear of a change in the group; open proposals keep their voters. Group only."""
        group = self.configuration.load(deps).group_addr
        if info.sender != group:
            raise Unauthorized(f"only the group {group} tells of its members")

    @query(name="threshold")
    def show_threshold(self, deps: Deps, env: Env) -> ThresholdAnswer:
        """What a proposal needs, beside the present total weight."""
        config = self.configuration.load(deps)
        total = Cw4(config.group_addr).total(deps.querier)
        return with_total(config.threshold, Weight(total))

    @query
    def proposal(self, deps: Deps, env: Env, proposal_id: int) -> ProposalAnswer:
        """A proposal with its status as of this block."""
        return self.proposals.load(deps, proposal_id).answer(proposal_id, env.block)

    @query
    def list_proposals(
        self, deps: Deps, env: Env, *, start_after: int | None = None, limit: int | None = None
    ) -> ProposalsAnswer:
        """Proposals, oldest first; 10 unless asked, at most 30."""
        page = self.proposals.items(deps, after=start_after, limit=proposal_page(limit))
        return ProposalsAnswer([found.answer(number, env.block) for number, found in page])

    @query
    def reverse_proposals(
        self, deps: Deps, env: Env, *, start_before: int | None = None, limit: int | None = None
    ) -> ProposalsAnswer:
        """Proposals, newest first; 10 unless asked, at most 30."""
        page = self.proposals.items(
            deps, before=start_before, limit=proposal_page(limit), reverse=True
        )
        return ProposalsAnswer([found.answer(number, env.block) for number, found in page])

    @query(name="vote")
    def show_vote(self, deps: Deps, env: Env, *, proposal_id: int, voter: Address) -> VoteAnswer:
        """How somebody voted; null if not at all."""
        ballot = self.ballots.find(deps, (proposal_id, voter))
        if ballot is None:
            return VoteAnswer(None)
        return VoteAnswer(VoteInfo(proposal_id, voter, ballot.vote, ballot.weight))

    @query
    def list_votes(
        self,
        deps: Deps,
        env: Env,
        *,
        proposal_id: int,
        start_after: Address | None = None,
        limit: int | None = None,
    ) -> VotesAnswer:
        """All votes on a proposal, in order of voter; 10 unless asked, at most 30."""
        page = self.ballots.items(
            deps, prefix=(proposal_id,), after=start_after, limit=proposal_page(limit)
        )
        return VotesAnswer(
            [VoteInfo(proposal_id, voter, cast.vote, cast.weight) for voter, cast in page]
        )

    @query
    def voter(self, deps: Deps, env: Env, address: Address) -> VoterAnswer:
        """The present weight of somebody; null for a stranger."""
        group = Cw4(self.configuration.load(deps).group_addr)
        weight = group.weight(deps.querier, address)
        return VoterAnswer(None if weight is None else Weight(weight))

    @query
    def list_voters(
        self, deps: Deps, env: Env, *, start_after: Address | None = None, limit: int | None = None
    ) -> VotersAnswer:
        """Present members of the group; 10 unless asked, at most 30."""
        group = Cw4(self.configuration.load(deps).group_addr)
        page = group.members(deps.querier, start_after=start_after, limit=limit)
        return VotersAnswer([Voter(member.addr, member.weight) for member in page])

    @query
    def config(self, deps: Deps, env: Env) -> Config:
        """How this multisig was made."""
        return self.configuration.load(deps)

    def _authorize(self, deps: Deps, sender: Address) -> None:
        """Let only the executor pass, if one was named."""
        config = self.configuration.load(deps)
        match config.executor:
            case None:
                return
            case Only(addr):
                if sender != Address(addr):
                    raise Unauthorized(f"only {addr} may execute here")
            case _:
                if Cw4(config.group_addr).weight(deps.querier, sender) is None:
                    raise Unauthorized(f"only members of {config.group_addr} may execute here")


def _done(action: str, info: MessageInfo, proposal_id: int) -> Response:
    return Response().add_attributes(action=action, sender=info.sender, proposal_id=proposal_id)
