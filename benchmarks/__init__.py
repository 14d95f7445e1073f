"""What is measured in a checkout only: see `python -m benchmarks --help`."""
