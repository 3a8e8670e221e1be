"""A chain with accounts and coins only, driven as consensus would, one block at a time."""

from collections.abc import Sequence

from devnet.abci import BeginBlock, EndBlock, Event, InitChain, TxResult
from devnet.chain.base_app import BaseApp
from devnet.chain.context import BlockInfo
from devnet.chain.module import Module
from devnet.chain.router import MessageRouter, QueryRouter
from devnet.chain.tx import Msg, ProtoCoin, build_tx
from devnet.crypto.addresses import account_address, to_bech32
from devnet.crypto.hashing import sha256
from devnet.crypto.secp256k1 import PrivateKey
from devnet.primitives.canonical_json import Json
from devnet.primitives.types import SECOND, Address, Coins, ConsAddress, Height, Timestamp
from devnet.store.history import History
from devnet.store.kv import MemoryStore
from devnet.store.multistore import MultiStore
from devnet.x.auth.ante import Ante
from devnet.x.auth.keeper import AccountKeeper
from devnet.x.auth.module import AuthModule
from devnet.x.bank.keeper import BankKeeper
from devnet.x.bank.messages import MsgSend
from devnet.x.bank.module import BankModule

PREFIX = "tgrade"
CHAIN_ID = "poe-devnet-1"
GENESIS_TIME = 1_704_067_200 * SECOND
GAS = 1_000_000


class Person:
    """A private key and its address."""

    def __init__(self, name: str) -> None:
        self.key = PrivateKey.from_secret(sha256(name.encode()))
        self.address: Address = to_bech32(PREFIX, account_address(self.key.public_key))


class BankChain:
    """x/auth and x/bank over a store, with whatever further modules a test brings."""

    def __init__(
        self,
        balances: dict[str, str],
        *,
        modules: Sequence[Module] = (),
        block_gas_limit: int | None = None,
        least_fee: str = "",
        app_state: dict[str, Json] | None = None,
    ) -> None:
        self.history = History(MemoryStore())
        self.accounts = AccountKeeper(prefix=PREFIX)
        self.bank = BankKeeper(self.accounts, prefix=PREFIX)
        all_modules = [AuthModule(self.accounts), BankModule(self.bank), *modules]
        self.store = MultiStore(self.history, [module.name for module in all_modules])
        self.app = BaseApp(
            self.store,
            all_modules,
            end_order=[module.name for module in all_modules],
            router=MessageRouter(all_modules),
            queries=QueryRouter(all_modules),
            ante=Ante(self.accounts, self.bank, least_fee=Coins.parse(least_fee)),
            blocks=lambda height: self._block_info(height or self.height),
            block_gas_limit=block_gas_limit,
        )
        self.people = {name: Person(name) for name in balances}
        self.height = 0
        self.events: tuple[Event, ...] = ()
        self.end = EndBlock()
        genesis: dict[str, Json] = {"bank": self._bank_genesis(balances)}
        genesis |= app_state or {}
        self.app.init_chain(InitChain(CHAIN_ID, Timestamp(GENESIS_TIME), (), genesis))
        self.block()

    def block(self, *txs: bytes) -> list[TxResult]:
        """Make one block of these transactions."""
        info = self._block_info(self.height + 1)
        begin = BeginBlock(CHAIN_ID, info.height, info.time, info.proposer)
        self.events = self.app.begin_block(begin)
        results = [self.app.deliver_tx(tx) for tx in txs]
        self.end = self.app.end_block(info.height)
        app_hash = self.app.commit()
        self.height += 1
        place = sha256(self.history.tip + b"".join(txs))
        self.history.seal(place, height=self.height, app_hash=app_hash)
        return results

    @property
    def next_height(self) -> Height:
        """Height of the block that comes next."""
        return Height(self.height + 1)

    def tx(
        self,
        name: str,
        *msgs: Msg,
        fee: str = "",
        gas: int = GAS,
        ahead: int = 0,
        chain_id: str = CHAIN_ID,
        memo: str = "",
        timeout_height: int = 0,
    ) -> bytes:
        """Sign messages with a person's committed sequence, plus ``ahead``."""
        ctx = self.app.query_context()
        person = self.people[name]
        account = self.accounts.get_account(ctx, person.address)
        return build_tx(
            msgs,
            signer=(person.key, account.number, account.sequence + ahead),
            fee=Coins.parse(fee),
            gas=gas,
            chain_id=chain_id,
            memo=memo,
            timeout_height=timeout_height,
        )

    def send(self, name: str, recipient: str, amount: str) -> MsgSend:
        """A payment by name; a recipient nobody knows yet gets an address too."""
        to = self.people.setdefault(recipient, Person(recipient)).address
        return MsgSend(self.people[name].address, to, ProtoCoin.of(Coins.parse(amount)))

    def balance(self, name: str) -> str:
        """What a person holds."""
        return str(self.bank.balances(self.app.query_context(), self.people[name].address))

    def sequence(self, name: str) -> int:
        """How many transactions a person has paid for."""
        ctx = self.app.query_context()
        return self.accounts.get_account(ctx, self.people[name].address).sequence

    def contents(self) -> dict[bytes, bytes]:
        """All committed state."""
        return dict(self.history.view.iterate(b"s/", b"s0"))

    def _block_info(self, height: int) -> BlockInfo:
        time = Timestamp(GENESIS_TIME + (height - 1) * 5 * SECOND)
        return BlockInfo(CHAIN_ID, Height(height), time, ConsAddress(bytes(20)))

    def _bank_genesis(self, balances: dict[str, str]) -> Json:
        return {
            "balances": [
                {
                    "address": self.people[name].address,
                    "coins": [
                        {"denom": str(c.denom), "amount": str(c.amount)} for c in Coins.parse(text)
                    ],
                }
                for name, text in balances.items()
            ]
        }
