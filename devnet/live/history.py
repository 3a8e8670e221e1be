"""One row per height and validator: what charts draw.

Rows of past heights are read from the state as it was, so a revert or a look-ahead can
never leave a wrong one behind; what a place of the chain said is kept under that place.
"""

from typing import Literal, TypeAlias, get_args

from devnet.live.blocks import BlockView
from devnet.live.errors import UnknownName
from devnet.live.session import Session
from devnet.live.validators import Validators
from devnet.primitives.errors import InvalidMessage

Column = Literal["stake", "weight", "power"]
Row: TypeAlias = dict[str, "int | str | None"]


class History:
    """``net.history``: the chain so far as rows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def chart_rows(
        self, *columns: str, since: int | None = None, until: int | None = None
    ) -> list[Row]:
        """Rows ``{height, validator, column...}``, by height and then by name.

        Parameters
        ----------
        columns
            ``power``: in the set that signs the height, known two heights ahead.
            ``weight``: in the Authority's group after the block; ``stake``: in the
            contract that rules that group. Both are ``None`` ahead of the last block and
            where no contract answers.
        since, until
            First and last height; default all, the two decided heights included.

        Raises
        ------
        UnknownName
            For a column that does not exist.
        """
        for column in columns:
            if column not in get_args(Column):
                raise UnknownName("column", column, get_args(Column))
        first = 1 if since is None else since
        last = self._session.height + 2 if until is None else until
        if not 1 <= first <= last <= self._session.height + 2:
            raise InvalidMessage("since, until", f"heights go from 1 to {self._session.height + 2}")
        rows: list[Row] = []
        for height in range(first, last + 1):
            powers = self._powers(height)
            books = self._books(height) if height <= self._session.height else {}
            for name in sorted(powers.keys() | books.keys()):
                facts = {**books.get(name, {}), "power": powers.get(name, 0)}
                rows.append(
                    {"height": height, "validator": name, **{c: facts.get(c) for c in columns}}
                )
        return rows

    def __repr__(self) -> str:
        columns = ", ".join(get_args(Column))
        return f"<history of {self._session.height} blocks: chart_rows({columns}), blocks(count)>"

    def blocks(self, count: int = 20) -> list[Row]:
        """Rows of the last blocks: height, time, proposer, txs, signed, places, evidence."""
        first = max(1, self._session.height - count + 1)
        rows: list[Row] = []
        for height in range(first, self._session.height + 1):
            block = BlockView(self._session, self._session.node.block_at(height))
            commit = block.commit
            rows.append(
                {
                    "height": height,
                    "time": block.time,
                    "proposer": block.proposer,
                    "txs": len(block.txs),
                    "signed": len(commit.signed),
                    "places": len(commit.places),
                    "evidence": ", ".join(e.validator for e in block.evidence),
                }
            )
        return rows

    def _powers(self, height: int) -> dict[str, int]:
        return {seat.name: seat.power for seat in Validators(self._session).at(height)}

    def _books(self, height: int) -> dict[str, dict[str, int]]:
        """Weight and stake by name after a block, from the contracts in office then."""
        return self._session.node.books.at(height)
