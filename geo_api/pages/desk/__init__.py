"""The desk: where reports are checked, answered and followed to their end, by whoever's work that is."""

from __future__ import annotations

from geo_api.pages.desk import photos, picture, place, queue, report, steps, words

# The order matters: /desk/{ref} is what no other has taken.
routes = [route for module in (queue, words, steps, place, photos, picture, report) for route in module.router.routes]
