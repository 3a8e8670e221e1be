"""Proof of authority: a group whose admin decides who weighs how much.

A CW4 group (cosmwasm reference, section 17) that is also CW7: members may register a
consensus key, and while the group is the Authority of x/validator, every change of the
weight of a member with a key becomes a change of the validator set in the same block.
Members without a key wait: they have weight, but no power.
"""

from dataclasses import dataclass

from devnet.contracts.parts.admins import Admin
from devnet.contracts.parts.hooks import Hooks
from devnet.contracts.parts.slashers import Slashers, check_portion, held_at
from devnet.cosmwasm.contract import Contract, execute, instantiate, query
from devnet.cosmwasm.deps import Deps, Env, MessageInfo
from devnet.cosmwasm.errors import Overflow, Refuse
from devnet.cosmwasm.messages import Response
from devnet.cosmwasm.specs.cw4 import (
    AdminAnswer,
    HooksAnswer,
    Member,
    MemberAnswer,
    MemberDiff,
    MembersAnswer,
    TotalAnswer,
    member_changed_hook,
    member_page,
)
from devnet.cosmwasm.specs.cw7 import (
    KEY_SIZE,
    Operator,
    Validator,
    ValidatorAnswer,
    ValidatorsAnswer,
    is_authority,
    validator_diff,
    validator_page,
)
from devnet.cosmwasm.state import Map, SnapshotItem, SnapshotMap
from devnet.cosmwasm.wire import UncheckedAddress
from devnet.primitives.decimals import Decimal
from devnet.primitives.types import MAX_UINT64, Address, Height, Weight


@dataclass(frozen=True, slots=True)
class FirstMember:
    """A member from the beginning, with a key if it has one already."""

    addr: Address
    weight: Weight
    pubkey: bytes | None = None


