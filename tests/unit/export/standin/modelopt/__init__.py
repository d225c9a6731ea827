"""A stand-in for Model Optimizer: just what to_mixed.py asks of it."""
