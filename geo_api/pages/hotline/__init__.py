"""The hotline: the operator's form, pasted messages, and who wants a call back."""

from __future__ import annotations

from geo_api.pages.hotline import call, callbacks, paste

routes = [route for module in (call, callbacks, paste) for route in module.router.routes]
