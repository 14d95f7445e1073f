"""What Prometheus asks for, and what it needs for alerts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import typer
from prometheus_client import CollectorRegistry, generate_latest

from bookingdb import metrics as read_metrics
from bookingdb.cli.failures import CommandError
from bookingdb.cli.options import AsJson, Dsn
from bookingdb.cli.output import emit, say
from bookingdb.cli.service import stopped_by_signals
from bookingdb.cli.session import connect, read_dsn
from bookingdb.exporter import DatabaseCollector, MetricsServer
from bookingdb.worker import Worker

__all__ = ["Address", "metrics_", "metrics_server"]

PACKAGE = Path(__file__).absolute().parent.parent
PACKED = PACKAGE / "_monitoring"
FOLDER = PACKED if PACKED.exists() else PACKAGE.parent / "monitoring"


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 9187

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `127.0.0.1:9187` or `[::1]:9187`."""
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise typer.BadParameter(f"{text!r} is no address: write 127.0.0.1:9187.")
        return cls(host.strip("[]"), int(port))


def metrics_(
    *,
    listen: Annotated[
        Address | None,
        typer.Option(
            metavar="HOST:PORT",
            parser=Address.parse,
            help="Where to serve them; 127.0.0.1:9187 if not given.",
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print them and end.")] = False,
    per_business: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=1000, help="Label the N oldest businesses."),
    ] = 0,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Print the rules for alerts and end.")
    ] = False,
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="Print the dashboard for Grafana and end.")
    ] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:
    """Serve figures for Prometheus at /metrics, until Ctrl-C or SIGTERM.

    It asks the database at each scrape; while that is down it says
    bookingdb_up 0, and it connects again by itself. With --once, it prints the
    figures instead, and its exit code is 1 if the database is down; --json
    prints them as JSON. The login needs the role bookingdb_auditor.

    For example:
      bookingdb metrics --once
    """
    if alerts or dashboard:
        name = "bookingdb.rules.yml" if alerts else "bookingdb.dashboard.json"
        typer.echo((FOLDER / name).read_text(encoding="utf-8"), nl=False)
    elif as_json:
        with connect(dsn) as conn:
            emit(read_metrics(conn, business_limit=per_business), as_json=True)
    else:
        read_dsn(dsn)  # what cannot be read is told now; a database that is down may come up
        if once:
            _print(DatabaseCollector(dsn, business_limit=per_business))
            return
        server = metrics_server(dsn, listen or Address(), per_business)
        say(f"Metrics are at {server.url}")
        serving = Worker(server)
        with stopped_by_signals(serving.stop):
            serving.run()


def metrics_server(dsn: str, address: Address, business_limit: int = 0) -> MetricsServer:
    """A server that listens already. Raises CommandError when it cannot."""
    try:
        return MetricsServer(dsn, address.host, address.port, business_limit=business_limit)
    except OSError as error:
        raise CommandError(
            type(error).__name__,
            f"Cannot listen on {address.host}:{address.port}",
            detail=str(error),
            hint="Name another address.",
        ) from None


def _print(collector: DatabaseCollector) -> None:
    registry = CollectorRegistry()
    registry.register(collector)
    text = generate_latest(registry).decode()
    collector.close()
    typer.echo(text, nl=False)
    if "\nbookingdb_up 0.0\n" in text:
        raise typer.Exit(1)
