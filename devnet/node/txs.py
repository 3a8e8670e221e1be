"""From what a user means to messages, and from a result back to the fields of its answer."""

from typing import Any, TypeAlias

from devnet.abci import TxResult
from devnet.chain.tx import Msg, ProtoCoin, TxMsgData
from devnet.consensus.forge import DuplicateVoteProof
from devnet.consensus.state import Committed
from devnet.consensus.votes import VoteKind
from devnet.primitives.canonical_json import loads
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.protobuf import decode
from devnet.primitives.types import Address, Coins
from devnet.x.bank.messages import MsgSend
from devnet.x.evidence.messages import MsgSubmitEvidence
from devnet.x.wasm.messages import (
    CallResponse,
    InstantiateResponse,
    MsgExecuteContract,
    MsgInstantiateContract,
    MsgInstantiateContract2,
)

__all__ = ["Committed", "VoteKind"]

Message: TypeAlias = Msg
"""What one verb asks of the chain."""
Proof: TypeAlias = DuplicateVoteProof
"""Two conflicting signed votes of one validator."""


def send_message(sender: Address, to: Address, coins: Coins) -> Message:
    """Pay coins."""
    return MsgSend(sender, to, ProtoCoin.of(coins))


def execute_message(sender: Address, contract: Address, msg: bytes, funds: Coins) -> Message:
    """Call a contract with a JSON message."""
    return MsgExecuteContract(sender, contract, msg, ProtoCoin.of(funds))


def instantiate_message(
    sender: Address,
    code_id: int,
    *,
    label: str,
    msg: bytes,
    funds: Coins,
    salt: bytes | None,
    admin: str,
) -> Message:
    """Make an instance of a code; a salt makes its address predictable."""
    coins = ProtoCoin.of(funds)
    if salt is None:
        return MsgInstantiateContract(sender, admin, code_id, label, msg, coins)
    return MsgInstantiateContract2(sender, admin, code_id, label, msg, coins, salt)


def evidence_message(submitter: Address, proof: Proof) -> Message:
    """Accuse a validator of a double sign; the proof travels with the accusation."""
    return MsgSubmitEvidence.of_double_sign(
        submitter,
        height=proof.height,
        time=proof.time,
        power=proof.validator_power,
        total_power=proof.total_power,
        consensus_address=proof.address,
        proof=proof.encode(),
    )


def answer(result: TxResult) -> Any:
    """What a contract answered as its JSON value; None where it said nothing that is JSON.

    The last message of a transaction counts: what stands before it (storing code) only
    prepares it.
    """
    responses = decode(TxMsgData, result.data).msg_responses if result.data else ()
    if not responses or responses[-1].type_url not in _ANSWERS:
        return None
    data = decode(_ANSWERS[responses[-1].type_url], responses[-1].value).data
    try:
        return loads(data) if data else None
    except InvalidMessage:
        return None


def answer_fields(result: TxResult) -> dict[str, Any]:
    """Fields of the JSON object a contract answered with; empty if it answered otherwise."""
    value = answer(result)
    return value if isinstance(value, dict) else {}


def made_address(result: TxResult) -> Address:
    """Address of the contract that the last message of a transaction made."""
    last = decode(TxMsgData, result.data).msg_responses[-1]
    return Address(decode(InstantiateResponse, last.value).address)


_ANSWERS: dict[str, type[InstantiateResponse] | type[CallResponse]] = {
    f"/cosmwasm.wasm.v1.Msg{verb}Response": response
    for verb, response in (
        ("InstantiateContract", InstantiateResponse),
        ("InstantiateContract2", InstantiateResponse),
        ("ExecuteContract", CallResponse),
        ("MigrateContract", CallResponse),
    )
}
