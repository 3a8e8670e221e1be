"""Accounts as handles: a name, an address, and the verbs an account can do."""

from devnet.live.arguments import address_of, refuse_stranger
from devnet.live.errors import NotAValidator, UnknownName
from devnet.live.reprs import html_table
from devnet.live.results import Receipt
from devnet.live.session import Session
from devnet.live.validators import ValidatorHandle, Validators
from devnet.node.txs import Proof, evidence_message, send_message
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address, Coins


class Account:
    """An account of the chain; holds a name, never a balance.

    Every verb signs with the account's key and makes a block of its own, unless it
    stands inside ``with net.batch():``.
    """

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.name = session, name

    @property
    def address(self) -> Address:
        """bech32 address."""
        return self.session.node.directory.address_of(self.name)

    @property
    def balances(self) -> Coins:
        """Everything the account holds, now."""
        return self.session.node.balances(self.address)

    @property
    def sequence(self) -> int:
        """Number of the account's next transaction."""
        return self.session.node.account(self.name).sequence

    @property
    def validator(self) -> ValidatorHandle:
        """The validator this account runs.

        Raises
        ------
        NotAValidator
            If it runs none.
        """
        running = Validators(self.session)
        if self.name not in running:
            raise NotAValidator(self.name)
        return running[self.name]

    def send(
        self, to: object, coins: object, *, fee: object = "", gas: int | None = None
    ) -> Receipt:
        """Send coins such as ``"5utgd"`` to an account, a contract, a name or an address.

        Raises
        ------
        InsufficientFunds
            If the account holds less.
        """
        recipient = address_of(self.session, to, field="to")
        message = send_message(self.address, recipient, Coins.parse(coins))
        return self.session.deliver([message], self.name, fee=fee, gas=gas)

    def run_validator(self) -> ValidatorHandle:
        """Start a node with a consensus key of this account; it signs once it has power."""
        self.session.node.start_validator(self.name)
        return ValidatorHandle(self.session, self.name)

    def submit_evidence(self, proof: Proof, *, fee: object = "", gas: int | None = None) -> Receipt:
        """Bring a proof of a double sign before the chain, by a transaction.

        Raises
        ------
        EvidenceError
            Naming the check that failed, or that it was accepted before.
        """
        if not isinstance(proof, Proof):
            raise InvalidMessage(
                "proof", f"{proof!r} is none; make one with validator.forge_double_sign()"
            )
        message = evidence_message(self.address, proof)
        return self.session.deliver([message], self.name, fee=fee, gas=gas)

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        held = "chain closed" if self.session.node.is_closed else repr(self.balances)
        return f"<account {self.name}: {held}>"

    def _repr_html_(self) -> str:
        rows = [(coin.denom, coin.amount) for coin in self.balances]
        return html_table(f"account {self.name}", ("token", "amount"), rows, note=self.address)


def signer(session: Session, sender: object) -> Account:
    """The account that signs: a handle or a name.

    Raises
    ------
    UnknownName
        If nobody here has that name, offering the nearest.
    InvalidMessage
        If it is no account at all.
    """
    directory = session.node.directory
    if isinstance(sender, Account | ValidatorHandle):
        refuse_stranger(session, sender, field="sender")
        return Account(session, sender.name)
    if sender is None:
        raise InvalidMessage("sender", "say who signs, like sender=ana")
    if not isinstance(sender, str):
        raise InvalidMessage("sender", f"{sender!r} is no account; give a handle or a name")
    name = directory.find_name(sender) if sender.startswith(session.prefix + "1") else sender
    if name is None or name not in directory.names():
        raise UnknownName("account with a key here:", sender, directory.names())
    return Account(session, name)
