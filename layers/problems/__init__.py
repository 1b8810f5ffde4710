"""What residents report: from a pin to an answer."""
