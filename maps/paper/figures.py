"""The figures behind a printed map: records by kind, by month and by unit, each adding up to the map's own count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from maps.language import Language
from maps.records import WORDS
from maps.rows import Rows, records_of
from maps.styles import STYLES, UNITS

MOST = 40  # rows of one table; a page is read, not searched


def tables(rows: Sequence[Rows], language: Language) -> list[dict[str, Any]]:
    """Return what the second page lists, or nothing where the map shows no records."""
    points = records_of(rows)
    if points is None or not len(points):
        return []
    _, many = language.gettext, WORDS[points.layer].many
    found = [_table(_("By kind"), _("Kind"), many, _by_kind(points, language), language)]
    months = _by_month(points, language)
    if len(months) > 1:
        found.append(_table(_("By month"), _("Month"), many, months, language, ranked=False))
    found += [_by_unit(points, part, language) for part in rows if part.layer in UNITS[1:] and part.column("code")]
    return found


def _table(
    title: str, of: str, many: str, counts: Iterable[tuple[str, int]], language: Language, *, ranked: bool = True,
    note: str = "",
) -> dict[str, Any]:  # fmt: skip
    listed = sorted(counts, key=lambda one: -one[1]) if ranked else list(counts)
    shown = listed[:MOST] if ranked else listed[-MOST:]
    if len(listed) > len(shown):
        rest = sum(n for _, n in listed) - sum(n for _, n in shown)
        shown.append((language.gettext("All others"), rest))
    return {
        "title": title,
        "of": of,
        "counted": language.gettext(many),
        "rows": [{"said": said, "count": n, "number": language.number(n)} for said, n in shown],
        "note": note,
    }


def _by_kind(points: Rows, language: Language) -> list[tuple[str, int]]:
    style = STYLES[points.layer]
    values = points.column(style.column) or [None] * len(points)
    counts = Counter(style.symbol(value).title[language.code] for value in values)
    return list(counts.items())


def _by_month(points: Rows, language: Language) -> list[tuple[str, int]]:
    counts = Counter(str(value)[:7] for value in points.column("month") or [] if value)
    return [(language.month(date.fromisoformat(f"{month}-01"), short=True), n) for month, n in sorted(counts.items())]


def _by_unit(points: Rows, units: Rows, language: Language) -> dict[str, Any]:
    """Count by the codes that each record carries; what lies in no unit of the system is said below."""
    codes = units.column("code") or []
    names = dict(zip(codes, units.names("name", language.code), strict=False))
    counts: Counter[str] = Counter(dict.fromkeys(codes, 0))
    outside = 0
    for carried in points.column("units") or [[]] * len(points):
        inside = [code for code in carried or () if code in names]
        counts.update(inside)
        outside += not inside
    words = WORDS[points.layer]
    note = language.ngettext(*words.outside, outside)
    title = units.title[language.code]
    listed = ((names[code], n) for code, n in counts.items())
    return _table(title, language.gettext("Unit"), words.many, listed, language, note=note if outside else "")
