"""Measure the webhooks, caches, or what watching costs. Bookings: `bookingdb bench`."""

import argparse

from benchmarks import caching, health
from benchmarks.webhooks import command as webhooks

COMMANDS = {"webhooks": webhooks, "caching": caching, "health": health}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="|".join(COMMANDS))
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=(module.__doc__ or "").splitlines()[0],
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_options(command)
        command.set_defaults(run=module.run)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
