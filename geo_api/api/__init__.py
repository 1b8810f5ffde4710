"""For machines: tiles, features, health."""
