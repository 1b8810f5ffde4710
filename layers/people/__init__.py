"""People who work with the map: accounts, roles, territories, and how they come in."""
