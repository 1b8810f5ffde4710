"""Settings that the coordinator keeps: categories, numbers to call, institutions, who gets what, the organisation."""

from __future__ import annotations

from geo_api.pages.keeper import categories, helplines, institutions, organisation, overview, routing

_PAGES = (overview, categories, helplines, institutions, routing, organisation)
routes = [route for module in _PAGES for route in module.router.routes]
