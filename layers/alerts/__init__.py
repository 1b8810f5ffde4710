"""Alerts without an account: what somebody wants to be written about, matched on public facts alone, and sent once."""
