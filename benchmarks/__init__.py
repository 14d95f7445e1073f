"""Measure bookingdb against a floor, in one run on one server. `make bench`, or `python -m benchmarks`."""
