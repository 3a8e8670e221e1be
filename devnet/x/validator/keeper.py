"""Who holds which office, and what the holders may do (seed: contract-controlled validators).

The admin gives offices; the Authority's contract says who validates; the Slashing contract
hears of infractions. Contracts are known by CW7 and CW9 only.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from devnet.abci import Event
from devnet.chain.context import Context
from devnet.primitives import canonical_json
from devnet.primitives.types import Address, Power
from devnet.x.validator.authority import Cw7, read_set
from devnet.x.validator.decided_set import DecidedSet
from devnet.x.validator.errors import (
    EmptyValidatorSet,
    PermissionDenied,
    UnknownValidator,
    UnsuitableContract,
)
from devnet.x.validator.privileged import Contract, call_privileged
from devnet.x.validator.slashing import Evidence, byzantine, read_address
from devnet.x.validator.types import PERMISSIONS, STORE, Permissions, Validator

CONTRACT_OFFICES = ("authority", "distribution", "slashing")
"""Offices only a contract can hold."""


class WasmKeeper(Cw7, Protocol):
    """What x/validator needs of x/wasm."""

    def find_contract(self, ctx: Context, address: str) -> Contract | None:
        """Contract at an address."""

    def sudo(self, ctx: Context, contract: str, msg: bytes) -> bytes | None:
        """Call a contract as the chain itself."""


class ValidatorKeeper:
    """Offices, and what follows from them.

    Attributes
    ----------
    decided
        The validator set the chain has decided on.
    """

    def __init__(self, wasm: WasmKeeper, *, prefix: str) -> None:
        self._wasm, self.prefix = wasm, prefix
        self.decided = DecidedSet(prefix)

    # -- offices ------------------------------------------------------------------------

    def permissions(self, ctx: Context) -> Permissions:
        """Who holds which office."""
        raw = ctx.store(STORE).get(PERMISSIONS)
        if raw is None:
            return Permissions()
        found = canonical_json.loads(raw)
        assert isinstance(found, dict)  # only put_permissions writes here
        return Permissions().changed({k: Address(str(v)) if v else None for k, v in found.items()})

    def put_permissions(self, ctx: Context, permissions: Permissions) -> None:
        """Write the offices, unchecked."""
        ctx.store(STORE).set(PERMISSIONS, canonical_json.dumps(permissions.to_json()))

    def set_permissions(
        self, ctx: Context, sender: Address, changes: Mapping[str, Address | None]
    ) -> None:
        """Give offices to others, by the admin; a new Authority is asked for its set.

        What the Authority answers replaces the present set in this block; so it does when
        the one in office is named again.

        Raises
        ------
        PermissionDenied
            If the sender is not the admin.
        UnsuitableContract
            If an office would go to what is no contract, or to an Authority that does not
            answer CW7.
        EmptyValidatorSet, PowerOverflow, InvalidDiff
            If the Authority's set cannot be.
        """
        present = self.permissions(ctx)
        if present.admin is None or sender != present.admin:
            raise PermissionDenied("admin", sender, present.admin)
        for office in CONTRACT_OFFICES:
            holder = changes.get(office)
            if holder is not None and self._wasm.find_contract(ctx, holder) is None:
                raise UnsuitableContract(
                    office, holder, "is no contract; give the address of one that is"
                )
        authority = changes.get("authority")
        if authority is not None:
            wishes = self._replacement(ctx, authority)
            self.decided.apply(ctx, wishes, what=f"the set of {authority}")
        self.put_permissions(ctx, present.changed(changes))
        told = {name: who or "" for name, who in sorted(changes.items())}
        ctx.emit(Event.of("set_permissions", sender=sender, **told))

    def change_power(self, ctx: Context, sender: Address, diff: Iterable[Validator]) -> None:
        """Change some validators' power, by the Authority.

        Raises
        ------
        PermissionDenied
            If the sender is not the Authority.
        EmptyValidatorSet, PowerOverflow, InvalidDiff
            If the result cannot be.
        """
        authority = self.permissions(ctx).authority
        if authority is None or sender != authority:
            raise PermissionDenied("authority", sender, authority)
        entries = list(diff)
        self.decided.apply(ctx, entries, what="this diff")
        ctx.emit(Event.of("validator_diff", authority=sender, entries=len(entries)))

    # -- infractions --------------------------------------------------------------------

    def handle_equivocation(self, ctx: Context, evidence: Evidence) -> None:
        """Judge a double sign that was proven: the handler of its evidence route."""
        self.punish(ctx, evidence)

    def punish(self, ctx: Context, evidence: Evidence) -> None:
        """Tell the Slashing contract of an infraction; without one, say that nobody acts.

        Raises
        ------
        UnknownValidator
            If no operator ever ran a validator with this address.
        PrivilegedCallFailed, PrivilegedCallEndless, OutOfGas
            If the contract fails or does not end.
        """
        operator = self.decided.find_operator(ctx, read_address(evidence))
        if operator is None:
            raise UnknownValidator(evidence.consensus_address)
        contract = self.permissions(ctx).slashing
        if contract is None:
            reason = "no contract holds the office slashing; recorded, nobody is punished"
            ctx.emit(Event.of("slashing_unset", operator=operator, reason=reason))
            return
        msg = byzantine(evidence, self.decided.get(ctx, operator))
        self.call(ctx, "Slashing", contract=contract, msg=msg)

    def call(self, ctx: Context, role: str, *, contract: Address, msg: bytes) -> None:
        """Call the contract in an office as the chain itself, on a branch.

        Raises
        ------
        PrivilegedCallFailed, PrivilegedCallEndless, OutOfGas
            As :func:`devnet.x.validator.privileged.call_privileged` tells them apart.
        """
        holder = self._wasm.find_contract(ctx, contract)
        name = f"{holder.label} ({contract})" if holder is not None else str(contract)
        call_privileged(
            ctx, lambda scope: self._wasm.sudo(scope, contract, msg), role=role, contract=name
        )

    def _replacement(self, ctx: Context, authority: Address) -> list[Validator]:
        """Wishes that turn the present set into the Authority's own."""
        wished = read_set(ctx, self._wasm, authority, prefix=self.prefix)
        if not wished:
            raise EmptyValidatorSet(f"authority {authority}, whose validator list is empty,")
        staying = {validator.operator for validator in wished}
        leaving = [v for v in self.decided.active(ctx) if v.operator not in staying]
        return [*wished, *(Validator(v.operator, v.pub_key, Power(0)) for v in leaving)]
