"""``net``: one running chain, and everything a user does with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from devnet.live.accounts import Account, signer
from devnet.live.arguments import address_of, wire
from devnet.live.blocks import BlockView
from devnet.live.contracts import Contract, Contracts, resolver
from devnet.live.history import History
from devnet.live.modules import Modules
from devnet.live.progress import progress
from devnet.live.reprs import clock, counted, grouped, html_table
from devnet.live.results import Receipt
from devnet.live.session import Session
from devnet.live.validators import Validators
from devnet.node.feed import Feed
from devnet.node.genesis import FAUCET, check_name
from devnet.node.node import Node, Quorum
from devnet.node.pending import Pending
from devnet.node.txs import send_message
from devnet.primitives.canonical_json import dumps
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import SECOND, Coins, Height, Timestamp, parse_uint

LAST_TIME = Timestamp(9_000_000_000 * SECOND)
"""In the year 2255: nanoseconds of block time must fit 64 bits with a sign."""
DEFAULT_FUNDS = 1000
"""Smallest units of the chain's token the faucet sends to a new account."""
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}


class Devnet:
    """A chain that lives in this process.

    Made by ``devnet.start(...)`` or ``devnet.open(path)``. Every signed verb makes one
    block, unless it stands inside ``with net.batch():``.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self.session = Session(node)
        self.validators = Validators(self.session)
        self.history = History(self.session)
        self.contracts = Contracts(self.session)
        self.x = Modules(self.session)

    # -- where we are ------------------------------------------------------------------

    @property
    def height(self) -> Height:
        """Height of the last block."""
        return self.node.height

    @property
    def time(self) -> Timestamp:
        """Time of the last block, nanoseconds since 1970."""
        return self.node.time

    @property
    def block(self) -> BlockView:
        """The last block."""
        return self.block_at(self.height)

    def block_at(self, height: int) -> BlockView:
        """The block of a height.

        Raises
        ------
        HeightNotFound
            If there is none yet, saying which heights there are.
        """
        at = parse_uint(height, bits=63, field="height")
        return BlockView(self.session, self.node.block_at(at))

    @property
    def chain_id(self) -> str:
        """Name of the chain, part of every signature."""
        return self.node.options.chain_id

    @property
    def seed(self) -> int:
        """What all keys follow from."""
        return self.node.options.seed

    @property
    def prefix(self) -> str:
        """What addresses begin with."""
        return self.node.options.prefix

    @property
    def feed(self) -> Feed:
        """Where panels listen."""
        return self.node.feed

    @property
    def halted(self) -> str | None:
        """Why no further block can be made, or None."""
        return self.node.halted

    @property
    def pending(self) -> Pending:
        """What was asked for and waits for the next block."""
        return self.node.pending

    @property
    def quorum(self) -> Quorum:
        """Power online for the next block, power needed, power in all."""
        return self.node.quorum()

    # -- time --------------------------------------------------------------------------

    def step(self, blocks: int = 1) -> BlockView:
        """Make blocks; the last one is returned.

        Raises
        ------
        NoQuorum
            If two thirds of the power or less are online: no block, nothing changed.
        ChainHalted
            If a contract called by the chain itself never ended.
        """
        count = parse_uint(blocks, bits=32, field="blocks")
        if count == 0:
            raise InvalidMessage("blocks", "a step makes 1 block or more")
        self.session.refuse_batch("step")
        with self.feed.verb():
            for _ in progress(count, "block"):
                self.node.make_block()
        return self.block

    def step_until(self, **span: int) -> BlockView:
        """Let block time pass: ``step_until(days=22)`` counts from the last block.

        Block time is what the votes of the block before said, so this makes one ordinary
        block whose votes carry the new time, and then one at exactly that time.

        Parameters
        ----------
        span
            One of ``seconds``, ``minutes``, ``hours``, ``days``; a whole number.
        """
        if len(span) != 1 or not span.keys() <= _UNITS.keys():
            raise InvalidMessage("step_until", f"give one of {', '.join(_UNITS)}, like days=22")
        ((unit, amount),) = span.items()
        seconds = parse_uint(amount, bits=32, field=unit) * _UNITS[unit]
        if seconds == 0:
            raise InvalidMessage(unit, "time goes forward; give 1 or more")
        self.session.refuse_batch("step_until")
        target = Timestamp(self.time + seconds * SECOND)
        if target > LAST_TIME:
            raise InvalidMessage(unit, f"block time ends at {clock(LAST_TIME)}; jump less far")
        with self.feed.verb():
            if target > self.node.next_time:
                self.node.make_block(clock=target)
            self.node.make_block()
        return self.block

    def revert(self, height: int) -> Self:
        """Go back: the block of ``height`` is the last again, and everything is as it was.

        Raises
        ------
        HeightNotFound
            If there is no block of that height.
        """
        self.session.refuse_batch("revert")
        self.node.revert(parse_uint(height, bits=63, field="height"))
        return self

    @contextmanager
    def branch(self) -> Iterator[Self]:
        """Look ahead: ``with net.branch():`` and at its end all of it is forgotten."""
        self.session.refuse_batch("branch")
        with self.node.look_ahead():
            yield self

    # -- accounts and validators ---------------------------------------------------------

    def account(self, name: str, *, funds: object = None) -> Account:
        """The account of a name; one the chain does not know yet gets funds from the faucet."""
        return self.accounts(name, funds=funds)[0]

    def accounts(self, *names: str, funds: object = None) -> tuple[Account, ...]:
        """Accounts of several names, the new ones funded in one block.

        Parameters
        ----------
        funds
            What each new account gets, like ``"1000utgd"``; that by default. An account
            the chain knows already gets nothing.
        """
        if not names:
            raise InvalidMessage("names", 'give at least one name, like net.accounts("ana")')
        default = f"{DEFAULT_FUNDS}{self.node.options.denom}"
        coins = Coins.parse(default if funds is None else funds)
        made = tuple(Account(self.session, check_name(name)) for name in names)
        directory = self.node.directory
        new = [name for name in dict.fromkeys(names) if not directory.is_known(name)]
        directory.remember(names)
        if new and coins:
            faucet = directory.address_of(FAUCET)
            sends = [send_message(faucet, directory.address_of(name), coins) for name in new]
            self.session.deliver(sends, FAUCET)
        return made

    def balances(self, who: object) -> Coins:
        """Everything an account, contract, name or address holds, now."""
        return self.node.balances(address_of(self.session, who, field="who"))

    # -- contracts -----------------------------------------------------------------------

    def instantiate(
        self,
        code: object,
        *,
        label: str,
        sender: object,
        funds: object = "",
        salt: bytes | None = None,
        migration_admin: object = None,
        fee: object = "",
        gas: int | None = None,
        **message: Any,
    ) -> Contract:
        """A new instance of a contract; code new to the chain is stored first, in the same block.

        Parameters
        ----------
        code
            A room of ``devnet.contracts``, a class, a ``Path`` to a binary, or a code id.
        label
            Its name on the chain.
        migration_admin
            Who may change its code; nobody by default.
        salt
            Makes the address predictable.
        message
            Every other keyword, ``admin`` too, is the contract's own message.
        """
        account = signer(self.session, sender)
        chosen = code if isinstance(code, int) else self._code_bytes(code)
        schema = self.node.codes.schema_of(chosen)
        body = (
            {k: wire(self.session, v, field=k) for k, v in message.items()}
            if schema is None
            else schema.build("instantiate", "", message, resolver(self.session, "instantiate"))
        )
        admin = migration_admin
        messages = self.node.codes.instantiate_messages(
            account.address,
            chosen,
            label=label,
            msg=dumps(body),
            funds=Coins.parse(funds),
            salt=salt,
            admin="" if admin is None else address_of(self.session, admin, field="migration_admin"),
        )
        receipt = self.session.deliver(messages, account.name, fee=fee, gas=gas)
        return Contract(self.session, None, receipt)

    def _code_bytes(self, code: object) -> bytes:
        if isinstance(code, Path):
            try:
                return code.read_bytes()
            except OSError as err:
                raise InvalidMessage("code", f"{code} cannot be read: {err.strerror}") from err
        if isinstance(code, (ModuleType, type)):
            return self.node.codes.source_of(code)
        raise InvalidMessage(
            "code", f"{code!r}: give a room of devnet.contracts, a class, a Path or a code id"
        )

    # -- transactions ----------------------------------------------------------------------

    def broadcast(self, tx: bytes) -> Receipt:
        """Bring a signed transaction into a block; a failure is reported, not raised."""
        return self.session.broadcast(tx)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One block for every signed verb inside; results are there when it ends.

        Raises
        ------
        TxError
            At the end, the first failure; the transactions beside it stand.
        """
        with self.session.batch():
            yield

    # -- names -----------------------------------------------------------------------------

    def label(self, address: object) -> str:
        """A contract's label, an account's name, or the text itself if it is nobody here."""
        return self.session.label(str(address))

    def close(self) -> None:
        """Close the store; the chain can be opened again from its folder."""
        self.node.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.node.is_closed:
            return f"<{self.chain_id}, closed>"
        quorum = self.quorum
        return (
            f"<{self.chain_id} at height {self.height}, {clock(self.time)}:"
            f" {counted(len(self.validators), 'validator')},"
            f" {quorum.online} of {quorum.total} power online>"
        )

    def _repr_html_(self) -> str | None:
        if self.node.is_closed:
            return None
        quorum = self.quorum
        rows = [
            ("height", grouped(self.height)),
            ("block time", clock(self.time)),
            ("validators", ", ".join(self.validators.at(self.height + 1).names)),
            ("power online", f"{quorum.online} of {quorum.total}, {quorum.needed} needed"),
            ("contracts", ", ".join(self.contracts) or "none"),
            ("votes", self.node.options.votes),
            ("store", self.node.where),
        ]
        return html_table(self.chain_id, ("what", "value"), rows)
