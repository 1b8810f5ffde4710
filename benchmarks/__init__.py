"""Benchmarks, one module a NAME, peers beside: `python -m benchmarks` lists them."""
