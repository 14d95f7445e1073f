"""Measure what `bookingdb bench`, which measures bookings, does not."""

import argparse
from types import ModuleType

from benchmarks import caching, health
from benchmarks.webhooks import command as webhooks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="PART")
    parts: dict[str, ModuleType] = {"webhooks": webhooks, "caching": caching, "health": health}
    for name, part in parts.items():
        command = commands.add_parser(
            name,
            help=(part.__doc__ or "").splitlines()[0],
            description=part.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        part.add_options(command)
        command.set_defaults(run=part.run)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
