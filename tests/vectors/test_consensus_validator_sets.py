from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from devnet.abci import ValidatorUpdate
from devnet.consensus import errors, validator_set
from devnet.consensus.validator_set import (
    EMPTY,
    Roster,
    ValidatorSet,
    average,
    centre,
    truncated,
    validator_leaf,
)
from devnet.crypto.ed25519 import SigningKey
from devnet.crypto.errors import InvalidKey
from devnet.crypto.hashing import sha256
from devnet.primitives.types import MAX_TOTAL_POWER, ConsAddress, Power

Vectors = Callable[[str], Any]
Pairs = list[tuple[str, int]]
ERRORS = {
    "duplicate entry": errors.DuplicateValidator,
    "power too high": errors.InvalidPower,
    "negative power": errors.InvalidPower,
    "total overflow": errors.TotalPowerOverflow,
    "failed to find validator to remove": errors.UnknownValidator,
    "empty set": errors.EmptyValidatorSet,
}


@pytest.fixture(scope="module")
def sets(vectors: Vectors) -> Any:
    return vectors("consensus")["validator_sets"]


@pytest.fixture
def plain_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The public tests name addresses themselves; here a key is its own address."""
    monkeypatch.setattr(validator_set, "address_of", ConsAddress)


def plain(pairs: Pairs) -> ValidatorSet:
    return ValidatorSet.new([(name.encode(), power) for name, power in pairs])


def plain_updates(pairs: Pairs) -> list[ValidatorUpdate]:
    return [ValidatorUpdate(name.encode(), Power(power)) for name, power in pairs]


def raw(powers: list[int], priorities: list[int]) -> ValidatorSet:
    """A set never incremented, addresses 00, 01, 02; powers must be in set order."""
    roster = Roster((bytes([i]), power) for i, power in enumerate(powers))
    assert list(roster.powers) == powers
    return ValidatorSet(roster, tuple(priorities))


KEYS = {n: SigningKey.from_seed(sha256(n.encode())) for n in (f"val{i}" for i in range(1, 6))}
NAMES = {key.public_key: name for name, key in KEYS.items()}


def real(pairs: Pairs) -> ValidatorSet:
    return ValidatorSet.new([(KEYS[name].public_key, power) for name, power in pairs])


def real_updates(pairs: Pairs) -> list[ValidatorUpdate]:
    return [ValidatorUpdate(KEYS[name].public_key, Power(power)) for name, power in pairs]


def named(set_: ValidatorSet) -> dict[str, int]:
    return {NAMES[v.pub_key]: v.priority for v in set_.validators}


def proposer(set_: ValidatorSet) -> str:
    return NAMES[set_.proposer.pub_key]


def test_the_total_power_has_the_published_limit(sets: Any) -> None:
    assert sets["constants"]["max_total_voting_power"] == MAX_TOTAL_POWER


@pytest.mark.usefixtures("plain_addresses")
def test_99_proposers_follow_the_published_order(sets: Any) -> None:
    case = sets["proposer_order_public"][0]
    present = plain([(entry["name"], entry["power"]) for entry in case["initial"]])
    seen = []
    for _ in case["proposers"]:
        seen.append(present.proposer.pub_key.decode())
        present = present.increment(1)
    assert seen == case["proposers"]


@pytest.mark.usefixtures("plain_addresses")
def test_proposers_of_small_sets_follow_the_published_order(sets: Any) -> None:
    for case in sets["proposer_order_public"][1:]:
        pairs = enumerate(case["initial_powers"])
        present = ValidatorSet.new([(bytes(19) + bytes([i]), power) for i, power in pairs])
        seen = []
        for _ in range(case.get("steps", len(case.get("proposer_indexes", ())))):
            seen.append(present.proposer.pub_key[-1])
            present = present.increment(1)
        if "counts" in case:
            assert [seen.count(i) for i in range(3)] == case["counts"], case["desc"]
            assert seen[:24] == case["first_24"]
        else:
            assert seen == case["proposer_indexes"], case["desc"]


@pytest.mark.usefixtures("plain_addresses")
def test_one_call_of_several_turns_gives_the_published_priorities(sets: Any) -> None:
    for case in sets["increment_public"]:
        after = raw(case["powers"], case["start_priorities"]).increment(case["times"])
        assert list(after.priorities) == case["priorities"], case["times"]
        assert after.proposer_index == case["proposer_index"]


def test_centring_and_averages_round_down(sets: Any) -> None:
    for case in sets["centering_public"]:
        assert average(case["start_priorities"]) == case["average"]
        assert centre(case["start_priorities"]) == case["priorities"]
    for case in sets["average_public"]:
        assert average(case["priorities"]) == case["average"]
    floor, *toward_zero = sets["division_rules"]
    assert floor["sum"] // floor["n"] == floor["average"]
    for case in toward_zero:
        assert truncated(case["priority"], case["ratio"]) == case["result"]


@pytest.mark.usefixtures("plain_addresses")
def test_newcomers_and_changes_get_the_published_priorities(sets: Any) -> None:
    steps, alternating = sets["add_and_update_public"]

    def priorities(set_: ValidatorSet) -> dict[str, int]:
        return {v.pub_key.decode(): v.priority for v in set_.validators}

    present = EMPTY
    for step in steps["steps"]:
        match step["op"]:
            case "new":
                present = plain(step["set"])
                assert priorities(present) == step["priorities"]
            case "update":
                present = present.updated(plain_updates(step["updates"]))
                assert priorities(present) == step["priorities_after_update"]
            case _:
                present = present.increment(step["times"])
                assert priorities(present) == step["priorities"]
                assert present.proposer.pub_key.decode() == step["proposer"]

    present = plain([("v1", 10)]).updated(plain_updates([("v2", 10)]))
    for step in alternating["after_each_increment"]:
        present = present.increment(1)
        assert present.proposer.pub_key.decode() == step["proposer"]
        assert priorities(present) == {"v1": step["v1"], "v2": step["v2"]}


@pytest.mark.usefixtures("plain_addresses")
def test_bad_updates_are_refused_and_change_nothing(sets: Any) -> None:
    for case in sets["update_errors_public"]:
        start = plain(case["start"])
        before = (start.validators, start.proposer)
        with pytest.raises(ERRORS[case["error_kind"]]):
            start.updated(plain_updates(case["updates"]))
        assert (start.validators, start.proposer) == before


@pytest.mark.usefixtures("plain_addresses")
def test_a_new_set_takes_no_duplicates_zeros_or_negative_powers(sets: Any) -> None:
    for case in sets["new_set_errors_public"]:
        with pytest.raises(errors.ValidatorSetError):
            plain(case["set"])


@pytest.mark.usefixtures("plain_addresses")
def test_good_updates_give_the_published_sets_in_any_order(sets: Any) -> None:
    for case in sets["update_ok_public"]:
        start = plain(case["start"])
        for updates in permutations(case["updates"]):
            after = start.updated(plain_updates(list(updates)))
            found = [[v.pub_key.decode(), v.power] for v in after.validators]
            assert found == case["result"], case["updates"]
            assert {v.pub_key.decode(): v.priority for v in after.validators} == case[
                "priorities"
            ], case["updates"]


@pytest.mark.parametrize("number", range(7))
def test_computed_sequences_hold(sets: Any, number: int) -> None:
    case = sets["sequences"][number]
    present = EMPTY
    for step in case["steps"]:
        match step["op"]:
            case "new":
                present = real(step["set"])
            case "update":
                present = present.updated(real_updates(step["updates"]))
                assert present.total == step["total_power"]
            case "increment_single_call":
                present = present.increment(step["times"])
            case _:
                for turn in step["trace"]:
                    present = present.increment(1)
                    assert proposer(present) == turn["proposer"]
                    assert named(present) == turn["priorities"]
                continue
        if "priorities" in step:
            assert named(present) == step["priorities"], case["desc"]
        if "order" in step:
            assert list(named(present)) == step["order"]
        if "proposer" in step:
            assert proposer(present) == step["proposer"]
        if "validators_hash" in step:
            assert present.hash.hex() == step["validators_hash"]


def test_updates_act_two_heights_later_with_the_published_hashes(sets: Any) -> None:
    heights = sets["height_delay"][0]["heights"]
    genesis = real(heights[0]["validators"])
    last, current, following = EMPTY, genesis, genesis.increment(1)
    for height in heights:
        assert [[NAMES[v.pub_key], v.power] for v in current.validators] == height["validators"]
        assert named(current) == height["priorities"]
        rounds = [current, *(current.increment(r) for r in range(1, 4))]
        assert [proposer(r) for r in rounds] == height["proposer_by_round"]
        assert current.hash.hex() == height["header_validators_hash"]
        assert following.hash.hex() == height["header_next_validators_hash"]
        assert [NAMES[v.pub_key] for v in last.validators] == height["last_commit_validators"]
        after = following.updated(real_updates(height["end_block_updates"])).increment(1)
        last, current, following = current, following, after


def test_power_raised_at_listed_heights_arrives_two_later(sets: Any) -> None:
    case = sets["height_delay"][1]
    present = real([("val1", case["genesis_power"])])
    line = [present, present.increment(1)]
    for height in range(1, 25):
        following, power = line[-1], line[-1].total
        if height in case["change_heights"]:
            following = following.updated(real_updates([("val1", power + 1)]))
        line.append(following.increment(1))
    powers = {str(h): set_.total for h, set_ in enumerate(line, start=1)}
    assert powers == {h: p for h, p in case["power_at_height"].items() if h in powers}
    assert len(powers) == 26


def test_the_validators_hash_covers_keys_and_powers(sets: Any) -> None:
    for case in sets["validator_bytes"]:
        leaf = validator_leaf(bytes.fromhex(case["pub_key"]), case["power"])
        assert leaf.hex() == case["leaf"]
        assert sha256(b"\0" + leaf).hex() == case["leaf_hash"]
    empty, *cases = sets["validators_hash"]
    assert EMPTY.hash.hex() == empty["hash"]
    for case in cases:
        present = real(case["set"])
        assert list(named(present)) == case["order"]
        assert present.hash.hex() == case["hash"]
        assert present.increment(3).hash == present.hash


def test_sets_that_cannot_be_cannot_be_made(sets: Any) -> None:
    """The structural cases; a proposer is always found among the members here."""
    assert [case["error"].split()[-1] for case in sets["vs_structural"]] == [
        "validator",
        "set",
        "empty",
        "key",
    ]
    with pytest.raises(errors.EmptyValidatorSet):
        ValidatorSet.new([])
    with pytest.raises(InvalidKey):
        ValidatorSet.new([(b"", 10)])
    for size in range(1, 6):
        members = real([(f"val{i}", i) for i in range(1, size + 1)])
        assert members.proposer in members.validators
