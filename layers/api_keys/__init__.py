"""Programs of others that may send reports: a key each, with a label, a limit and a switch."""
