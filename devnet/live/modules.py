"""``net.x``: the chain's own modules, with the same three verbs as a contract."""

from collections.abc import Callable
from typing import Any

from devnet.cosmwasm.schema import show
from devnet.live.accounts import signer
from devnet.live.answers import named
from devnet.live.arguments import address_of, wire
from devnet.live.contracts import Message
from devnet.live.errors import UnknownName
from devnet.live.results import Receipt
from devnet.live.session import Session
from devnet.primitives.canonical_json import Json
from devnet.primitives.errors import InvalidMessage
from devnet.primitives.types import Address
from devnet.x.validator.messages import MsgSetPermissions

PERMISSIONS = ("admin", "authority", "distribution", "slashing")


class Modules:
    """Modules by name: ``net.x.validator``, ``net.x.evidence``, ``net.x.bank`` ..."""

    def __init__(self, session: Session) -> None:
        self._names = sorted(session.node.app.base.queries.names)
        # Attributes, not properties: completion looks into the one and not the other.
        for name in self._names:
            setattr(self, name, ModuleHandle(session, name))
        self.validator = ValidatorModule(session, "validator")

    def __dir__(self) -> list[str]:
        return self._names

    def __getattr__(self, name: str) -> "ModuleHandle":
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnknownName("module", name, self._names)

    def __repr__(self) -> str:
        return f"<modules: {', '.join(self._names)}>"


class ModuleHandle:
    """One module; what it can be asked stands in ``query``."""

    def __init__(self, session: Session, name: str) -> None:
        self._session, self.name = session, name
        self.query = ModuleQuery(session, name)

    @property
    def router(self) -> Any:
        """The router of evidence, where this is the evidence module."""
        return self._session.node.app.evidence.router if self.name == "evidence" else None

    def __repr__(self) -> str:
        return f"<module {self.name}: {', '.join(dir(self.query))}>"


class ModuleQuery:
    """``net.x.bank.query.balance(address=ana, denom="utgd")``."""

    def __init__(self, session: Session, module: str) -> None:
        self._session, self._module = session, module

    def __dir__(self) -> list[str]:
        return self._session.node.app.base.queries.names[self._module]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in dir(self):
            raise UnknownName(f"query of {self._module}:", name, dir(self))

        def query(**params: Any) -> Any:
            asked = {k: self._param(k, v) for k, v in params.items()}
            answer = show(self._session.node.query(self._module, name, asked))
            return named(answer, self._session.node.directory)

        query.__name__ = name
        module = self._session.node.app.base.modules[self._module]
        query.__doc__ = module.query_handlers()[name].__doc__
        return query

    def __repr__(self) -> str:
        return f"<query {self._module}: {', '.join(dir(self))}>"

    def _param(self, name: str, value: Any) -> Json:
        if name in ("address", "operator", "contract"):
            return address_of(self._session, value, field=name)
        return wire(self._session, value, field=name)


class ValidatorModule(ModuleHandle):
    """``net.x.validator``: who decides the validator set.

    Attributes
    ----------
    execute
        Verbs of the Admin, signed.
    message
        The same as messages for a proposal.
    """

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.execute = SetPermissions(session, signed=True)
        self.message = SetPermissions(session, signed=False)


class SetPermissions:
    """``set_authority(contract=group)``, ``set_admin(admin=council)``, ... and all at once.

    ``None`` clears a permission; a cleared Admin is final.
    """

    def __init__(self, session: Session, *, signed: bool) -> None:
        self._session, self._signed = session, signed

    def __dir__(self) -> list[str]:
        return ["set_permissions", *(f"set_{permission}" for permission in PERMISSIONS)]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in dir(self):
            if name.startswith("_"):
                raise AttributeError(name)
            raise UnknownName("message of validator:", name, dir(self))
        only = name.removeprefix("set_")

        def set_one(contract: object = ..., **rest: Any) -> Any:
            given = rest.pop(only, contract)
            if given is ...:
                what = "an account" if only == "admin" else "a contract"
                raise InvalidMessage(only, f"say which: {what}, or None to clear it")
            return self.set_permissions(**{only: given}, **rest)

        set_one.__name__ = set_one.__qualname__ = name
        set_one.__doc__ = f"Set the {only}: a contract, an account, a name; None clears it."
        return set_one

    def __repr__(self) -> str:
        return f"<{'execute' if self._signed else 'message'} validator: {', '.join(dir(self))}>"

    def set_permissions(
        self, *, sender: object = None, fee: object = "", gas: int | None = None, **changes: Any
    ) -> "Receipt | Message":
        """Change any of admin, authority, distribution, slashing; absent ones stay."""
        for name in changes:
            if name not in PERMISSIONS:
                raise UnknownName("permission", name, PERMISSIONS)
        wanted: dict[str, Address | None] = {
            name: None if value is None else address_of(self._session, value, field=name)
            for name, value in changes.items()
        }
        if not self._signed:
            text = "validator.set_permissions(" + ", ".join(
                f"{k}={self._session.label(v) if v else None}" for k, v in wanted.items()
            )
            content: dict[str, Any] = {"set_permissions": wanted}
            return Message({"custom": {"validator": content}}, text + ")")
        account = signer(self._session, sender)
        message = MsgSetPermissions.of(account.address, **wanted)
        return self._session.deliver([message], account.name, fee=fee, gas=gas)
