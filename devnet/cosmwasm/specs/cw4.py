"""CW4: groups, which give their members weight.

Shapes of the standard (cosmwasm reference, section 17) and :class:`Cw4`, a client around
the address of any group. Two of its reads go past the group's code, straight to its
storage: the present total and the present weight of a member.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from devnet.cosmwasm.deps import Querier
from devnet.cosmwasm.errors import QueryFailed
from devnet.cosmwasm.kinds import kind_of, plain
from devnet.cosmwasm.messages import CosmosMsg, wasm_execute
from devnet.cosmwasm.state import Item, Map
from devnet.cosmwasm.wire import UncheckedAddress
from devnet.primitives.canonical_json import Json, loads
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Height, Weight

_DEFAULT_LIMIT, _MAX_LIMIT = 10, 30


def member_page(limit: int | None) -> int:
    """How many members a page holds: 10 unless asked, never more than 30."""
    return _DEFAULT_LIMIT if limit is None else min(limit, _MAX_LIMIT)


@dataclass(frozen=True, slots=True)
class Member:
    """An address and its weight; weight 0 is a member without a vote."""

    addr: UncheckedAddress
    weight: Weight


@dataclass(frozen=True, slots=True)
class MemberAnswer:
    """Answer of ``member``; ``None`` is no member."""

    weight: Weight | None


@dataclass(frozen=True, slots=True)
class TotalAnswer:
    """Answer of ``total_weight``."""

    weight: Weight


@dataclass(frozen=True, slots=True)
class MembersAnswer:
    """Answer of ``list_members``, in order of address text."""

    members: list[Member]


@dataclass(frozen=True, slots=True)
class AdminAnswer:
    """Answer of ``admin``; ``None`` means that nobody can change the group any more."""

    admin: Address | None


@dataclass(frozen=True, slots=True)
class HooksAnswer:
    """Answer of ``hooks``, in order of registration."""

    hooks: list[Address]


@dataclass(frozen=True, slots=True)
class MemberDiff:
    """One change: old ``None`` is an insertion, new ``None`` a removal."""

    key: Address
    old: Weight | None
    new: Weight | None


def member_changed_hook(hook: Address, diffs: list[MemberDiff]) -> CosmosMsg:
    """What a group tells each of its hooks."""
    return wasm_execute(hook, {"member_changed_hook": {"diffs": diffs}})


_TOTAL = Item("total", int)
_MEMBERS = Map("members", int, key=Address)
_WEIGHT = kind_of(int)
_MEMBER_ANSWER = kind_of(MemberAnswer)
_MEMBERS_ANSWER = kind_of(MembersAnswer)


@dataclass(frozen=True, slots=True)
class Cw4:
    """A group, seen from another contract."""

    addr: Address

    def total(self, querier: Querier) -> int:
        """Present total weight.

        Raises
        ------
        QueryFailed
            If there is no such contract, or it is no group.
        """
        return self._weight(querier.raw(self.addr, _TOTAL.key), "has no total: it is no group")

    def weight(self, querier: Querier, member: Address) -> int | None:
        """Present weight of a member, ``None`` for a stranger."""
        raw = querier.raw(self.addr, _MEMBERS.raw_key(member))
        return None if raw is None else self._weight(raw, "")

    def weight_at(self, querier: Querier, member: Address, height: Height) -> int | None:
        """Weight of a member at the start of a block."""
        answer = querier.smart(self.addr, {"member": {"addr": member, "at_height": height}})
        found: MemberAnswer = _MEMBER_ANSWER.read(answer, None)
        return found.weight

    def members(
        self, querier: Querier, *, start_after: Address | None, limit: int | None
    ) -> list[Member]:
        """A page of members."""
        request: dict[str, Json] = {"list_members": {"start_after": start_after, "limit": limit}}
        answer: MembersAnswer = _MEMBERS_ANSWER.read(querier.smart(self.addr, request), None)
        return answer.members

    def update_members(
        self, *, add: Iterable[Member] = (), remove: Iterable[Address] = ()
    ) -> CosmosMsg:
        """Give members a weight, then take others out."""
        return self._call("update_members", add=list(add), remove=list(remove))

    def add_hook(self, hook: Address) -> CosmosMsg:
        """Let a contract hear of every change."""
        return self._call("add_hook", addr=hook)

    def remove_hook(self, hook: Address) -> CosmosMsg:
        """Let a contract hear no more."""
        return self._call("remove_hook", addr=hook)

    def _call(self, name: str, **fields: Any) -> CosmosMsg:
        return wasm_execute(self.addr, {name: plain(fields)})

    def _weight(self, raw: bytes | None, absent: str) -> int:
        if raw is None:
            raise QueryFailed(f"{self.addr} {absent}")
        try:
            weight: int = _WEIGHT.read(loads(raw), None)
        except InvalidMessage as err:
            raise QueryFailed(f"{self.addr} keeps no plain weights: {err.reason}") from None
        return weight
