"""The letters journal: what was written to whom, by when an answer is due, and what came of it."""
