"""What stands before every transaction: envelope, fee, keys, sequences, signatures.

Order and errors are those of the Cosmos SDK's ante handler (``x/auth/ante``). It works
on a branch: if anything fails, nobody paid and no sequence moved; if it succeeds, fee
and sequence are spent, whatever the messages do then.
"""

from typing import Protocol

from devnet.abci import Event
from devnet.chain.context import Context
from devnet.chain.errors import (
    InsufficientFee,
    InvalidPublicKey,
    InvalidSignature,
    MemoTooLarge,
    NoSignatures,
    SequenceMismatch,
    TxTimeout,
    Unauthorized,
)
from devnet.chain.module import FEE_COLLECTOR
from devnet.chain.tx import Signer, Tx
from devnet.crypto.addresses import account_address, from_bech32, parse_address
from devnet.crypto.secp256k1 import PUBLIC_KEY_SIZE, verify
from devnet.primitives.types import Address, Coins
from devnet.x.auth.keeper import Account, AccountKeeper

MAX_MEMO = 256
"""Characters."""
GAS_PER_TX_BYTE = 10
GAS_PER_SIGNATURE = 1000


class BankKeeper(Protocol):
    """What fees need of x/bank."""

    def send_to_module(self, ctx: Context, sender: Address, module: str, coins: Coins) -> None:
        """Move coins of an account to a module's account; ``InsufficientFunds``."""


class Ante:
    """Checks a transaction and takes its fee; call it on a branch."""

    def __init__(
        self, accounts: AccountKeeper, bank: BankKeeper, *, least_fee: Coins | None = None
    ) -> None:
        self._accounts, self._bank = accounts, bank
        self._least_fee = Coins() if least_fee is None else least_fee
        self._prefix = accounts.prefix

    def __call__(self, ctx: Context, tx: Tx) -> None:
        """Let a transaction pass, its fee paid and its signers' sequences used.

        In mode ``check`` a sequence may be ahead of the account's: transactions before it
        may be waiting.

        Raises
        ------
        TxError
            The first thing that is wrong, as a class of ``chain/errors``.
        """
        _check_envelope(ctx, tx)
        ctx.gas.consume(GAS_PER_TX_BYTE * tx.size, "transaction size")
        signers = self._signers(tx)
        self._take_fee(ctx, tx, signers)
        if len(tx.signers) != len(signers):
            raise Unauthorized(
                f"signer_infos: {len(tx.signers)} given, but {', '.join(signers)} must sign"
            )
        if len(tx.signatures) != len(signers):
            raise Unauthorized(
                f"signatures: {len(tx.signatures)} given, but {len(signers)} signers"
            )
        found = [self._account(ctx, *pair) for pair in zip(signers, tx.signers, strict=True)]
        for n, account in enumerate(found):
            _check_signature(ctx, tx, n, signer=signers[n], account=account)
            used = tx.signers[n].sequence
            self._accounts.put_account(
                ctx, signers[n], Account(account.public_key, account.number, used + 1)
            )
            ctx.emit(Event.of("tx", acc_seq=f"{signers[n]}/{used}"))

    def _signers(self, tx: Tx) -> list[Address]:
        """Everyone who must sign, each once, in order of the messages, then the payer."""
        wanted = [signer for msg in tx.messages for signer in msg.signers()]
        if tx.fee.payer:
            wanted.append(parse_address(tx.fee.payer, self._prefix, field="fee.payer"))
        return [parse_address(s, self._prefix, field="signer") for s in dict.fromkeys(wanted)]

    def _take_fee(self, ctx: Context, tx: Tx, signers: list[Address]) -> None:
        fee = tx.fee.amount
        for coin in self._least_fee:
            if fee.amount_of(coin.denom) < coin.amount:
                raise InsufficientFee(fee, self._least_fee)
        payer = Address(tx.fee.payer.lower()) if tx.fee.payer else signers[0]
        self._accounts.get_account(ctx, payer)
        if fee:
            self._bank.send_to_module(ctx, payer, FEE_COLLECTOR, fee)
        ctx.emit(Event.of("tx", fee=fee, fee_payer=payer))

    def _account(self, ctx: Context, signer: Address, claim: Signer) -> Account:
        """Account of a signer, its key filled in if this is its first transaction."""
        account = self._accounts.get_account(ctx, signer)
        key = claim.public_key
        if key in (account.public_key, b"") and account.public_key:
            return account
        if not key:
            raise InvalidPublicKey(signer, "missing; the first transaction has to bring it")
        if len(key) != PUBLIC_KEY_SIZE:
            raise InvalidPublicKey(signer, f"{len(key)} bytes, compressed it has {PUBLIC_KEY_SIZE}")
        if account_address(key) != from_bech32(signer, self._prefix):
            raise InvalidPublicKey(signer, "it is the key of another address")
        return Account(key, account.number, account.sequence)


def _check_envelope(ctx: Context, tx: Tx) -> None:
    if not tx.signatures:
        raise NoSignatures
    if tx.timeout_height and ctx.block.height > tx.timeout_height:
        raise TxTimeout(ctx.block.height, tx.timeout_height)
    if len(tx.memo) > MAX_MEMO:
        raise MemoTooLarge(len(tx.memo), MAX_MEMO)


def _check_signature(ctx: Context, tx: Tx, n: int, *, signer: Address, account: Account) -> None:
    got, expected = tx.signers[n].sequence, account.sequence
    if got != expected and not (ctx.mode == "check" and got > expected):
        raise SequenceMismatch(signer, expected=expected, got=got)
    ctx.gas.consume(GAS_PER_SIGNATURE, "signature check")
    chain_id = ctx.block.chain_id
    if not verify(account.public_key, tx.sign_bytes(chain_id, account.number), tx.signatures[n]):
        raise InvalidSignature(
            signer, account_number=account.number, sequence=expected, chain_id=chain_id
        )
