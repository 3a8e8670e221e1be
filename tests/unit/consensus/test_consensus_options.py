from typing import Any

import pytest
from fakes.consensus import GENESIS

from devnet.consensus.options import EngineOptions
from devnet.primitives.errors import InvalidMessage


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chain_id", ""),
        ("chain_id", "x" * 51),
        ("votes", "maybe"),
        ("block_time_ns", 999_999),
        ("evidence_max_age_blocks", 0),
        ("evidence_max_age_ns", 0),
        ("block_max_bytes", 0),
        ("evidence_max_bytes", 22_020_097),
    ],
)
def test_options_that_cannot_be_are_refused_by_name(field: str, value: Any) -> None:
    known: dict[str, Any] = {"chain_id": "c", "genesis_time": GENESIS}
    with pytest.raises(InvalidMessage) as refused:
        EngineOptions(**(known | {field: value}))
    assert refused.value.field == field
