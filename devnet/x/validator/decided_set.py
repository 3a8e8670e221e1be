"""The validator set the chain has decided on: who has which power from this block on.

Consensus hears of changes at the end of the block and acts on them two heights later.
Every check stands before the first write.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devnet.chain.context import Context
from devnet.crypto.addresses import from_bech32, to_bech32
from devnet.primitives import protobuf
from devnet.primitives.types import MAX_TOTAL_POWER, Address, ConsAddress, Power
from devnet.x.validator.diffs import settle
from devnet.x.validator.errors import (
    EmptyValidatorSet,
    InvalidDiff,
    PowerOverflow,
    UnknownValidator,
)
from devnet.x.validator.types import (
    OPERATOR,
    POWER_BEFORE,
    STORE,
    TOTAL_POWER,
    VALIDATOR,
    Validator,
    ValidatorRecord,
)


class DecidedSet:
    """Reads and writes validators."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def find(self, ctx: Context, operator: Address) -> Validator | None:
        """Key and power of an operator, also of one that left (power 0)."""
        raw = ctx.store(STORE).get(VALIDATOR + from_bech32(operator, self._prefix))
        return None if raw is None else _validator(operator, raw)

    def get(self, ctx: Context, operator: Address) -> Validator:
        """Key and power of an operator; ``UnknownValidator``."""
        found = self.find(ctx, operator)
        if found is None:
            raise UnknownValidator(operator)
        return found

    def find_operator(self, ctx: Context, address: ConsAddress) -> Address | None:
        """Who runs the key behind a consensus address, or did before it left."""
        raw = ctx.store(STORE).get(OPERATOR + address)
        return None if raw is None else to_bech32(self._prefix, raw)

    def everyone(self, ctx: Context) -> Iterator[Validator]:
        """All who ever had power, by raw operator address."""
        for key, raw in ctx.store(STORE).iterate_prefix(VALIDATOR):
            yield _validator(to_bech32(self._prefix, key[1:]), raw)

    def active(self, ctx: Context) -> list[Validator]:
        """All who have power, by raw operator address."""
        return [validator for validator in self.everyone(ctx) if validator.power]

    def total_power(self, ctx: Context) -> Power:
        """Power of the set together."""
        return Power(int.from_bytes(ctx.store(STORE).get(TOTAL_POWER) or b""))

    def apply(self, ctx: Context, wishes: list[Validator], *, what: str) -> None:
        """Write wishes for power, all of them or none; the last one per operator counts.

        Raises
        ------
        EmptyValidatorSet, PowerOverflow, InvalidDiff
            If the result cannot be; ``what`` names the cause to people.
        """
        known = _Known(self, ctx)
        changes = [
            (wish, before)
            for wish in settle(wishes, known)
            if wish.power != (before := _power(known.validator(wish.operator)))
        ]
        total = self.total_power(ctx) + sum(wish.power - before for wish, before in changes)
        if total > MAX_TOTAL_POWER:
            raise PowerOverflow(total)
        if not total:
            raise EmptyValidatorSet(what)
        for wish, before in changes:
            mark = POWER_BEFORE + wish.address
            if ctx.store(STORE).get(mark) is None:
                ctx.store(STORE).set(mark, before.to_bytes(8))
            self._put(ctx, wish)
        if changes:
            self._put_total(ctx, total)

    def load(self, ctx: Context, validators: list[Validator]) -> None:
        """Put the validators of a genesis document, which consensus knows already.

        Raises
        ------
        PowerOverflow, InvalidDiff
            If the set cannot be.
        """
        settled = settle(validators, _Known(self, ctx))
        if len(settled) < len(validators):
            raise InvalidDiff(validators[-1].operator, "an operator stands twice among validators")
        total = sum(validator.power for validator in settled)
        if total > MAX_TOTAL_POWER:
            raise PowerOverflow(total)
        for validator in settled:
            self._put(ctx, validator)
        self._put_total(ctx, total)

    def close_block(self, ctx: Context) -> list[Validator]:
        """Who really changed in this block, by key bytes; the block's marks are wiped.

        A validator whose power was moved and moved back is not among it.
        """
        # Whoever leaves a mark writes the total too. In most blocks nobody does, and looking
        # for marks all the same would have the whole store put its new keys in order.
        if not ctx.may_be_touched(STORE, TOTAL_POWER):
            return []
        store = ctx.store(STORE)
        changed = []
        for key, before in list(store.iterate_prefix(POWER_BEFORE)):
            store.delete(key)
            operator = self.find_operator(ctx, ConsAddress(key[1:]))
            assert operator is not None  # the mark is written together with the operator
            now = self.get(ctx, operator)
            if now.power != int.from_bytes(before):
                changed.append(now)
        return sorted(changed, key=lambda validator: validator.pub_key)

    def _put(self, ctx: Context, validator: Validator) -> None:
        store, operator = ctx.store(STORE), from_bech32(validator.operator, self._prefix)
        record = ValidatorRecord(validator.pub_key, validator.power)
        store.set(VALIDATOR + operator, protobuf.encode(record))
        store.set(OPERATOR + validator.address, operator)

    @staticmethod
    def _put_total(ctx: Context, total: int) -> None:
        ctx.store(STORE).set(TOTAL_POWER, total.to_bytes(8))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is on record, for the checks of :mod:`devnet.x.validator.diffs`."""

    decided: DecidedSet
    ctx: Context

    def validator(self, operator: Address) -> Validator | None:
        """The operator's key and power, if it ever had any."""
        return self.decided.find(self.ctx, operator)

    def operator(self, address: ConsAddress) -> Address | None:
        """Who runs the key behind a consensus address, or once did."""
        return self.decided.find_operator(self.ctx, address)


def _validator(operator: Address, raw: bytes) -> Validator:
    record = protobuf.decode(ValidatorRecord, raw)
    return Validator(operator, record.pub_key, Power(record.power))


def _power(validator: Validator | None) -> int:
    return 0 if validator is None else validator.power
