"""What was called, with which arguments."""

CALLS = []
