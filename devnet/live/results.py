"""What became of a signed verb: height, events, the fields of the answer."""

from typing import Any, Protocol

from devnet.abci import Event, TxResult
from devnet.live.errors import NotInABlockYet, UnknownName
from devnet.live.reprs import html_table
from devnet.node.txs import answer, answer_fields
from devnet.primitives.types import Address, Height


class Names(Protocol):
    """Who is behind an address, in words."""

    def label(self, address: str) -> str:
        """A contract's label, an account's name, or the address itself."""


def named(events: tuple[Event, ...], type_: str | None) -> tuple[Event, ...]:
    """Events of a type, with or without the prefix contracts' events carry."""
    if type_ is None:
        return events
    return tuple(e for e in events if e.type in (type_, f"wasm-{type_}"))


class Receipt:
    """The result of one signed verb; inside ``net.batch()`` it fills when the batch ends.

    ``receipt["x"]`` is a field of the answer, else the first attribute ``x`` that the
    called contract emitted; a plain whole number comes as ``int``.
    """

    def __init__(self, names: Names, *, contract: Address | None = None) -> None:
        self._names, self._contract = names, contract
        self._found: tuple[Height, int, TxResult] | None = None

    def fill(self, height: Height, index: int, result: TxResult) -> None:
        """Take the place and result of the transaction."""
        self._found = (height, index, result)

    def _filled(self) -> tuple[Height, int, TxResult]:
        if self._found is None:
            raise NotInABlockYet
        return self._found

    @property
    def height(self) -> Height:
        """Height of the block that carries it."""
        return self._filled()[0]

    @property
    def index(self) -> int:
        """Place in that block, from 0."""
        return self._filled()[1]

    @property
    def result(self) -> TxResult:
        """The bare result, as the application gave it."""
        return self._filled()[2]

    @property
    def ok(self) -> bool:
        """Did it succeed."""
        return self.result.code == 0

    @property
    def gas_used(self) -> int:
        """Gas it took."""
        return self.result.gas_used

    @property
    def data(self) -> Any:
        """What the contract answered: the value of its JSON, or None if it said nothing."""
        return answer(self.result)

    def events(self, type_: str | None = None) -> tuple[Event, ...]:
        """All events, or those of a type; ``slash`` finds ``wasm-slash`` too."""
        return named(self.result.events, type_)

    def _fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for event in self.result.events:
            if event.type != "wasm" and not event.type.startswith("wasm-"):
                continue
            if self._contract is None or event["_contract_address"] == self._contract:
                for attribute in event.attributes:
                    fields.setdefault(attribute.key, attribute.value)
        return {**fields, **answer_fields(self.result)}

    def __getitem__(self, key: str) -> Any:
        """A field of the answer, else an attribute of the called contract.

        Raises
        ------
        UnknownName
            If there is neither, offering the nearest.
        """
        fields = self._fields()
        if key not in fields:
            raise UnknownName("field or attribute", key, fields)
        value = fields[key]
        return int(value) if isinstance(value, str) and value.isdecimal() else value

    def _ipython_key_completions_(self) -> list[str]:
        return sorted(self._fields())

    def __repr__(self) -> str:
        if self._found is None:
            return "<in the batch, not in a block yet>"
        height, index, result = self._found
        state = "ok" if result.code == 0 else f"failed: {result.log}"
        return f"<tx {index} of block {height}: {state}, {result.gas_used} gas>"

    def _repr_html_(self) -> str:
        rows = [
            (e.type, ", ".join(f"{a.key}={self._names.label(a.value)}" for a in e.attributes))
            for e in (self._found[2].events if self._found else ())
        ]
        return html_table(repr(self).strip("<>"), ("event", "facts"), rows)
