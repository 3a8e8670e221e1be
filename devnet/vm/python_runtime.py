"""The machine for contracts that are Python source.

A call is: JSON in, one fresh instance, one method, JSON out. Compiled classes are kept
under the checksum of their text, so no revert can make them wrong; nothing else survives a
call but what went through the storage it was handed.

This is the border to somebody else's code, and one of the two places of the house that
catch broadly: whatever a contract raises becomes ``{"error": text}``, whatever its *host*
raises passes through untouched and cannot be caught by the contract.
"""

import traceback
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from devnet.cosmwasm.deps import Deps, Querier, RawQuerier, Storage, read_env, read_info
from devnet.cosmwasm.errors import Refuse, VmError
from devnet.cosmwasm.kinds import plain
from devnet.cosmwasm.messages import Response, read_reply
from devnet.cosmwasm.runtime import MAX_KEY, MAX_VALUE, Call
from devnet.cosmwasm.schema import ContractSchema, Message
from devnet.crypto.hashing import sha256
from devnet.primitives.canonical_json import dumps, loads
from devnet.primitives.errors import DevnetError
from devnet.vm.host_api import HostApi
from devnet.vm.python_code import Compiled, compile_source, digests_of
from devnet.vm.python_meter import HostFailure, Ticks, refuse_exhausted
from devnet.vm.python_stack import HeadRoom
from devnet.vm.python_text import text_guard

_READABLE = text_guard(lambda _count: True)  # the words of an error cost nothing
_WASM = b"\0asm"
_EMPTY_MIGRATE = Message("migrate", "migrate", "", ())
_read_info = lru_cache(maxsize=256)(read_info)  # the same accounts call again and again


class PythonRuntime:
    """Runs Python contracts of one chain."""

    def __init__(self, prefix: str) -> None:
        self._api = HostApi(prefix)
        self._ticks = Ticks()
        self._compiled: dict[bytes, Compiled] = {}
        self._cause: BaseException | None = None

    def accepts(self, code: bytes) -> bool:
        """Everything that is not a compiled contract."""
        return code[:4] != _WASM

    def check(self, code: bytes) -> bytes:
        """Digests of the rooms the source depends on, by name.

        Raises
        ------
        CodeRejected
            If it breaks a rule, does not load, or holds no contract.
        """
        with HeadRoom():
            self._load(code, sha256(code))
            return dumps(digests_of(code))

    def schema(self, code: bytes, checksum: bytes) -> ContractSchema | None:
        """The messages of the contract."""
        return self._load(code, checksum).schema

    def run(self, code: bytes, checksum: bytes, call: Call) -> bytes:
        """The JSON contract result of one call.

        Raises
        ------
        VmError
            If the contract has no such entry point, or writes where it may only read.
        """
        compiled = self._compiled.get(checksum) or self._load(code, checksum)
        ticks = self._ticks
        outer = ticks.begin(call.gas)
        try:
            with HeadRoom():
                result = self._result(compiled, call)
            ticks.settle()
        except HostFailure as failure:
            raise failure.cause from None
        finally:
            ticks.end(outer)
        return result

    def take_cause(self) -> BaseException | None:
        """What the contract raised behind the last ``{"error": ...}``, once; no result needs it."""
        cause, self._cause = self._cause, None
        return cause

    def _load(self, code: bytes, checksum: bytes) -> Compiled:
        compiled = self._compiled.get(checksum)
        if compiled is None:
            with HeadRoom():
                compiled = compile_source(code, checksum, self._ticks)
            self._compiled[checksum] = compiled
        return compiled

    def _result(self, compiled: Compiled, call: Call) -> bytes:
        try:
            return self._answer(compiled, call)
        except VmError as err:
            raise HostFailure(err) from err
        except Exception as err:  # noqa: BLE001 - the border to contract code
            refuse_exhausted(err)
            self._cause = err
            try:
                return dumps({"error": _text_of(err, compiled)})
            except Refuse as unreadable:
                return dumps({"error": str(unreadable)})

    def _answer(self, compiled: Compiled, call: Call) -> bytes:
        entry_point = call.entry_point
        if entry_point not in compiled.schema.messages and entry_point != "migrate":
            raise VmError(f"{compiled.schema.name} has no {entry_point} entry point")
        storage = _GuardedStorage(call.storage, read_only=call.read_only or entry_point == "query")
        deps = Deps(storage, Querier(_GuardedQuerier(call.querier, self._ticks)), self._api)
        env = read_env(call.env)
        msg = loads(call.msg)

        if entry_point == "reply":
            message = compiled.schema.message("reply")
            value = getattr(compiled.cls(), message.function)(deps, env, read_reply(msg))
            return _response(message, value)
        message, fields = _EMPTY_MIGRATE, msg
        if entry_point != "migrate" or entry_point in compiled.schema.messages:
            message, fields = compiled.schema.open(entry_point, msg)
        given = message.read(fields, self._api.addr_validate)
        if message is _EMPTY_MIGRATE:
            return _response(message, None)
        method = getattr(compiled.cls(), message.function)
        if entry_point == "query":
            return _query_answer(message, method(deps, env, **given))
        if call.info is None:
            return _response(message, method(deps, env, **given))
        return _response(message, method(deps, env, _read_info(call.info), **given))


