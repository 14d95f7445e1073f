"""Choose what is measured: `python -m benchmarks bookings`, or `webhooks`."""

import argparse

from benchmarks import bookings
from benchmarks.webhooks import command as webhooks


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure bookingdb against a floor, in one run on one server of its own.",
        epilog="Each has a --help of its own.",
    )
    commands = parser.add_subparsers(required=True, metavar="bookings|webhooks")
    for name, module in (("bookings", bookings), ("webhooks", webhooks)):
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
