"""One account that may change a contract, until it hands over or lets go."""

from devnet.cosmwasm.deps import Deps, MessageInfo
from devnet.cosmwasm.errors import Refuse
from devnet.cosmwasm.messages import Response
from devnet.cosmwasm.state import Item
from devnet.primitives.types import Address


class Admin:
    """The admin of a contract; ``None`` for ever, once nobody is admin."""

    def __init__(self, name: str = "admin") -> None:
        self._item: Item[Address | None] = Item(name, Address | None)

    def find(self, deps: Deps) -> Address | None:
        """Who is admin now."""
        return self._item.find(deps)

    def save(self, deps: Deps, admin: Address | None) -> None:
        """Put an admin, without asking anyone: for the instantiation."""
        self._item.save(deps, admin)

    def is_admin(self, deps: Deps, sender: Address) -> bool:
        """Whether this account is the admin."""
        return self._item.find(deps) == sender

    def require(self, deps: Deps, sender: Address) -> None:
        """Let only the admin pass."""
        admin = self._item.find(deps)
        if admin != sender:
            who = f"the admin is {admin}, not {sender}" if admin else "nobody is admin any more"
            raise Refuse("Caller is not admin", who)

    def update(self, deps: Deps, info: MessageInfo, admin: Address | None) -> Response:
        """Hand over to another account, or let go for ever."""
        self.require(deps, info.sender)

        self._item.save(deps, admin)
        return Response().add_attributes(
            action="update_admin", admin=admin or "None", sender=info.sender
        )
