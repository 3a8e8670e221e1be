"""A chain for tests of consensus: an application of few lines, validators by name."""

from collections.abc import Callable
from typing import Any

from devnet.abci import BeginBlock, EndBlock, Event, InitChain, TxResult, ValidatorUpdate
from devnet.consensus.engine import Engine
from devnet.consensus.inputs import Inputs
from devnet.consensus.options import EngineOptions
from devnet.consensus.state import Committed
from devnet.consensus.validator_set import ValidatorSet, address_of
from devnet.crypto.hashing import sha256
from devnet.crypto.keys import Keyring
from devnet.primitives.types import SECOND, ConsAddress, Height, Power, Timestamp
from devnet.store.history import History
from devnet.store.kv import Database, MemoryStore

GENESIS = Timestamp(1_704_067_200 * SECOND)
CHAIN_ID = "poe-devnet-1"


class FakeApp:
    """Remembers what it was told; says and raises what a test wants.

    Its one key in the store holds the height, so that it can be seen to go back.
    """

    KEY = b"s/fake/height"

    def __init__(self, history: History) -> None:
        self.history = history
        self.begun: list[BeginBlock] = []
        self.updates: dict[int, list[ValidatorUpdate]] = {}
        self.raises: dict[str, BaseException] = {}
        self.deliver: Callable[[bytes], TxResult] = lambda tx: TxResult(data=tx, gas_used=len(tx))
        self.abandoned = 0
        self._height = 0

    def init_chain(self, request: InitChain) -> None:
        self._step("init_chain")
        self.genesis = request

    def check_tx(self, tx: bytes) -> TxResult:
        return self.deliver(tx)

    def begin_block(self, request: BeginBlock) -> tuple[Event, ...]:
        self._step("begin_block")
        self.begun.append(request)
        self._height = request.height
        return (Event.of("begun", height=request.height),)

    def deliver_tx(self, tx: bytes) -> TxResult:
        self._step("deliver_tx")
        return self.deliver(tx)

    def end_block(self, height: Height) -> EndBlock:
        self._step("end_block")
        return EndBlock((), tuple(self.updates.get(height, ())))

    def commit(self) -> bytes:
        self._step("commit")
        self.history.stage({self.KEY: b"%d" % self._height})
        return sha256(b"app state %d" % self._height)

    def abandon(self) -> None:
        self.abandoned += 1

    def _step(self, name: str) -> None:
        if name in self.raises:
            raise self.raises[name]


class World:
    """An engine with everything around it, by validator name."""

    def __init__(self, db: Database, **options: Any) -> None:
        self.db = db
        self.history = History(db)
        self.app = FakeApp(self.history)
        self.keyring = Keyring(7)
        known: dict[str, Any] = {"chain_id": CHAIN_ID, "genesis_time": GENESIS}
        self.options = EngineOptions(**(known | options))
        self.engine = Engine(self.app, self.history, self.options, self.keyring)

    def key(self, name: str) -> bytes:
        return self.keyring.consensus(name).public_key

    def address(self, name: str) -> ConsAddress:
        return address_of(self.key(name))

    def update(self, name: str, power: int) -> ValidatorUpdate:
        return ValidatorUpdate(self.key(name), Power(power))

    def step(self, count: int = 1) -> Committed:
        block = self.engine.make_block()
        for _ in range(count - 1):
            block = self.engine.make_block()
        return block

    def switch(self, name: str, *, online: bool) -> Inputs:
        return Inputs(switched=((self.address(name), online),))

    def powers_at(self, height: int) -> dict[str, int]:
        return self.powers(self.engine.validators_at(height))

    def powers(self, validators: ValidatorSet) -> dict[str, int]:
        return {self.name(v.address): v.power for v in validators.validators}

    def name(self, address: ConsAddress) -> str:
        found = self.keyring.find_consensus(address)
        assert found is not None
        return found[0]


def start(
    powers: dict[str, int],
    *,
    db: Database | None = None,
    updates: dict[int, dict[str, int]] | None = None,
    **options: Any,
) -> World:
    """A chain at height 1 whose validators have these powers.

    ``updates`` are the powers that the application will ask for at a height.
    """
    world = World(MemoryStore() if db is None else db, **options)
    for height, changed in (updates or {}).items():
        world.app.updates[height] = [world.update(*each) for each in changed.items()]
    world.engine.init([(name, world.update(name, power)) for name, power in powers.items()], {})
    return world


FOUR = {"ana": 40, "ben": 30, "cho": 20, "dia": 10}
EQUAL = dict.fromkeys(FOUR, 10)
