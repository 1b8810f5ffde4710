"""What a map says beside its features: units to choose from, symbols of categories, sources of records. All open facts.

Statements alone, so that the server can ask them without what loads and computes.
"""

# Every unit as a line of a list, in JSON: names, where to write one, the box to look at; not the limits themselves.
UNITS = """
SELECT json_build_array(system, code, name_uk, name_en, approximate, security = 'active', source, licence,
       coalesce(ST_X(point), ST_X(ST_PointOnSurface(geom))), coalesce(ST_Y(point), ST_Y(ST_PointOnSurface(geom))),
       ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom))::text
FROM units ORDER BY system, code
"""
# The symbol of each category, in their order.
SYMBOLS = "SELECT code, symbol FROM categories ORDER BY position, code"
# Whose places are on the map: OpenStreetMap's, and those that communities keep themselves.
PLACE_SOURCES = "SELECT DISTINCT source, licence FROM places ORDER BY source, licence"
# Whose records are on the map, and under which licence.
SOURCES = "SELECT title, licence FROM incident_sources ORDER BY title"
