"""The letters journal for people: the list, a new letter, one letter, its papers, the coordinator's templates."""

from __future__ import annotations

from geo_api.pages.letters import journal, letter, new, paper, templates

# The order matters: /desk/letters/{letter} takes what no other has taken.
routes = [
    *journal.router.routes,
    *new.router.routes,
    *templates.router.routes,
    *paper.router.routes,
    *letter.router.routes,
]
