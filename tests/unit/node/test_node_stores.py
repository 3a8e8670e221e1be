"""The same chain in memory, on disk, reopened, killed, and in another kernel."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from worlds import Stakers, make_stakers, put_slashing_in_office

import devnet
from devnet.live.devnet import Devnet
from devnet.primitives.errors import TxError
from devnet.store.errors import StoreClosed, StoreError, StoreLocked

STORY = """
import sys, devnet
from worlds import make_stakers, put_slashing_in_office
net = devnet.start(seed=7, admin="john", path=sys.argv[1] if len(sys.argv) > 1 else None)
stakers = make_stakers(net)
put_slashing_in_office(stakers)
net.validators["cho"].double_sign()
net.step(4)
print(net.block.hash, net.block.app_hash)
"""


def tell(net: Devnet) -> Stakers:
    stakers = make_stakers(net)
    put_slashing_in_office(stakers)
    net.validators["cho"].double_sign()
    net.step(4)
    return stakers


def in_another_kernel(script: str, *arguments: str) -> list[str]:
    root = Path(__file__).parents[3]
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env={**os.environ, "PYTHONPATH": str(root / "tests"), "PYTHONHASHSEED": "5"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


def test_the_same_cells_give_the_same_hashes_in_another_kernel_and_on_disk(tmp_path: Path) -> None:
    devnet.start(path=tmp_path / "probe").close()  # where no chain can be on disk, it is said here
    net = devnet.start(seed=7, admin="john")
    tell(net)

    assert in_another_kernel(STORY) == [net.block.hash, net.block.app_hash]
    assert in_another_kernel(STORY, str(tmp_path / "chain")) == [net.block.hash, net.block.app_hash]


def test_another_seed_is_another_chain() -> None:
    hashes = {devnet.start(seed=seed).block.hash for seed in range(3)}
    assert len(hashes) == 3


def test_a_reopened_chain_goes_on_where_it_stood(tmp_path: Path) -> None:
    in_memory = devnet.start(seed=7, admin="john")
    tell(in_memory)
    with devnet.start(seed=7, admin="john", path=tmp_path / "chain") as on_disk:
        tell(on_disk)

    with devnet.open(tmp_path / "chain") as net:
        assert (net.height, net.block.hash) == (in_memory.height, in_memory.block.hash)
        assert net.validators.at(net.height + 1).names == ["ana", "ben", "dia"]
        assert net.contracts["staking"].query.staked(addr="cho") == 190
        assert net.label(net.account("dia").address) == "dia"
        with pytest.raises(TxError):
            net.contracts["staking"].execute.self_stake(sender="ana", funds="5uatom")
        with pytest.raises(TxError):
            in_memory.contracts["staking"].execute.self_stake(sender="ana", funds="5uatom")
        assert net.block.hash == in_memory.block.hash


def test_a_folder_in_use_is_refused_by_this_and_by_another_kernel(tmp_path: Path) -> None:
    with devnet.start(path=tmp_path / "chain") as net:
        with pytest.raises(StoreLocked, match="open"):
            devnet.open(tmp_path / "chain")
        refused = in_another_kernel(
            """
            import sys, devnet
            try:
                devnet.open(sys.argv[1])
            except devnet.DevnetError as err:
                print(type(err).__name__)
            """,
            str(tmp_path / "chain"),
        )
        assert refused == ["StoreLocked"]
        net.step()
    devnet.open(tmp_path / "chain").close()


def test_a_folder_with_a_chain_is_not_started_again(tmp_path: Path) -> None:
    devnet.start(path=tmp_path / "chain").close()
    with pytest.raises(StoreError, match=r"open"):
        devnet.start(path=tmp_path / "chain")


def test_a_folder_without_a_chain_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        devnet.open(tmp_path / "nothing")


def test_an_interrupted_start_leaves_the_folder_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("devnet.node.node.Engine.init", interrupt)
        with pytest.raises(KeyboardInterrupt):
            devnet.start(path=tmp_path / "chain")

    with devnet.start(seed=5, admin="john", path=tmp_path / "chain") as net:
        net.step()
    with devnet.open(tmp_path / "chain") as net:
        assert (net.seed, net.height) == (5, 2)
        assert net.account("john").name == "john", "names were kept with the first block"


def test_a_chain_closed_inside_a_look_ahead_opens_where_it_was_left(tmp_path: Path) -> None:
    with devnet.start(path=tmp_path / "chain") as net, net.branch():
        net.step(4)
        net.close()
    with devnet.open(tmp_path / "chain") as net:
        assert net.height == 5
        net.step()


def test_a_closed_chain_says_so(tmp_path: Path) -> None:
    net = devnet.start(path=tmp_path / "chain")
    net.close()
    net.close()
    with pytest.raises(StoreClosed):
        net.step()


def test_a_killed_process_leaves_the_last_committed_block(tmp_path: Path) -> None:
    devnet.start(path=tmp_path / "probe").close()
    root = Path(__file__).parents[3]
    script = """
    import sys, devnet
    net = devnet.start(seed=1, path=sys.argv[1])
    while True:
        net.step()
        print(net.height, net.block.app_hash, flush=True)
    """
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "chain")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        for _ in range(20):
            height, app_hash = lines.readline().split()
        process.send_signal(signal.SIGKILL)
    process.wait()

    with devnet.open(tmp_path / "chain") as net:
        assert net.height >= int(height)
        assert net.block_at(int(height)).app_hash == app_hash
        net.step()


def test_an_interrupted_block_leaves_the_last_one(
    net: Devnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    net.step(3)
    before = (net.height, net.block.app_hash)

    def interrupt(_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(net.node.app.base, "end_block", interrupt)
        with pytest.raises(KeyboardInterrupt):
            net.step()

    assert (net.height, net.block.app_hash) == before
    assert net.step().height == before[0] + 1


def test_a_revert_restores_the_hash_and_the_clock(stakers: Stakers) -> None:
    net = stakers.net
    net.step(2)
    before = (net.height, net.time, net.block.hash, net.block.app_hash)
    sequence = stakers.accounts["ana"].sequence

    stakers.staking.execute.unstake(amount=50, sender="ana")
    net.step_until(days=3)
    net.validators["ben"].offline()
    net.step()
    net.revert(before[0])

    assert (net.height, net.time, net.block.hash, net.block.app_hash) == before
    assert stakers.accounts["ana"].sequence == sequence
    assert net.validators["ben"].is_online


def test_the_same_steps_after_a_revert_give_the_same_blocks(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben")
    start = net.height
    ana.send(ben, "5utgd")
    first = net.step(3).hash

    net.revert(start)
    ana.send(ben, "5utgd")

    assert net.step(3).hash == first


def test_a_look_ahead_is_forgotten_even_when_it_fails(net: Devnet) -> None:
    before = (net.height, net.block.hash)

    def fail() -> None:
        with net.branch():
            net.step_until(days=40)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (net.height, net.block.hash) == before


def test_a_jump_takes_one_ordinary_block_and_then_the_exact_time(net: Devnet) -> None:
    before, height = net.time, net.height
    assert net.step_until(days=22).time == before + 22 * 86_400 * 10**9
    assert net.height == height + 2
    assert net.block_at(height + 1).time == before + 5 * 10**9


@pytest.mark.parametrize(
    ("seconds", "blocks", "later"), [(3, 1, 5), (5, 1, 5), (6, 2, 6), (8, 2, 8)]
)
def test_a_short_jump_is_exact_where_the_votes_leave_room(
    net: Devnet, seconds: int, blocks: int, later: int
) -> None:
    net.step()
    before, height = net.time, net.height
    assert net.step_until(seconds=seconds).time == before + later * 10**9
    assert net.height == height + blocks


SHARED = (b"c/v/", b"c/n/")
"""Tables of validators and nodes, named by their content: any block may use them again."""


def test_a_look_ahead_leaves_nothing_behind(stakers: Stakers) -> None:
    net = stakers.net

    def everything() -> dict[bytes, bytes]:
        stored = net.node.history.view.iterate()
        return {key: value for key, value in stored if not key.startswith(SHARED)}

    before = everything()
    with net.branch():
        stakers.staking.execute.unstake(amount=50, sender="ana")
        net.validators["ben"].double_sign()
        net.step_until(days=22)
        stakers.staking.execute.release(sender="ana")
    assert everything() == before
