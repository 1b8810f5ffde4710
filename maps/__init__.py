"""What people look at: symbology, browser map, handouts, print. It never sees a session."""
