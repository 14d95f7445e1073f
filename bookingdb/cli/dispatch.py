"""The webhook dispatcher, as a process."""

import datetime as dt
from typing import Annotated

import typer

from bookingdb import idle_time
from bookingdb.cli.options import AsJson, Dsn, parse_duration
from bookingdb.cli.service import logging_to_stderr, stopped_by_signals
from bookingdb.cli.session import connect
from bookingdb.dispatch import Dispatcher

__all__ = [
    "AllowPrivateNetwork",
    "Lease",
    "Listen",
    "Poll",
    "Threads",
    "Verbose",
    "dispatch",
    "dispatcher_of",
]

Threads = Annotated[
    int,
    typer.Option("--workers", metavar="N", min=1, help="Threads that post at the same time."),
]
Lease = Annotated[
    dt.timedelta | None,
    typer.Option(
        parser=parse_duration,
        metavar="TIME",
        help="How long after a crash others take over what was claimed; 1min if not given.",
    ),
]
Poll = Annotated[
    dt.timedelta | None,
    typer.Option(
        parser=parse_duration,
        metavar="TIME",
        help="How often to look for work when nobody calls; 1s if not given.",
    ),
]
Listen = Annotated[
    bool,
    typer.Option(help="Be called by the database; --no-listen behind a transaction pooler."),
]
AllowPrivateNetwork = Annotated[
    bool,
    typer.Option(
        "--allow-private-network",
        help="Post to http, loopback and private addresses too: for tests and intranets.",
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Log every step.")]


def dispatch(
    *,
    workers: Threads = 8,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is due.")] = False,
    lease: Lease = None,
    poll: Poll = None,
    listen: Listen = True,
    allow_private_network: AllowPrivateNetwork = False,
    verbose: Verbose = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Send webhooks until Ctrl-C or SIGTERM; any number of dispatchers side by side.

    It logs on stderr, with --json in JSON lines. When it is told to stop, it
    finishes what is being sent and gives back the rest; killed, it loses
    nothing, as others take over when its lease is over. The login needs the
    role bookingdb_dispatcher, and nothing else. `bookingdb worker` does this
    and maintains the database as well.

    For example:
      bookingdb dispatch --once
    """
    with connect(dsn) as conn:
        idle_time(conn)  # who starts it is told what is wrong; later it waits for the database
    dispatcher = dispatcher_of(dsn, workers, lease, poll, listen, allow_private_network)
    with (
        logging_to_stderr(as_json=as_json, verbose=verbose),
        stopped_by_signals(dispatcher.stop),
    ):
        dispatcher.run(once=once)


def dispatcher_of(
    dsn: str,
    workers: int,
    lease: dt.timedelta | None,
    poll: dt.timedelta | None,
    listen: bool,
    allow_private_network: bool,
) -> Dispatcher:
    """A dispatcher, as the options of a command say."""
    return Dispatcher(
        dsn,
        workers=workers,
        lease=dt.timedelta(minutes=1) if lease is None else lease,
        poll=dt.timedelta(seconds=1) if poll is None else poll,
        listen=listen,
        allow_private_network=allow_private_network,
    )
