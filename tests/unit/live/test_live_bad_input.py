"""Whatever is typed wrong: a typed error that names field and remedy, and nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from worlds import Stakers, put_slashing_in_office

import devnet
from devnet import contracts
from devnet.chain.errors import InsufficientFunds
from devnet.consensus.errors import CannotSign, EvidenceRefused, NoQuorum
from devnet.crypto.errors import InvalidAddress
from devnet.live.devnet import Devnet
from devnet.live.errors import LabError, NotAValidator, UnknownName
from devnet.primitives.errors import DevnetError, InvalidCoins, InvalidMessage, TxError
from devnet.recipes import governance, poa
from devnet.store.errors import HeightNotFound
from devnet.x.evidence.errors import DuplicateEvidence


def state_of(net: Devnet) -> tuple[int, str, str]:
    return net.height, net.block.hash, net.block.app_hash


AT_THE_KEYBOARD: dict[str, tuple[type[DevnetError], str, Callable[[Devnet], Any]]] = {
    "amount without a token": (
        InvalidCoins,
        "5utgd",
        lambda net: net.account("faucet").send("ana", "5"),
    ),
    "amount as a number": (
        InvalidCoins,
        "text",
        lambda net: net.account("faucet").send("ana", 5),
    ),
    "amount below zero": (
        InvalidCoins,
        "digits",
        lambda net: net.account("faucet").send("ana", "-5utgd"),
    ),
    "a name nobody has": (
        UnknownName,
        "did you mean 'ana'",
        lambda net: net.account("faucet").send("anna", "5utgd"),
    ),
    "an address with a wrong letter": (
        InvalidAddress,
        "to",
        lambda net: net.account("faucet").send("tgrade1qqqqqqqqqq", "5utgd"),
    ),
    "no receiver at all": (
        InvalidMessage,
        "to",
        lambda net: net.account("faucet").send(None, "5utgd"),
    ),
    "gas as text": (
        InvalidMessage,
        "gas",
        lambda net: net.account("faucet").send("ana", "5utgd", gas="lots"),  # type: ignore[arg-type]
    ),
    "an account name with a slash": (InvalidMessage, "name", lambda net: net.account("a/b")),
    "no account names": (InvalidMessage, "names", lambda net: net.accounts()),
    "nobody who signs": (
        InvalidMessage,
        "say who signs",
        lambda net: net.x.validator.execute.set_admin(admin="faucet"),
    ),
    "nobody to put in office": (
        InvalidMessage,
        "None to clear it",
        lambda net: net.x.validator.execute.set_authority(sender="faucet"),
    ),
    "a receiver on another chain": (
        InvalidMessage,
        "another chain",
        lambda net: net.account("faucet").send(devnet.start(seed=8).account("ana"), "5utgd"),
    ),
    "a sender on another chain": (
        InvalidMessage,
        "another chain",
        lambda net: net.instantiate(
            contracts.group, label="x", sender=devnet.start(seed=8).account("ana"), members=[]
        ),
    ),
    "a proof that is none": (
        InvalidMessage,
        "forge_double_sign",
        lambda net: net.account("faucet").submit_evidence("cho did it"),  # type: ignore[arg-type]
    ),
    "time beyond its end": (
        InvalidMessage,
        "block time ends",
        lambda net: net.step_until(days=100_000),
    ),
    "half a height": (InvalidMessage, "height", lambda net: net.revert(1.5)),  # type: ignore[arg-type]
    "a height in words": (
        InvalidMessage,
        "height",
        lambda net: net.validators.at("two"),  # type: ignore[arg-type]
    ),
    "no blocks": (InvalidMessage, "blocks", lambda net: net.step(0)),
    "blocks below zero": (InvalidMessage, "blocks", lambda net: net.step(-1)),
    "half a block": (InvalidMessage, "blocks", lambda net: net.step(0.5)),  # type: ignore[arg-type]
    "time backwards": (InvalidMessage, "seconds", lambda net: net.step_until(seconds=0)),
    "an unknown span": (InvalidMessage, "step_until", lambda net: net.step_until(weeks=1)),
    "a height to come": (HeightNotFound, "", lambda net: net.revert(99)),
    "a height below one": (HeightNotFound, "heights 1 to", lambda net: net.block_at(0)),
    "back to before the first block": (HeightNotFound, "heights 1 to", lambda net: net.revert(0)),
    "a set too far ahead": (HeightNotFound, "", lambda net: net.validators.at(net.height + 3)),
    "a validator nobody runs": (
        UnknownName,
        "did you mean 'cho'",
        lambda net: net.validators["co"],
    ),
    "a validator outside the set": (
        UnknownName,
        "did you mean 'cho'",
        lambda net: net.validators.at(1)["choo"],
    ),
    "an account without validator": (
        NotAValidator,
        "run_validator",
        lambda net: net.account("faucet").validator,
    ),
    "a module nobody wired": (UnknownName, "did you mean 'bank'", lambda net: net.x.bonk),
    "a query nobody answers": (
        UnknownName,
        "did you mean 'balance'",
        lambda net: net.x.bank.query.balence,
    ),
    "code that is none": (
        InvalidMessage,
        "code",
        lambda net: net.instantiate("group", label="x", sender="faucet"),
    ),
    "a contract argument too many": (
        InvalidMessage,
        "membres",
        lambda net: net.instantiate(
            contracts.group, label="x", sender="faucet", admin="faucet", membres=[]
        ),
    ),
    "a stranger as sender": (
        UnknownName,
        "account",
        lambda net: net.instantiate(contracts.group, label="x", sender="zed", members=[]),
    ),
    "a column there is not": (
        UnknownName,
        "did you mean 'power'",
        lambda net: net.history.chart_rows("powers"),
    ),
}


@pytest.mark.parametrize("case", AT_THE_KEYBOARD, ids=str)
def test_a_wrong_call_is_refused_and_changes_nothing(net: Devnet, case: str) -> None:
    kind, words, call = AT_THE_KEYBOARD[case]
    net.account("faucet")
    before = state_of(net)

    with pytest.raises(kind) as caught:
        call(net)

    assert words in str(caught.value)
    assert state_of(net) == before


WRONG_STARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "seed": ("seed", {"seed": -1}),
    "validators": ("validators", {"validators": {}}),
    "power": ("validators['ana']", {"validators": {"ana": 0}}),
    "power as text": ("validators['ana']", {"validators": {"ana": "much"}}),
    "too much power": ("validators", {"validators": {"ana": 2**59, "ben": 2**59}}),
    "admin": ("admin", {"admin": "/"}),
    "chain id": ("chain_id", {"chain_id": ""}),
    "prefix": ("prefix", {"prefix": "T"}),
    "genesis time": ("genesis_time", {"genesis_time": "yesterday"}),
    "denom": ("x", {"denom": "x"}),
    "block seconds": ("block_seconds", {"block_seconds": 0}),
    "too many block seconds": ("block_seconds", {"block_seconds": 86_401}),
    "votes": ("votes", {"votes": "maybe"}),
}


@pytest.mark.parametrize("case", WRONG_STARTS, ids=str)
def test_a_wrong_start_names_the_option(case: str) -> None:
    words, options = WRONG_STARTS[case]
    with pytest.raises(DevnetError) as caught:
        devnet.start(**options)
    assert words in str(caught.value)


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'block_seconds'"):
        devnet.start(block_second=5)


def test_a_failed_transaction_raises_and_leaves_only_its_block(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben", funds="10utgd")

    with pytest.raises(InsufficientFunds, match="10utgd"):
        ana.send(ben, "11utgd")

    assert [str(ana.balances), str(ben.balances)] == ["10utgd", "10utgd"]
    assert net.block.txs[0].code == InsufficientFunds.code


def test_without_two_thirds_there_is_no_block_and_no_time(net: Devnet) -> None:
    net.validators["ana"].offline()
    before = (*state_of(net), net.time)

    with pytest.raises(NoQuorum, match="ana") as caught:
        net.step()

    assert (caught.value.online, caught.value.needed, caught.value.total) == (6, 7, 10)
    assert (*state_of(net), net.time) == before
    net.validators["ana"].online()
    net.step()


def test_a_batch_refuses_what_makes_blocks_of_its_own(net: Devnet) -> None:
    with net.batch(), pytest.raises(LabError, match="batch"):
        net.step()


def test_a_result_inside_a_batch_says_when_it_is_there(net: Devnet) -> None:
    ana, ben = net.accounts("ana", "ben")
    with net.batch():
        sent = ana.send(ben, "1utgd")
        with pytest.raises(LabError, match="batch ends"):
            _ = sent.height
    assert sent.height == net.height


def test_a_validator_without_power_cannot_sign_twice(net: Devnet) -> None:
    eve = net.account("eve").run_validator()
    with pytest.raises(CannotSign, match="eve cannot sign"):
        eve.double_sign()


def test_john_can_do_nothing_after_the_bootstrap(poa_world: poa.World) -> None:
    net, before = poa_world.net, poa_world.net.block.app_hash
    permissions = net.x.validator.query.permissions()
    for office in ("admin", "authority", "distribution", "slashing"):
        with pytest.raises(TxError, match="admin"):
            net.x.validator.execute.set_permissions(**{office: None}, sender="john")
    with pytest.raises(TxError, match="admin"):
        poa_world.group.execute.update_members(add=[], remove=["ana"], sender="john")
    assert net.x.validator.query.permissions() == permissions
    assert before != net.block.app_hash, "john's sequence moved, and only that"


def test_a_vote_by_a_stranger_is_refused(poa_world: poa.World) -> None:
    council, net = poa_world.council, poa_world.net
    eve = net.account("eve")
    asked = council.execute.propose(sender="ana", title="x", msgs=[])
    with pytest.raises(TxError, match="Unauthorized"):
        council.execute.vote(proposal_id=asked["proposal_id"], vote="yes", sender=eve)
    with pytest.raises(InvalidMessage, match="yes"):
        council.execute.vote(proposal_id=asked["proposal_id"], vote="jes", sender="ben")


def test_a_proposal_executed_early_is_refused(poa_world: poa.World) -> None:
    council = poa_world.council
    asked = council.execute.propose(sender="ana", title="x", msgs=[])
    with pytest.raises(TxError, match="must have passed"):
        council.execute.execute(proposal_id=asked["proposal_id"], sender="ana")


@pytest.mark.parametrize(
    ("candidate", "words"),
    [("eve", "no contract"), ("council", "list_validators"), ("idle", "empty")],
)
def test_an_authority_that_cannot_be_is_refused(
    poa_world: poa.World, candidate: str, words: str
) -> None:
    net = poa_world.net
    net.account("eve")
    net.instantiate(contracts.group, label="idle", sender="ana", admin="ana", members=[])
    before = net.x.validator.query.permissions()

    with pytest.raises(TxError, match=words):
        governance.pass_proposal(
            poa_world.council,
            "swap",
            voters=list(poa_world.accounts.values()),
            msgs=[net.x.validator.message.set_authority(contract=candidate)],
        )

    assert net.x.validator.query.permissions() == before
    assert poa_world.council.query.proposal(proposal_id=1).status == "passed"


def test_spoiled_evidence_is_refused_by_the_check_that_failed(stakers: Stakers) -> None:
    put_slashing_in_office(stakers)
    net = stakers.net
    net.step(2)
    proof = net.validators["cho"].forge_double_sign()
    for field in ("signature", "power", "total_power", "time", "height", "round", "type"):
        with pytest.raises(TxError) as caught:
            stakers.accounts["ana"].submit_evidence(proof.tamper(field))
        assert caught.value.codespace == EvidenceRefused.codespace, field
    assert stakers.staking.query.staked(addr="cho") == 200


def test_evidence_is_taken_once(stakers: Stakers) -> None:
    put_slashing_in_office(stakers)
    net, ana = stakers.net, stakers.accounts["ana"]
    net.step(2)
    proof = net.validators["cho"].forge_double_sign()

    ana.submit_evidence(proof)
    with pytest.raises(DuplicateEvidence):
        ana.submit_evidence(proof)

    assert stakers.staking.query.staked(addr="cho") == 190
