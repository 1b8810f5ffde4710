"""Camera plans: the list, one plan, two side by side, making, reviewing, copies; and what everybody may see."""

from __future__ import annotations

from geo_api.pages.plans import compare, copies, lists, making, network, plan, review

# The order matters: /plans/{number} takes what no other has taken.
routes = [
    *lists.router.routes,
    *compare.router.routes,
    *making.router.routes,
    *network.router.routes,
    *copies.router.routes,
    *review.router.routes,
    *plan.router.routes,
]
