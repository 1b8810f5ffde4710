"""Who runs the initiative, whom to call at once, and which institutions answer for what."""
