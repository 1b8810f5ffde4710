"""What a benchmark says: rows of ours against a peer, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One comparison. `ratio` is ours by theirs; without a `target` it only informs; `lower` ratios are the better."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    target: float | None = None
    lower: bool = False

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self) -> bool | None:
        if self.target is None or self.ratio is None:
            return None
        return self.ratio <= self.target if self.lower else self.ratio >= self.target


def as_json(machine: Mapping[str, object], rows: Sequence[Row]) -> str:
    found = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]
    for each in found:
        del each["lower"]
    return json.dumps({"machine": dict(machine), "rows": found}, ensure_ascii=False, indent=2) + "\n"


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text, the figures right-aligned."""
    heads = ("what", "ours", "unit", "theirs", "peer", "ratio", "target", "met")
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    right = {1, 3, 5, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    target = "" if row.target is None else f"{row.target:.2f}"
    met = "" if row.met is None else ("yes" if row.met else "NO")
    theirs = "" if row.theirs is None else _figure(row.theirs)
    return row.what, _figure(row.ours), row.unit, theirs, row.peer, ratio, target, met


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
