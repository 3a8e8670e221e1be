"""Events of contracts: what they say about themselves, under names that are theirs.

Rules: cosmwasm reference, section 11. ``wasm`` holds a call's attributes, ``wasm-foo`` a
custom event ``foo``; both begin with the contract's address, which no contract can fake
because names with a leading underscore are kept for the chain.
"""

from collections.abc import Iterable, Iterator

from devnet.abci import Attribute, Event
from devnet.chain.context import Context
from devnet.cosmwasm.errors import VmError
from devnet.cosmwasm.messages import Response
from devnet.x.wasm.errors import InvalidContractEvent
from devnet.x.wasm.registry import ContractInfo

MIN_TYPE = 3
"""Characters of an event type."""
ATTRIBUTE_COST = 10
CUSTOM_EVENT_COST = 20
FREE_BYTES = 100
"""Bytes of attributes in one response that cost nothing; each further one costs 1."""


def contract_events(ctx: Context, contract: ContractInfo, response: Response) -> Iterator[Event]:
    """Events of one answer, its attributes first; each paid for with gas.

    Raises
    ------
    InvalidContractEvent
        If a type or key is too short, empty or kept for the chain.
    VmError
        If one is no text.
    """
    if not response.attributes and not response.events:
        return
    _charge(ctx, response)
    if response.attributes:
        yield _event("wasm", contract, response.attributes)
    for event in response.events:
        yield _event(f"wasm-{_type(event.type)}", contract, event.attributes)


def _event(type_: str, contract: ContractInfo, attributes: Iterable[tuple[str, str]]) -> Event:
    own = Attribute("_contract_address", contract.address)
    return Event(type_, (own, *(_attribute(key, value) for key, value in attributes)))


def _attribute(key: object, value: object) -> Attribute:
    if not isinstance(key, str) or not isinstance(value, str):
        raise VmError(f"the contract's attribute {key!r}: {value!r} is no pair of texts")
    name = key.strip()
    if not name:
        raise InvalidContractEvent(f"attribute with value {value!r}", "its key is empty")
    if name.startswith("_"):
        raise InvalidContractEvent(f"attribute {name!r}", "keys with a leading _ are the chain's")
    return Attribute(name, value.strip())


def _type(type_: object) -> str:
    if not isinstance(type_, str):
        raise VmError(f"the contract's event type {type_!r} is no text")
    name = type_.strip()
    if len(name) < MIN_TYPE:
        raise InvalidContractEvent(f"type {name!r}", f"give at least {MIN_TYPE} characters")
    return name


def _charge(ctx: Context, response: Response) -> None:
    pairs = [*response.attributes]
    for event in response.events:
        pairs += event.attributes
    size = sum(len(str(key).encode()) + len(str(value).encode()) for key, value in pairs)
    cost = ATTRIBUTE_COST * len(pairs) + max(0, size - FREE_BYTES)
    ctx.gas.consume(cost + CUSTOM_EVENT_COST * len(response.events), "contract events")
