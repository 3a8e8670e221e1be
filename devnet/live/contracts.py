"""Contracts as handles: ``execute`` changes state, ``query`` reads, ``message`` builds.

The verbs come from the schema of the contract's code, so completion, help and errors
speak the contract's own words. A compiled contract has no schema here: any message name
is taken and its contract judges it.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, Signature
from typing import Any

from devnet.cosmwasm.schema import REQUIRED, ContractSchema, EntryPoint
from devnet.cosmwasm.schema import Message as MessageSchema
from devnet.live.accounts import signer
from devnet.live.answers import named
from devnet.live.arguments import address_of, wire
from devnet.live.errors import UnknownName
from devnet.live.reprs import html_table, short, text_table
from devnet.live.results import Receipt
from devnet.live.session import Session
from devnet.node.txs import execute_message, made_address
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.types import Address, Coins

_DOORS: tuple[EntryPoint, ...] = ("execute", "query")


class Message(dict[str, Any]):
    """A message ready to stand in a proposal; plain JSON with a readable face."""

    def __init__(self, content: dict[str, Any], text: str) -> None:
        super().__init__(content)
        self._text = text

    def __repr__(self) -> str:
        return f"<message {self._text}>"


class Contract:
    """An instance of a contract; holds an address, never its state.

    Attributes
    ----------
    execute
        Verbs that are signed and change state.
    query
        Verbs that read.
    message
        Verbs that build a message, to be put in a proposal.
    """

    def __init__(
        self, session: Session, address: Address | None, receipt: Receipt | None = None
    ) -> None:
        self.session, self._address, self._receipt = session, address, receipt
        # Attributes, not properties: completion looks into the one and not the other.
        self.execute = Execute(session, self)
        self.query = Query(session, self)
        self.message = Build(session, self)

    @property
    def address(self) -> Address:
        """bech32 address; inside a batch it is known when the batch ends."""
        if self._address is None:
            assert self._receipt is not None
            self._address = made_address(self._receipt.result)
        return self._address

    @property
    def label(self) -> str:
        """The label it was given."""
        return self.session.node.codes.info(self.address).label

    @property
    def code_id(self) -> int:
        """The code it runs now."""
        return self.session.node.codes.info(self.address).code_id

    @property
    def balances(self) -> Coins:
        """Everything it holds, now."""
        return self.session.node.balances(self.address)

    @property
    def schema(self) -> ContractSchema | None:
        """Messages, arguments and answers; None for a compiled contract."""
        return self.session.node.codes.schema_of_contract(self.address)

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        return f"<contract {self.label}: {self.address}>"

    def _repr_html_(self) -> str:
        schema = self.schema
        rows = [
            (door, m.name, ", ".join(a.name for a in m.arguments), m.doc.partition("\n")[0])
            for door in _DOORS
            for m in (schema.messages.get(door, {}).values() if schema else ())
        ]
        header = ("verb", "message", "arguments", "meaning")
        return html_table(f"contract {self.label}", header, rows, note=self.address)


class Contracts(Mapping[str, Contract]):
    """``net.contracts``: every contract by its label; of equal labels the latest."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getitem__(self, label: str) -> Contract:
        found = dict(self._session.node.directory.instances())
        if label not in found:
            raise UnknownName("contract", label, found)
        return Contract(self._session, found[label])

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._session.node.directory.instances()))

    def __len__(self) -> int:
        return len(dict(self._session.node.directory.instances()))

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def _rows(self) -> list[tuple[object, ...]]:
        info = self._session.node.codes.info
        found = self._session.node.directory.instances()
        return [(label, str(info(at).code_id), short(at)) for label, at in found]

    def __repr__(self) -> str:
        if not self:
            return "no contracts yet; net.instantiate(...) makes one"
        return text_table(("contract", "code", "address"), self._rows())

    def _repr_html_(self) -> str:
        note = "" if self else "none yet; net.instantiate(...) makes one"
        return html_table("contracts", ("contract", "code", "address"), self._rows(), note=note)


