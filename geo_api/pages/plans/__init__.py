"""Camera plans: the list, one plan, two side by side, making, reviews, copies; and what everybody may see."""

from __future__ import annotations

from geo_api.pages.plans import compare, copies, lists, making, network, plan, review, sites, trial, vendor, zones

# The order matters: /plans/{number} takes what no other has taken.
routes = [
    route
    for module in (lists, compare, making, vendor, zones, network, trial, copies, review, sites, plan)
    for route in module.router.routes
]
