"""Code on the chain: which there is, what it can be asked, and how new code comes to it."""

from types import ModuleType

from devnet.chain.context import Context
from devnet.cosmwasm.schema import ContractSchema
from devnet.crypto.hashing import sha256
from devnet.node.app import App
from devnet.node.txs import Message, instantiate_message
from devnet.primitives.types import Address, Coins
from devnet.vm.python_code import source_of
from devnet.x.wasm.messages import MsgStoreCode
from devnet.x.wasm.registry import ContractInfo


class Codes:
    """The codes of one chain."""

    def __init__(self, app: App) -> None:
        self._app = app

    def source_of(self, code: ModuleType | type) -> bytes:
        """Text of a contract's room or class, as it is stored; ``CodeRejected``."""
        return source_of(code)

    def info(self, contract: Address) -> ContractInfo:
        """Label, code and admin of a contract; ``ContractNotFound``."""
        return self._app.wasm.get_contract(self._context(), contract)

    def schema_of_contract(self, contract: Address) -> ContractSchema | None:
        """What a contract can be asked; None for a compiled one."""
        return self.schema_of(self.info(contract).code_id)

    def schema_of(self, code: int | bytes) -> ContractSchema | None:
        """What code can be asked, on the chain or not yet; None for compiled code.

        Raises
        ------
        CodeNotFound
            If the chain has no code of that number.
        CodeRejected
            If the text is no contract that can be stored.
        """
        if isinstance(code, int):
            return self._app.wasm.schema(self._context(), code)
        if not self._app.runtime.accepts(code):
            return None
        return self._app.runtime.schema(code, sha256(code))

    def instantiate_messages(
        self,
        sender: Address,
        code: int | bytes,
        *,
        label: str,
        msg: bytes,
        funds: Coins,
        salt: bytes | None,
        admin: str,
    ) -> list[Message]:
        """Messages that make an instance; code new to the chain is stored by the first."""
        messages: list[Message] = []
        code_id = code if isinstance(code, int) else self._find(code)
        if code_id is None:
            assert isinstance(code, bytes), "a code id is what it is"
            messages.append(MsgStoreCode(sender, code))
            code_id = len(self._app.wasm.codes(self._context())) + 1
        messages.append(
            instantiate_message(
                sender, code_id, label=label, msg=msg, funds=funds, salt=salt, admin=admin
            )
        )
        return messages

    def _find(self, source: bytes) -> int | None:
        """Number under which equal code was stored first."""
        checksum = sha256(source)
        codes = self._app.wasm.codes(self._context())
        return next((number for number, code in codes if code.checksum == checksum), None)

    def _context(self) -> Context:
        return self._app.base.query_context()
