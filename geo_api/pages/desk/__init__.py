"""The desk: where reports are checked, answered and followed to their end, by whoever's work that is."""

from __future__ import annotations

from geo_api.pages.desk import photos, picture, place, queue, report, steps, words

DESK = (queue.router, words.router, steps.router, place.router, photos.router, picture.router, report.router)
