"""Who a file is for, what kinds are kept, and how large one may be."""

from __future__ import annotations

# owner: only the account that made it (and the admin); desk: whoever moderates; the others as everywhere.
AUDIENCES = ("owner", "desk", "staff", "police", "public")

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

# Photos. A phone's sensor of 50 megapixels (8192 x 6144) passes whole; its ordinary shots have 12.
MAX_PHOTO_BYTES = 25 * 1024 * 1024
MAX_PHOTO_PIXELS = 51_000_000
MAX_PHOTO_SIDE = 16_384
PHOTO_SIDE = 2048  # the long side of what is kept
THUMBNAIL_SIDE = 480
PHOTO_QUALITY = 85

# What all photos being worked on may take together, and how many they may be: a worker stays under 512 MB with them.
PHOTO_MEMORY = 256 * 1024 * 1024
PHOTOS_AT_ONCE = 2
LARGE_MEMORY = 64 * 1024 * 1024  # of one photo; more than that is given back to the system at once
PHOTO_PATIENCE_SECONDS = 10.0

# Regions of one photo that are blurred in one go.
MAX_BOXES = 50
