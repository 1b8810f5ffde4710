"""Who a file is for, what kinds are kept, and how large one may be."""

from __future__ import annotations

# owner: only the account that made it (and the admin); the others as everywhere.
AUDIENCES = ("owner", "staff", "police", "public")

MAX_BYTES = 50 * 1024 * 1024

# What the house makes or takes; a browser is never asked to guess (nosniff), and none of these runs a script in it
# except HTML, which is handed out only as a download.
MEDIA_TYPES = {
    "application/geo+json": "geojson",
    "application/geopackage+sqlite3": "gpkg",
    "application/pdf": "pdf",
    "application/vnd.google-earth.kml+xml": "kml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/html": "html",
}
