"""Settings that the coordinator keeps: categories, numbers to call, institutions, who gets what, the organisation."""

from __future__ import annotations

from geo_api.pages.keeper import categories, helplines, institutions, organisation, overview
from geo_api.pages.keeper import routes as routes_page

_MODULES = (overview, categories, helplines, institutions, routes_page, organisation)
routes = [route for module in _MODULES for route in module.router.routes]
