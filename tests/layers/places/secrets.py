"""What the leak scanner has to look for: the cameras and military objects that a database holds."""

from __future__ import annotations

from shapely import from_wkb, point_on_surface
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.leaks import Secrets

RESTRICTED = text("SELECT id, ST_AsBinary(geom) FROM restricted_places ORDER BY id")


def restricted_secrets(session: Session) -> Secrets:
    """Return ids and places of everything restricted; the session's viewer must be one who may read it.

    An area is looked for by a point inside it: its corners may well be those of an open neighbour too.
    """
    rows = session.execute(RESTRICTED).all()
    points = [point_on_surface(from_wkb(shape)) for _, shape in rows]
    words = {word for identity, _ in rows for word in (identity, identity.partition("/")[2])}
    return Secrets(words=frozenset(words), points=tuple((point.x, point.y) for point in points))
