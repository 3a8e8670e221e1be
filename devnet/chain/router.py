"""Who does what: messages and queries find their module here, modules never each other."""

from collections.abc import Iterable, Mapping

from devnet.chain.context import Context
from devnet.chain.errors import UnknownMessage, UnknownQuery
from devnet.chain.module import Encoder, Handler, Module, QueryHandler
from devnet.chain.tx import Msg, MsgResult
from devnet.primitives.canonical_json import Json
from devnet.primitives.protobuf import decode


class MessageRouter:
    """From a message to the handler of the module that owns it."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._handlers: dict[type[Msg], Handler] = {}
        self._kinds: dict[str, type[Msg]] = {}
        self._encoders: dict[str, Encoder] = {}
        for module in modules:
            for kind, handler in module.message_handlers().items():
                assert kind.type_url not in self._kinds, f"{kind.type_url} has two handlers"
                self._handlers[kind], self._kinds[kind.type_url] = handler, kind
            for key, encoder in module.contract_messages().items():
                assert key not in self._encoders, f"contract messages {key} have two owners"
                self._encoders[key] = encoder

    @property
    def kinds(self) -> Mapping[str, type[Msg]]:
        """Every kind of message there is, by type url."""
        return self._kinds

    def handle(self, ctx: Context, msg: Msg) -> MsgResult:
        """Carry out a message in this context; emits what its handler emits, no more.

        Raises
        ------
        UnknownMessage
            If no module handles its kind.
        TxError
            Whatever the handler refuses with. Rolling back is the caller's: give it a
            branch.
        """
        handler = self._handlers.get(type(msg))
        if handler is None:
            raise UnknownMessage(msg.type_url, self._kinds)
        return handler(ctx, msg)

    def decode(self, type_url: str, value: bytes) -> Msg:
        """Message of an Any's two parts.

        Raises
        ------
        UnknownMessage
            If no module handles the kind; the nearest one is offered.
        InvalidMessage
            If the bytes are no such message.
        """
        kind = self._kinds.get(type_url)
        if kind is None:
            raise UnknownMessage(type_url, self._kinds)
        return decode(kind, value)

    def find_encoder(self, key: str) -> Encoder | None:
        """Who turns contract messages of this kind into chain messages; ``None``: nobody."""
        return self._encoders.get(key)


class QueryRouter:
    """From a question to the module that answers it."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._handlers: dict[str, Mapping[str, QueryHandler]] = {
            module.name: module.query_handlers() for module in modules
        }

    @property
    def names(self) -> dict[str, list[str]]:
        """Queries of every module, sorted."""
        return {module: sorted(handlers) for module, handlers in sorted(self._handlers.items())}

    def query(
        self, ctx: Context, module: str, name: str, params: Mapping[str, Json] | None = None
    ) -> Json:
        """Answer of a module on the state of this context; writing is refused.

        Raises
        ------
        UnknownQuery
            If there is no such module or query; the nearest one is offered.
        TxError
            Whatever the handler refuses with, like a wrong parameter.
        """
        handlers = self._handlers.get(module)
        if handlers is None:
            raise UnknownQuery("module", module, self._handlers)
        handler = handlers.get(name)
        if handler is None:
            raise UnknownQuery(f"query of module {module}:", name, handlers)
        reading = ctx if ctx.mode == "query" else ctx.read_only()
        return handler(reading, {} if params is None else params)
