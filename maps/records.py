"""How the records that a map is about are spoken of: one layer of points at a time, counted, dated, explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layers.text import N_, NN_

Plural = tuple[str, str]


@dataclass(frozen=True)
class Words:
    """What is said of the records of one layer: messages for gettext, and pairs of them for ngettext."""

    many: str  # the heading of a column of counts
    counted: Plural
    on_map: Plural
    here: Plural
    outside: Plural  # of units
    heaped: str
    note: str  # how exactly the public is shown them
    fair: str  # what must not be read into their number
    same: str  # under the picture that serves where no live map can
    none: str
    begin: str  # how to get some


WORDS: Mapping[str, Words] = {
    "incidents": Words(
        many=N_("Incidents"),
        counted=NN_("{n} incident", "{n} incidents"),
        on_map=NN_("{n} incident on the map", "{n} incidents on the map"),
        here=NN_("{n} incident here", "{n} incidents here"),
        outside=NN_("{n} incident lies in none of them", "{n} incidents lie in none of them"),
        heaped=N_("Several incidents nearby; the figure says how many"),
        note=N_("Incidents are shown to the month, at generalised places."),
        fair="",
        same=N_("Map of {area}; the same incidents are in the list."),
        none=N_("No incidents here yet."),
        begin=N_(
            "Units and streets are on the map. Incidents appear once they are loaded: bezpeka load incidents FILE."
        ),
    ),
    "problems": Words(
        many=N_("Reports"),
        counted=NN_("{n} report", "{n} reports"),
        on_map=NN_("{n} report on the map", "{n} reports on the map"),
        here=NN_("{n} report here", "{n} reports here"),
        outside=NN_("{n} report lies in none of them", "{n} reports lie in none of them"),
        heaped=N_("Several reports nearby; the figure says how many"),
        note=N_("Reports are shown to the month, at a street or a community, never at an exact address."),
        fair=N_("A report is not yet a crime."),
        same=N_("Map of {area}; the same reports are in the list."),
        none=N_("No reports here yet."),
        begin=N_("Yours can be the first. It appears on the map once the coordinator has looked at it."),
    ),
}
