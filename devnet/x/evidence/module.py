"""x/evidence as a module: its message, its queries, genesis, and what the engine found."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from devnet.abci import BeginBlock, Event, Misbehavior
from devnet.chain.context import Context
from devnet.chain.module import Description, Handler, Module, QueryHandler
from devnet.chain.tx import Msg, MsgResult, ProtoAny
from devnet.primitives import protobuf
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import parse_uint
from devnet.x.evidence.errors import EvidenceError, UnknownEvidenceRoute
from devnet.x.evidence.keeper import INFRACTION, PARAMETERS, EvidenceKeeper
from devnet.x.evidence.messages import MsgSubmitEvidence, MsgSubmitEvidenceResponse
from devnet.x.evidence.types import Equivocation, Evidence

DEFAULT_LIMIT = 100
"""Infractions on a page unless asked otherwise (Cosmos SDK, ``types/query``)."""
_HASH_SIZE = 32

# What the engine reports, and the kind of evidence each report becomes.
_KINDS: dict[str, Callable[[Misbehavior], Evidence]] = {Equivocation.type: Equivocation.of}


@runtime_checkable
class TellsEvents(Protocol):
    """An error whose story outlives the branch it dropped."""

    events: tuple[Event, ...]


class EvidenceModule(Module):
    """Evidence after ADR-009."""

    name = "evidence"

    def __init__(self, keeper: EvidenceKeeper) -> None:
        self._keeper = keeper

    def message_handlers(self) -> Mapping[type[Msg], Handler]:
        """``MsgSubmitEvidence``."""
        return {MsgSubmitEvidence: self._submit}

    def query_handlers(self) -> Mapping[str, QueryHandler]:
        """``params``, ``types``, ``infraction`` and ``infractions``."""
        return {
            "params": lambda ctx, _: {"params": self._keeper.parameters(ctx)},
            "types": self._types,
            "infraction": self._infraction,
            "infractions": self._infractions,
        }

    def init_genesis(self, ctx: Context, state: Json) -> None:
        """Load parameters and infractions; handlers are not run.

        Raises
        ------
        EvidenceError
            If a record is invalid, twice there, or of a kind nobody judges.
        """
        match state:
            case None:
                return
            case {"params": dict(parameters), "infractions": list(records)}:
                if parameters:
                    self._keeper.set_parameters(ctx, parameters)
                for record in records:
                    self._keeper.load(ctx, self._parse_record(record))
            case _:
                raise InvalidMessage("evidence", "give params (object) and infractions (list)")

    def export_genesis(self, ctx: Context) -> Json:
        """Parameters and every infraction, by hash."""
        return {
            "params": self._keeper.parameters(ctx),
            "infractions": [
                {"@type": e.type_url, **e.facts()} for e in self._keeper.infractions(ctx)
            ],
        }

    def describe(self, key: bytes, value: bytes) -> Description:
        """Put a stored key in words."""
        if key.startswith(INFRACTION):
            evidence = self._keeper.unpack(protobuf.decode(ProtoAny, value))
            return Description(f"infraction {evidence.hash_text}", str(evidence))
        if key == PARAMETERS:
            return Description("evidence parameters", value.decode())
        return super().describe(key, value)

    def begin_blocker(self, ctx: Context, block: BeginBlock) -> None:
        """Submit what the engine found, each on its own; a refused one stops nothing."""
        for found in block.misbehavior:
            try:
                make = _KINDS.get(found.type)
                if make is None:
                    raise UnknownEvidenceRoute(found.type, _KINDS)
                with ctx.branch() as scope:
                    self._keeper.submit_evidence(scope, make(found))
            except EvidenceError as err:
                _tell_rejection(ctx, found, err)

    def _submit(self, ctx: Context, msg: MsgSubmitEvidence) -> MsgResult:
        assert msg.evidence is not None  # validate_basic
        evidence = self._keeper.unpack(msg.evidence)
        self._keeper.submit_evidence(ctx, evidence)
        return MsgResult(protobuf.encode(MsgSubmitEvidenceResponse(evidence.hash)))

    def _types(self, _ctx: Context, _params: Mapping[str, Json]) -> Json:
        kinds = self._keeper.types.kinds
        return {
            "types": [
                {
                    "type": kind.type,
                    "route": kind.route,
                    "type_url": kind.type_url,
                    "has_handler": self._keeper.router.has_route(kind.route),
                }
                for kind in kinds
            ]
        }

    def _infraction(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        hash_ = _parse_hash(params.get("hash"), field="hash")
        return {"infraction": _view(self._keeper.get_infraction(ctx, hash_))}

    def _infractions(self, ctx: Context, params: Mapping[str, Json]) -> Json:
        """Give one page; ``next`` is what to ask ``start_after`` for the following one."""
        after = params.get("start_after")
        start_after = None if after is None else _parse_hash(after, field="start_after")
        # As in the SDK, a limit of 0 asks for the default.
        limit = parse_uint(params.get("limit") or 0, bits=64, field="limit") or DEFAULT_LIMIT
        found = self._keeper.infractions(ctx, start_after=start_after, limit=limit + 1)
        page = found[:limit]
        following = page[-1].hash_text if len(found) > limit else None
        return {"infractions": [_view(e) for e in page], "next": following}

    def _parse_record(self, record: Json) -> Evidence:
        if not isinstance(record, dict) or not isinstance(record.get("@type"), str):
            raise InvalidMessage("infractions", "each is an object with its kind in @type")
        facts = {name: value for name, value in record.items() if name != "@type"}
        return self._keeper.types.get_kind(str(record["@type"])).from_facts(facts)


def _view(evidence: Evidence) -> dict[str, Json]:
    """Answer about one infraction: the facts, and what follows from them."""
    return {
        "hash": evidence.hash_text,
        "route": evidence.route,
        "type": evidence.type,
        "type_url": evidence.type_url,
        **evidence.facts(),
    }


def _parse_hash(value: Json, *, field: str) -> bytes:
    try:
        raw = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != _HASH_SIZE:
        raise InvalidMessage(field, f"{value!r} is no hash; give {2 * _HASH_SIZE} hex digits")
    return raw


def _tell_rejection(ctx: Context, found: Misbehavior, err: EvidenceError) -> None:
    """Say why evidence was not taken, and before it what its handler had to say."""
    cause: BaseException | None = err
    while cause is not None:
        if isinstance(cause, TellsEvents):
            for event in cause.events:
                ctx.emit(event)
        cause = cause.__cause__
    ctx.emit(
        Event.of(
            "evidence_rejected",
            evidence_type=found.type,
            consensus_address=found.address.hex().upper(),
            height=found.height,
            codespace=err.codespace,
            code=err.code,
            reason=err,
        )
    )
