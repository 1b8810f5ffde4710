"""Patrol priorities: where reported harm gathers, how sure that is, how it would have done, a shift that follows."""
