"""A context over a store in memory, for tests of one module at a time."""

from devnet.chain.context import BlockInfo, Context, Mode
from devnet.chain.gas import GasMeter
from devnet.primitives.types import SECOND, ConsAddress, Height, Timestamp
from devnet.store.kv import KVStore, MemoryStore

GENESIS_TIME = 1_704_067_200 * SECOND
BLOCK_SECONDS = 5


def make_ctx(
    *,
    mode: Mode = "deliver",
    root: KVStore | None = None,
    height: int = 10,
    gas: int | None = None,
    tx_index: int | None = 0,
) -> Context:
    """A call in block ``height``, on an empty store unless one is given."""
    time = GENESIS_TIME + (height - 1) * BLOCK_SECONDS * SECOND
    return Context(
        MemoryStore() if root is None else root,
        BlockInfo("poe-devnet-1", Height(height), Timestamp(time), ConsAddress(bytes(20))),
        mode=mode,
        gas=GasMeter(gas),
        tx_index=tx_index,
    )


def contents(ctx: Context) -> dict[bytes, bytes]:
    """Everything the context's state holds, to compare before and after."""
    return dict(ctx.root.iterate())
