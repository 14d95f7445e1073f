"""Measure the webhooks: `python -m benchmarks webhooks`. Bookings: `bookingdb bench`."""

import argparse

from benchmarks.webhooks import command as webhooks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="webhooks")
    command = commands.add_parser(
        "webhooks",
        help=(webhooks.__doc__ or "").splitlines()[0],
        description=webhooks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    webhooks.add_options(command)
    webhooks.run(parser.parse_args())


if __name__ == "__main__":
    main()