class _Verb:
    """Messages of one entry point as attributes, with completion and help."""

    _door: EntryPoint = "execute"

    def __init__(self, session: Session, contract: Contract) -> None:
        self._session, self._contract = session, contract

    def __dir__(self) -> list[str]:
        schema = self._contract.schema
        return sorted(schema.names(self._door)) if schema else []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        schema = self._contract.schema
        if schema is not None and name not in schema.names(self._door):
            what = f"{self._door} message of {self._contract.label}:"
            raise UnknownName(what, name, schema.names(self._door))
        call = self._callable(name)
        call.__name__ = name
        call.__qualname__ = f"{self._contract.label}.{self._door}.{name}"
        if schema is not None:
            message = schema.message(self._door, name)
            call.__doc__ = message.doc
            call.__signature__ = _signature(message, self._extra)  # type: ignore[attr-defined]
        return call

    _extra: tuple[str, ...] = ()

    def _callable(self, name: str) -> Callable[..., Any]:
        raise NotImplementedError

    def _json(self, name: str, args: dict[str, Any]) -> bytes:
        """The message as JSON, its arguments as the schema wants them."""
        schema = self._contract.schema
        if schema is None:
            fields = {k: wire(self._session, v, field=k) for k, v in args.items()}
            return dumps({name: fields})
        return dumps(schema.build(self._door, name, args, resolver(self._session, name)))

    def __repr__(self) -> str:
        return f"<{self._door} {self._contract.label}: {', '.join(dir(self)) or 'any message'}>"


class Execute(_Verb):
    """``contract.execute.name(..., sender=ana, funds="5utgd")``."""

    _extra = ("sender", "funds", "fee", "gas")

    def _callable(self, name: str) -> Callable[..., Receipt]:
        def execute(
            *,
            sender: object = None,
            funds: object = "",
            fee: object = "",
            gas: int | None = None,
            **args: Any,
        ) -> Receipt:
            account = signer(self._session, sender)
            sent = execute_message(
                account.address,
                self._contract.address,
                self._json(name, args),
                Coins.parse(funds),
            )
            return self._session.deliver(
                [sent], account.name, fee=fee, gas=gas, contract=self._contract.address
            )

        return execute


class Query(_Verb):
    """``contract.query.name(...)``: the answer, typed by the contract's schema."""

    _door = "query"

    def _callable(self, name: str) -> Callable[..., Any]:
        def query(**args: Any) -> Any:
            answer = loads(self._session.node.smart(self._contract.address, self._json(name, args)))
            schema = self._contract.schema
            typed = answer if schema is None else schema.decode_answer(name, answer)
            return named(typed, self._session.node.directory)

        return query


class Build(_Verb):
    """``contract.message.name(...)``: a message for a proposal, sent by whoever executes it."""

    _extra = ("funds",)

    def _callable(self, name: str) -> Callable[..., Message]:
        def build(*, funds: object = "", **args: Any) -> Message:
            content = {
                "contract_addr": self._contract.address,
                "msg": b64encode(self._json(name, args)).decode(),
                "funds": wire(self._session, Coins.parse(funds), field="funds"),
            }
            return Message({"wasm": {"execute": content}}, f"{self._contract.label}.{name}")

        return build


def resolver(session: Session, field: str) -> Callable[[object], str]:
    """How a contract's schema finds the address behind what a user typed."""
    return lambda value: address_of(session, value, field=field)


_DEFAULTS = {"sender": Parameter.empty, "funds": "", "fee": "", "gas": None}
"""What a verb takes beside the message, and what stands for nothing there."""


def _signature(message: MessageSchema, extra: tuple[str, ...]) -> Signature:
    own = [
        Parameter(
            a.name,
            Parameter.KEYWORD_ONLY,
            annotation=a.annotation,
            **({} if a.is_required else {"default": None if a.default is REQUIRED else a.default}),
        )
        for a in message.arguments
    ]
    given = [Parameter(name, Parameter.KEYWORD_ONLY, default=_DEFAULTS[name]) for name in extra]
    return Signature([*own, *given])
