"""Camera plans: what each camera sees behind buildings, where the next one helps most, and what privacy it costs."""
