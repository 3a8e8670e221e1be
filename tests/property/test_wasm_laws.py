"""Submessages over random trees of calls: what is kept is what the reference says."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fakes.contracts import EMPTY, FakeRuntime, execute, response, submessage
from fakes.state import contents, make_ctx
from hypothesis import given
from hypothesis import strategies as st

from devnet.chain.context import Context
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.crypto.addresses import to_bech32
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins
from devnet.x.wasm.errors import ContractError
from devnet.x.wasm.keeper import WasmKeeper
from devnet.x.wasm.module import WasmModule

CONTRACTS = 3
ANA = to_bech32("tgrade", b"ana".ljust(20, b"\0"))


@dataclass(frozen=True)
class Node:
    """A call: what it writes, whether it refuses, and the messages it sends."""

    contract: int
    value: int
    refuses: bool
    messages: tuple["Edge", ...]


@dataclass(frozen=True)
class Edge:
    """A submessage: when to reply, and what the reply writes or refuses."""

    node: Node
    reply_on: str
    reply_value: int
    reply_refuses: bool


def edges(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    reply_on = st.sampled_from(["always", "error", "success", "never"])
    rarely = st.integers(0, 4).map(lambda n: n == 0)
    edge = st.builds(Edge, nodes, reply_on, st.integers(100, 199), rarely)
    return st.builds(
        Node,
        st.integers(0, CONTRACTS - 1),
        st.integers(0, 99),
        rarely,
        st.lists(edge, max_size=3).map(tuple),
    )


leaves = st.builds(
    Node, st.integers(0, CONTRACTS - 1), st.integers(0, 99), st.booleans(), st.just(())
)
trees = st.recursive(leaves, edges, max_leaves=12)


class Bank:
    """Takes every payment."""

    def send(self, ctx: Context, sender: Address, recipient: Address, coins: Coins) -> None:
        """Nothing moves."""


def model(node: Node, state: dict[int, list[int]]) -> bool:
    """The reference's own pseudo-code (section 10) over plain lists; False is failure."""
    state[node.contract] = [*state[node.contract], node.value]
    if node.refuses:
        return False
    for edge in node.messages:
        mark = dict(state)
        succeeded = model(edge.node, state)
        if not succeeded:
            state.clear()
            state.update(mark)
            if edge.reply_on in ("never", "success"):
                return False
        if edge.reply_on == "never" or (edge.reply_on == "error" and succeeded):
            continue
        state[node.contract] = [*state[node.contract], edge.reply_value]
        if edge.reply_refuses:
            return False
    return True


def appending(call: Any, told: Any) -> Any:
    """Append a number to the contract's list, then do as told."""
    written = call.storage.get(b"log") or b""
    call.storage.set(b"log", written + bytes((told["value"],)))
    return told["then"]


def told_by(node: Node, addresses: list[Address]) -> dict[str, Any]:
    messages = [
        submessage(
            execute(addresses[edge.node.contract], told_by(edge.node, addresses)),
            reply_on=edge.reply_on,
            then={"value": edge.reply_value, "refuses": edge.reply_refuses, "then": EMPTY},
        )
        for edge in node.messages
    ]
    return {"value": node.value, "refuses": node.refuses, "then": response(messages=messages)}


@pytest.fixture(scope="module")
def make_chain() -> Callable[[], tuple[WasmKeeper, Context, list[Address]]]:
    def make() -> tuple[WasmKeeper, Context, list[Address]]:
        keeper = WasmKeeper([FakeRuntime({"log": LOGGER})], bank=Bank(), prefix="tgrade")
        modules = [WasmModule(keeper)]
        keeper.connect(MessageRouter(modules), QueryRouter(modules))
        ctx = make_ctx()
        code_id = keeper.store_code(ctx, ANA, b"fake log")
        addresses = [
            keeper.instantiate(ctx, code_id, sender=ANA, label="log", msg=b"{}")[0]
            for _ in range(CONTRACTS)
        ]
        return keeper, ctx, addresses

    return make


def _told(call: Any) -> Any:
    told: Any = loads(call.msg)
    if call.entry_point == "reply":
        told = loads(b64decode(told["payload"]))
    result = appending(call, told)
    return dumps({"error": "no"}) if told["refuses"] else result


LOGGER = {"instantiate": lambda _: EMPTY, "execute": _told, "reply": _told}


@given(tree=trees)
def test_what_is_kept_is_what_the_reference_keeps(
    make_chain: Callable[[], tuple[WasmKeeper, Context, list[Address]]], tree: Node
) -> None:
    keeper, ctx, addresses = make_chain()
    before = contents(ctx)
    expected: dict[int, list[int]] = {n: [] for n in range(CONTRACTS)}
    succeeds = model(tree, expected)
    try:
        with ctx.branch() as scope:
            msg = dumps(told_by(tree, addresses))
            keeper.execute(scope, addresses[tree.contract], sender=ANA, msg=msg)
    except ContractError:
        assert not succeeds
        assert contents(ctx) == before
    else:
        assert succeeds
        logs = [list(keeper.query_raw(ctx, a, b"log") or b"") for a in addresses]
        assert logs == [expected[n] for n in range(CONTRACTS)]