class Group(Contract):
    """Members with weight, ruled by an admin; its validators follow their weight."""

    admin = Admin()
    hooks = Hooks()
    slashers = Slashers()
    members: SnapshotMap[Weight] = SnapshotMap("members", Weight, key=Address)
    total: SnapshotItem[Weight] = SnapshotItem("total", Weight)
    pubkeys: Map[bytes] = Map("pubkeys", bytes, key=Address)
    operators: Map[Address] = Map("operators", Address, key=bytes)

    @instantiate
    def open(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        admin: Address | None,
        members: list[FirstMember],
    ) -> None:
        """Make a group; without an admin its members never change."""
        seen: set[Address] = set()
        for member in members:
            if member.addr in seen:
                raise Refuse(f"Message contained duplicate member: {member.addr}")
            seen.add(member.addr)

        self.admin.save(deps, admin)
        self.total.save(deps, Weight(0), env.block.height)
        self._apply(deps, env, [(member.addr, member.weight) for member in members])
        for member in members:
            if member.pubkey is not None:
                self._register(deps, member.addr, member.pubkey)

    @execute
    def update_admin(
        self, deps: Deps, env: Env, info: MessageInfo, admin: Address | None
    ) -> Response:
        """Hand the group over, or freeze it for ever with null. Admin only."""
        return self.admin.update(deps, info, admin)

    @execute
    def update_members(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        remove: list[UncheckedAddress],
        add: list[Member],
    ) -> Response:
        """Give members a weight, then take others out; who is in both is out. Admin only."""
        self.admin.require(deps, info.sender)

        check = deps.api.addr_validate
        added = [(check(member.addr), member.weight) for member in add]
        removed = [check(addr) for addr in remove]

        for addr, _ in added:
            self.slashers.refuse_tombstoned(deps, addr)

        diffs = self._apply(deps, env, [*added, *[(addr, None) for addr in removed]])
        return self._announce(deps, env, diffs).add_attributes(
            action="update_members", added=len(add), removed=len(remove), sender=info.sender
        )

    @execute
    def register_pubkey(self, deps: Deps, env: Env, info: MessageInfo, pubkey: bytes) -> Response:
        """Tie a consensus key to the sender, for good; it counts while there is weight."""
        self._register(deps, info.sender, pubkey)

        weight = self.members.find(deps, info.sender) or Weight(0)
        response = Response().add_attributes(action="register_pubkey", operator=info.sender)
        if weight and is_authority(deps.querier, env.contract.address):
            response.add_message(validator_diff([Validator(info.sender, pubkey, weight)]))
        return response

    @execute
    def add_hook(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Let a contract hear of every change. Admin only."""
        self.admin.require(deps, info.sender)

        self.hooks.add(deps, addr)
        return Response().add_attributes(action="add_hook", hook=addr, sender=info.sender)

    @execute
    def remove_hook(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Let a contract hear no more. Admin only."""
        self.admin.require(deps, info.sender)

        self.hooks.remove(deps, addr)
        return Response().add_attributes(action="remove_hook", hook=addr, sender=info.sender)

    @execute
    def add_slasher(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Let a contract take weight from members. Admin only."""
        return self.slashers.add(deps, info, self.admin, addr)

    @execute
    def remove_slasher(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Take that right back. The admin, or the slasher itself."""
        return self.slashers.remove(deps, info, self.admin, addr)

    @execute
    def slash(
        self,
        deps: Deps,
        env: Env,
        info: MessageInfo,
        *,
        addr: Address,
        portion: Decimal,
        at_height: Height | None = None,
    ) -> Response:
        """Take a portion of a member's weight, of now or of a height. Slashers only."""
        self.slashers.require(deps, info.sender)

        weight = self.members.find(deps, addr) or Weight(0)
        base = weight if at_height is None else held_at(self.members, deps, addr, at_height)

        taken = min(weight, check_portion(portion).times(base))

        response = Response()
        if taken:
            diffs = self._apply(deps, env, [(addr, Weight(weight - taken))])
            response = self._announce(deps, env, diffs)
        return response.add_event("slash", addr=addr, amount=taken, portion=portion)

    @execute
    def tombstone(self, deps: Deps, env: Env, info: MessageInfo, addr: Address) -> Response:
        """Take a member out and never let it back. Slashers only."""
        self.slashers.require(deps, info.sender)

        if not self.slashers.bury(deps, addr, env.block.height):
            return Response()

        diffs = self._apply(deps, env, [(addr, None)])
        response = self._announce(deps, env, diffs) if diffs else Response()
        return response.add_event("tombstone", addr=addr)

    @query(name="admin")
    def who_is_admin(self, deps: Deps, env: Env) -> AdminAnswer:
        """Who may change the group."""
        return AdminAnswer(self.admin.find(deps))

    @query
    def total_weight(self, deps: Deps, env: Env, at_height: Height | None = None) -> TotalAnswer:
        """All weight together, now or at the start of a block."""
        if at_height is None:
            return TotalAnswer(self.total.load(deps))
        return TotalAnswer(self.total.find_at(deps, at_height) or Weight(0))

    @query
    def list_members(
        self, deps: Deps, env: Env, *, start_after: Address | None = None, limit: int | None = None
    ) -> MembersAnswer:
        """Members in order of address; 10 unless asked, at most 30."""
        page = self.members.items(deps, after=start_after, limit=member_page(limit))
        return MembersAnswer([Member(addr, weight) for addr, weight in page])

    @query
    def member(
        self, deps: Deps, env: Env, *, addr: Address, at_height: Height | None = None
    ) -> MemberAnswer:
        """The weight of a member, now or at the start of a block; null for a stranger."""
        if at_height is None:
            return MemberAnswer(self.members.find(deps, addr))
        return MemberAnswer(self.members.find_at(deps, addr, at_height))

    @query(name="hooks")
    def list_hooks(self, deps: Deps, env: Env) -> HooksAnswer:
        """Who hears of changes."""
        return HooksAnswer(self.hooks.all(deps))

    @query
    def is_slasher(self, deps: Deps, env: Env, addr: Address) -> bool:
        """Whether a contract may take weight."""
        return addr in self.slashers.all(deps)

    @query
    def list_slashers(self, deps: Deps, env: Env) -> list[Address]:
        """Who may take weight."""
        return self.slashers.all(deps)

    @query
    def list_validators(
        self, deps: Deps, env: Env, *, start_after: Address | None = None, limit: int | None = None
    ) -> ValidatorsAnswer:
        """Members with weight and key, in order of operator; 30 unless asked, at most 100."""
        room = validator_page(limit)
        page: list[Validator] = []
        for addr, weight in self.members.items(deps, after=start_after):
            if len(page) >= room:
                break
            pubkey = self.pubkeys.find(deps, addr) if weight else None
            if pubkey is not None:
                page.append(Validator(addr, pubkey, weight))
        return ValidatorsAnswer(page)

    @query
    def validator(self, deps: Deps, env: Env, operator: Address) -> ValidatorAnswer:
        """One operator: also one that waits for a key, or has a key but no weight."""
        weight = self.members.find(deps, operator)
        pubkey = self.pubkeys.find(deps, operator)
        if weight is None and pubkey is None:
            return ValidatorAnswer(None)
        return ValidatorAnswer(Operator(operator, pubkey, weight or Weight(0)))

    def _register(self, deps: Deps, operator: Address, pubkey: bytes) -> None:
        """One key per operator and one operator per key, for good."""
        if len(pubkey) != KEY_SIZE:
            raise Refuse(f"pubkey has {len(pubkey)} bytes", f"an ed25519 public key has {KEY_SIZE}")
        if self.pubkeys.exists(deps, operator):
            raise Refuse(f"{operator} has registered a key already", "a key is for good")
        owner = self.operators.find(deps, pubkey)
        if owner is not None:
            raise Refuse(f"this key belongs to {owner}", "register a key of your own")

        self.pubkeys.save(deps, operator, pubkey)
        self.operators.save(deps, pubkey, operator)

    def _apply(
        self, deps: Deps, env: Env, changes: list[tuple[Address, Weight | None]]
    ) -> list[MemberDiff]:
        """Write new weights (``None`` takes out) and the total; what really was written."""
        height = env.block.height
        total: int = self.total.load(deps)
        diffs: list[MemberDiff] = []
        for addr, new in changes:
            old = self.members.find(deps, addr)
            if new is None and old is None:
                continue
            if new is None:
                self.members.remove(deps, addr, height)
            else:
                self.members.save(deps, addr, new, height)
            total = total - (old or 0) + (new or 0)
            if total > MAX_UINT64:
                raise Overflow(f"a total weight of {total}", "it is at most 2**64 - 1")
            diffs.append(MemberDiff(addr, old, new))
        self.total.save(deps, Weight(total), height)
        return diffs

    def _announce(self, deps: Deps, env: Env, diffs: list[MemberDiff]) -> Response:
        """Tell x/validator, if it is to be told, and every hook."""
        response = Response()
        changed = self._changed_validators(deps, diffs)
        if changed and is_authority(deps.querier, env.contract.address):
            response.add_message(validator_diff(changed))
        for message in self.hooks.messages(deps, lambda hook: member_changed_hook(hook, diffs)):
            response.add_message(message)
        return response

    def _changed_validators(self, deps: Deps, diffs: list[MemberDiff]) -> list[Validator]:
        """The last word for each member with a key whose weight is not what it was."""
        before: dict[Address, int] = {}
        now: dict[Address, Weight] = {}
        for diff in diffs:
            if diff.key not in before:
                before[diff.key] = diff.old or 0
            now[diff.key] = diff.new or Weight(0)
        changed: list[Validator] = []
        for addr, weight in now.items():
            pubkey = self.pubkeys.find(deps, addr) if weight != before[addr] else None
            if pubkey is not None:
                changed.append(Validator(addr, pubkey, weight))
        return changed
