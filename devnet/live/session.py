"""What every handle of one chain shares: the node, its names, and the way into a block.

What waits in a batch is no state of the chain: it is dropped if the batch does not end.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from devnet.live.answers import with_names
from devnet.live.errors import LabError
from devnet.live.results import Receipt
from devnet.node.node import Node
from devnet.node.txs import Message
from devnet.primitives.errors import TxError
from devnet.primitives.types import Address, Coins, Height, parse_uint

AMPLE_GAS = 50_000_000
"""Gas of a transaction whose caller names none."""


class Session:
    """One chain as handles see it; signed verbs come here to get into a block."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._waiting: list[tuple[bytes, Receipt]] | None = None
        self._signed: Counter[str] = Counter()

    @property
    def height(self) -> Height:
        """Height of the last block."""
        return self.node.height

    @property
    def prefix(self) -> str:
        """What addresses begin with."""
        return self.node.options.prefix

    def label(self, address: str) -> str:
        """A contract's label, an account's name, or the text itself if it is nobody here."""
        return self.node.directory.label(address)

    def names(self) -> list[str]:
        """Every account and contract a verb may name."""
        labels = {label for label, _ in self.node.directory.instances()}
        return sorted({*self.node.directory.names(), *labels})

    def find_address(self, name: str) -> Address | None:
        """Address behind the name of an account, or the label of a contract.

        Raises
        ------
        LabError
            If several contracts carry that label: anybody may choose any.
        """
        if name in self.node.directory.names():
            return self.node.directory.address_of(name)
        found = [address for label, address in self.node.directory.instances() if label == name]
        if len(found) > 1:
            raise LabError(
                f"{len(found)} contracts are called {name!r}; give the handle, or one of the"
                f" addresses {', '.join(found)}"
            )
        return found[0] if found else None

    def deliver(
        self,
        messages: Sequence[Message],
        sender: str,
        *,
        fee: object = "",
        gas: int | None = None,
        contract: Address | None = None,
    ) -> Receipt:
        """Sign messages as one transaction and bring it into a block, or into the batch.

        Raises
        ------
        TxError
            What made the transaction fail; the block stands, its changes do not.
        """
        receipt = Receipt(self, contract=contract)
        tx = self._sign(messages, sender, fee=fee, gas=gas)
        if self._waiting is None:
            self._include([(tx, receipt)])
        else:
            self._waiting.append((tx, receipt))
            self._signed[sender] += 1
        return receipt

    def broadcast(self, tx: bytes) -> Receipt:
        """See ``Devnet.broadcast``."""
        self.refuse_batch("broadcast")
        receipt = Receipt(self)
        self._make([(tx, receipt)])
        return receipt

    @contextmanager
    def batch(self) -> Iterator[None]:
        """See ``Devnet.batch``; an error inside makes no block at all."""
        self.refuse_batch("batch")
        waiting: list[tuple[bytes, Receipt]] = []
        self._waiting = waiting
        try:
            yield
        finally:
            self._waiting = None
            self._signed.clear()
        if waiting:
            self._include(waiting)

    def refuse_batch(self, verb: str) -> None:
        """Refuse a verb that makes blocks of its own while a batch is open; ``LabError``."""
        if self._waiting is not None:
            raise LabError(f"{verb} makes blocks of its own; call it after the batch ends")

    def _sign(
        self, messages: Sequence[Message], sender: str, *, fee: object, gas: int | None
    ) -> bytes:
        limit = AMPLE_GAS if gas is None else parse_uint(gas, bits=63, field="gas")
        try:
            return self.node.sign(
                messages, sender, fee=Coins.parse(fee), gas=limit, waiting=self._signed[sender]
            )
        except TxError as err:
            raise self._in_words(err) from None

    def _include(self, txs: list[tuple[bytes, Receipt]]) -> None:
        self._make(txs)
        for _, receipt in txs:
            if receipt.result.error is not None:
                raise self._in_words(receipt.result.error)

    def _in_words(self, error: TxError) -> TxError:
        """The same error object, its text with names in place of bare addresses."""
        error.args = (with_names(str(error), self.node.directory),)
        return error

    def _make(self, txs: list[tuple[bytes, Receipt]]) -> None:
        made = self.node.make_block(tuple(tx for tx, _ in txs))
        for index, ((_, receipt), result) in enumerate(zip(txs, made.results, strict=True)):
            receipt.fill(made.height, index, result)
