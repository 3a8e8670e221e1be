"""What stands before every transaction: envelope, fee, keys, sequences, signatures.

Order and errors are those of the Cosmos SDK's ante handler (``x/auth/ante``). It works
on a branch: if anything fails, nobody paid and no sequence moved; if it succeeds, fee
and sequence are spent, whatever the messages do then.
"""

from typing import Protocol

from devnet.abci import Attribute, Event
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
from devnet.chain.tx import Tx
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
        accounts = [self._accounts.get_account(ctx, signer) for signer in signers]
        self._take_fee(ctx, tx, signers[0])
        if len(tx.signers) != len(signers):
            raise Unauthorized(
                f"signer_infos: {len(tx.signers)} given, but {', '.join(signers)} must sign"
            )
        if len(tx.signatures) != len(signers):
            raise Unauthorized(
                f"signatures: {len(tx.signatures)} given, but {len(signers)} signers"
            )
        keys = [
            self._public_key(signer, accounts[n], claimed=tx.signers[n].public_key)
            for n, signer in enumerate(signers)
        ]
        for n, signer in enumerate(signers):
            number, sequence = accounts[n].number, tx.signers[n].sequence
            _check_signature(ctx, tx, n, signer=signer, account=accounts[n], key=keys[n])
            self._accounts.put_account(ctx, signer, Account(keys[n], number, sequence + 1))
            # Never seen twice, so not worth sharing as other attributes are.
            ctx.emit(Event("tx", (Attribute("acc_seq", f"{signer}/{sequence}"),)))

    def _signers(self, tx: Tx) -> list[Address]:
        """Everyone who must sign, each once, in order of the messages, then the payer."""
        wanted = [signer for msg in tx.messages for signer in msg.signers()]
        if tx.fee.payer:
            wanted.append(parse_address(tx.fee.payer, self._prefix, field="fee.payer"))
        return [parse_address(s, self._prefix, field="signer") for s in dict.fromkeys(wanted)]

    def _take_fee(self, ctx: Context, tx: Tx, first: Address) -> None:
        fee = tx.fee.amount
        for coin in self._least_fee:
            if fee.amount_of(coin.denom) < coin.amount:
                raise InsufficientFee(fee, self._least_fee)
        payer = Address(tx.fee.payer.lower()) if tx.fee.payer else first
        if fee:
            self._bank.send_to_module(ctx, payer, FEE_COLLECTOR, fee)
        ctx.emit(Event.of("tx", fee=fee, fee_payer=payer))

    def _public_key(self, signer: Address, account: Account, *, claimed: bytes) -> bytes:
        """Key of a signer: the account's, or the one its first transaction brings."""
        known = account.public_key
        if known and claimed in (known, b""):
            return known
        if not claimed:
            raise InvalidPublicKey(signer, "missing; the first transaction has to bring it")
        if len(claimed) != PUBLIC_KEY_SIZE:
            size = len(claimed)
            raise InvalidPublicKey(signer, f"{size} bytes, compressed it has {PUBLIC_KEY_SIZE}")
        if account_address(claimed) != from_bech32(signer, self._prefix):
            raise InvalidPublicKey(signer, "it is the key of another address")
        return claimed


def _check_envelope(ctx: Context, tx: Tx) -> None:
    if not tx.signatures:
        raise NoSignatures
    if tx.timeout_height and ctx.block.height > tx.timeout_height:
        raise TxTimeout(ctx.block.height, tx.timeout_height)
    if len(tx.memo) > MAX_MEMO:
        raise MemoTooLarge(len(tx.memo), MAX_MEMO)


def _check_signature(
    ctx: Context, tx: Tx, n: int, *, signer: Address, account: Account, key: bytes
) -> None:
    got, expected = tx.signers[n].sequence, account.sequence
    if got != expected and not (ctx.mode == "check" and got > expected):
        raise SequenceMismatch(signer, expected=expected, got=got)
    ctx.gas.consume(GAS_PER_SIGNATURE, "signature check")
    chain_id = ctx.block.chain_id
    if not verify(key, tx.sign_bytes(chain_id, account.number), tx.signatures[n]):
        raise InvalidSignature(
            signer, account_number=account.number, sequence=expected, chain_id=chain_id
        )
