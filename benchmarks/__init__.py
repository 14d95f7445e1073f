"""Measure bookingdb against a floor, in one run on one server: `python -m benchmarks`."""
