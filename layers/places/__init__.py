"""Open facts about the place: roads, buildings, water, land, points of interest; and what is for staff only."""
