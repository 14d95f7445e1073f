"""The webhook dispatcher, as a process."""

import datetime as dt
import logging
import signal
import sys
from typing import Annotated

import structlog
import typer

from bookingdb import idle_time
from bookingdb.cli.options import AsJson, Dsn, parse_duration
from bookingdb.cli.session import connect
from bookingdb.dispatch import Dispatcher

__all__ = ["dispatch"]

# Without the local variables, which structlog shows unless it is told not to: there are secrets
# among them, and what customers said.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def dispatch(
    *,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, help="Threads that post at the same time.")
    ] = 8,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is due.")] = False,
    lease: Annotated[
        dt.timedelta | None,
        typer.Option(
            parser=parse_duration,
            metavar="TIME",
            help="How long after a crash others take over what was claimed; 1min if not given.",
        ),
    ] = None,
    poll: Annotated[
        dt.timedelta | None,
        typer.Option(
            parser=parse_duration,
            metavar="TIME",
            help="How often to look for work when nobody calls; 1s if not given.",
        ),
    ] = None,
    listen: Annotated[
        bool,
        typer.Option(
            help="Be called by the database; --no-listen behind a transaction pooler.",
        ),
    ] = True,
    allow_private_network: Annotated[
        bool,
        typer.Option(
            "--allow-private-network",
            help="Post to http, loopback and private addresses too: for tests and intranets.",
        ),
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every step.")] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Send webhooks until Ctrl-C or SIGTERM; any number of dispatchers side by side.

    It logs on stderr, with --json in JSON lines. When it is told to stop, it
    finishes what is being sent and gives back the rest; killed, it loses
    nothing, as others take over when its lease is over. The login needs the
    role bookingdb_dispatcher, and nothing else.

    For example:
      bookingdb dispatch --once
    """
    with connect(dsn) as conn:
        idle_time(conn)  # who starts it is told what is wrong; later it waits for the database
    _log_to_stderr(as_json=as_json, verbose=verbose)
    dispatcher = Dispatcher(
        dsn,
        workers=workers,
        lease=dt.timedelta(minutes=1) if lease is None else lease,
        poll=dt.timedelta(seconds=1) if poll is None else poll,
        listen=listen,
        allow_private_network=allow_private_network,
    )
    before = {
        number: signal.signal(number, lambda *_: dispatcher.stop())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        dispatcher.run(once=once)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        structlog.reset_defaults()


def _log_to_stderr(*, as_json: bool, verbose: bool) -> None:
    # A refused address is told in the attempt; the library's own warning would tell it twice.
    logging.getLogger("requests_hardened").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(
                (_TRACEBACKS, structlog.processors.JSONRenderer())
                if as_json
                else (
                    structlog.dev.ConsoleRenderer(
                        colors=sys.stderr.isatty(),
                        exception_formatter=structlog.dev.plain_traceback,
                    ),
                )
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
