"""Open311 GeoReport v2 under /open311/v2/: other programs read what is published, and send reports with a key.

How it reads the specification, and where it goes beyond: docs/open311.md.
"""
