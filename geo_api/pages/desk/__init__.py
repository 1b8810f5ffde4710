"""The desk: where reports are checked, answered and followed to their end, by whoever's work that is."""

from __future__ import annotations

from geo_api.pages.desk import photos, picture, place, queue, report, steps, words

# /desk/{ref} alone comes last: it would take what is more particular.
routes = [route for part in (queue, words, steps, place, photos, picture, report) for route in part.router.routes]
