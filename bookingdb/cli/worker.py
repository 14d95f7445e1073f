"""What runs beside the database: maintenance, alone or in one process with the webhooks."""

from typing import Annotated

import structlog
import typer

from bookingdb import MaintenanceStep, MaintenanceTask, idle_time, maintain
from bookingdb.cli.dispatch import (
    AllowPrivateNetwork,
    Lease,
    Listen,
    Poll,
    Threads,
    Verbose,
    dispatcher_of,
)
from bookingdb.cli.metrics import Address, metrics_server
from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, grid
from bookingdb.cli.service import logging_to_stderr, stopped_by_signals
from bookingdb.cli.session import connect
from bookingdb.worker import Maintainer, Service, Worker, maintain_once

__all__ = ["maintain_", "worker"]

log = structlog.get_logger(__name__)


def maintain_(
    *,
    tasks: Annotated[
        list[MaintenanceTask] | None,
        typer.Option("--task", help="Only this one; may be given several times."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what is not due yet.")] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Do what has to be done regularly and is due. Run it each minute.

    Slots up to the horizon, holds that have run out, partitions of the audit
    log, seals, retention, checks. It may run twice at once, and beside workers.
    The exit code is 1 when there was a problem; the rest is done nevertheless.

    For example:
      bookingdb maintain --task expired_holds --force
    """
    with connect(dsn) as conn:
        conn.autocommit = True  # a call is a transaction
        conn.execute("set statement_timeout = 0")  # the check of integrity reads everything
        chosen = tasks or list(MaintenanceTask)
        done = steps = maintain_once(conn, chosen, force=force)
        while steps:  # there may be more, as of many businesses
            steps = maintain_once(conn, chosen)
            done = done + steps
    emit(
        done,
        grid("task", "business", "done", "problem", rows=map(_row, done), numbers=["done"])
        if done
        else None,
        as_json=as_json,
        note=None if done else "Nothing was due, or others are at it.",
    )
    if any(step.problem for step in done):
        raise typer.Exit(1)


def worker(
    *,
    workers: Threads = 8,
    lease: Lease = None,
    poll: Poll = None,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is due.")] = False,
    listen: Listen = True,
    metrics_listen: Annotated[
        Address | None,
        typer.Option(
            metavar="HOST:PORT",
            parser=Address.parse,
            help="Serve figures for Prometheus as well; the login needs bookingdb_auditor too.",
        ),
    ] = None,
    allow_private_network: AllowPrivateNetwork = False,
    verbose: Verbose = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Send webhooks and maintain the database, until Ctrl-C or SIGTERM.

    It is `bookingdb dispatch` and `bookingdb maintain` in one process, and any
    number of them run side by side. It logs on stderr, with --json in JSON
    lines, and waits for a database that goes down. The login needs the role
    bookingdb_dispatcher, and nothing else.

    For example:
      bookingdb worker --once
    """
    with connect(dsn) as conn:  # who starts it is told what is wrong
        idle_time(conn)
        maintain(conn, tasks=[])
    dispatcher = dispatcher_of(dsn, workers, lease, poll, listen, allow_private_network)
    with logging_to_stderr(as_json=as_json, verbose=verbose):
        if once:
            Maintainer(dsn).run(once=True)
            dispatcher.run(once=True)
            return
        services: list[Service] = [dispatcher, Maintainer(dsn)]
        if metrics_listen:
            server = metrics_server(dsn, metrics_listen)
            services.append(server)
            log.info("serving metrics", url=server.url)
        running = Worker(*services)
        with stopped_by_signals(running.stop):
            running.run()


def _row(step: MaintenanceStep) -> tuple[object, ...]:
    return step.task.value, step.business_id, step.done, step.problem
