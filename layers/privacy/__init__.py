"""What may be shown of a person and of a place."""
