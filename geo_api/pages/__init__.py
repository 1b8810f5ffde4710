"""For people: pages."""