def _response(message: Message, value: Any) -> bytes:
    """Contract result of what a method returned: a response, nothing, or plain data."""
    response = value if isinstance(value, Response) else Response()
    if value is not None and response is not value:
        kind = message.returns
        response.set_data(dumps(plain(value) if kind is None else kind.write(value)))
    return response.to_result()


def _query_answer(message: Message, value: Any) -> bytes:
    kind = message.returns
    answer = dumps(plain(value) if kind is None else kind.write(value))
    return b'{"ok":"%b"}' % b64encode(answer)


def _text_of(err: Exception, compiled: Compiled) -> str:
    """What the caller reads: the contract's own words, or where Python stumbled.

    Python's wording differs between its versions, so only errors that the contract raises
    itself speak in their own words; of others the line is shown.
    """
    if isinstance(err, DevnetError):
        return str(err) or type(err).__name__
    frames = traceback.extract_tb(err.__traceback__)
    own = [f.lineno or 0 for f in frames if f.filename == compiled.filename]
    line = own[-1] if own else 0
    if frames[-1].filename == compiled.filename and line in compiled.raises and str(err):
        return str(_READABLE(err))
    name = type(err).__name__
    if not line:
        return f"{name} in {compiled.schema.name}"
    return f"{name} in line {line} of {compiled.schema.name}: {compiled.lines[line - 1].strip()}"


class _GuardedStorage:
    """The host's storage behind the limits of the protocol; its errors pass the contract."""

    __slots__ = ("_delete", "_get", "_iterate", "_read_only", "_set")

    def __init__(self, storage: Storage, *, read_only: bool) -> None:
        self._get, self._set, self._delete = storage.get, storage.set, storage.delete
        self._iterate, self._read_only = storage.iterate, read_only

    def get(self, key: bytes) -> bytes | None:
        if not isinstance(key, bytes):
            raise _no_bytes("key", key)
        if len(key) > MAX_KEY:
            raise HostFailure(VmError(f"a key of {len(key)} bytes, at most {MAX_KEY}"))
        try:
            return self._get(key)
        except Exception as err:
            raise HostFailure(err) from err

    def set(self, key: bytes, value: bytes) -> None:
        self._may_write(key)
        if not isinstance(value, bytes):
            raise _no_bytes("value", value)
        if len(value) > MAX_VALUE:
            raise HostFailure(VmError(f"a value of {len(value)} bytes, at most {MAX_VALUE}"))
        try:
            self._set(key, value)
        except Exception as err:
            raise HostFailure(err) from err

    def delete(self, key: bytes) -> None:
        self._may_write(key)
        try:
            self._delete(key)
        except Exception as err:
            raise HostFailure(err) from err

    def iterate(
        self, start: bytes | None = None, end: bytes | None = None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        for bound in (start, end):
            if not isinstance(bound, bytes | None):
                raise _no_bytes("key", bound)
        try:
            yield from self._iterate(start, end, reverse=reverse)
        except Exception as err:
            raise HostFailure(err) from err

    def _may_write(self, key: bytes) -> None:
        if self._read_only:
            raise HostFailure(VmError("a query may not write"))
        if not isinstance(key, bytes):
            raise _no_bytes("key", key)
        if len(key) > MAX_KEY:
            raise HostFailure(VmError(f"a key of {len(key)} bytes, at most {MAX_KEY}"))


def _no_bytes(what: str, given: object) -> Refuse:
    """The refusal of what a contract would store, before it could break the host's store."""
    kind = type(given).__name__
    return Refuse(f"a storage {what} is bytes, not {kind}", "store values with Item and Map")


class _GuardedQuerier:
    """The host's querier; what was counted is paid before another contract runs."""

    __slots__ = ("_raw", "_ticks")

    def __init__(self, raw: RawQuerier, ticks: Ticks) -> None:
        self._raw, self._ticks = raw, ticks

    def query(self, request: bytes) -> bytes:
        self._ticks.settle()
        try:
            return self._raw.query(request)
        except Exception as err:
            raise HostFailure(err) from err
