"""The acts in order, on a server that is gone afterwards."""

import datetime as dt
import time

import psycopg
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bookingdb.demo import change, holds, opening, race, record, waiting, webhooks
from bookingdb.demo.scene import Place, Scene
from bookingdb.demo.stage import Report, Stage
from bookingdb.embedded import EmbeddedServer
from bookingdb.migration import migrate

__all__ = ["run_demo"]

ACTS = (
    opening.play,
    race.play,
    holds.play,
    waiting.play,
    change.play,
    record.play,
    webhooks.play,
    record.play_check,
)
SETTINGS = {"fsync": "off", "max_connections": "100"}  # there is nothing here to keep
WHAT_NEXT = """\
bookingdb up                 a server that keeps its data, in ./bookingdb-data
bookingdb init --help        your own business with its opening hours
bookingdb slots tomorrow +7  what can be booked
bookingdb migrate --dsn ...  the schema in a PostgreSQL of your own"""


def run_demo(console: Console) -> Report:
    """Play the demo, telling it on `console`; needs no server.

    A claim that does not hold does not stop it, an error of the database does. Raises
    EmbeddedServerError when no server can be started.
    """
    begun = time.monotonic()
    stage = Stage(console)
    with console.status("Starting a throw-away PostgreSQL..."):
        server = EmbeddedServer(settings=SETTINGS).start()
    try:
        dsn = server.dsn()
        with console.status("Deploying the schema..."):
            changes = len(migrate(dsn))
        with psycopg.connect(dsn, autocommit=True) as conn:
            version = conn.info.parameter_status("server_version") or ""
            console.print(
                f"A throw-away PostgreSQL {version}, bookingdb deployed in {changes} changes after "
                f"{time.monotonic() - begun:.1f} s. All that follows really happens."
            )
            _play(stage, _scene(dsn, conn))
    finally:
        with console.status("Removing the server..."):
            server.stop()
    report = Report(
        ok=all(claim.holds for claim in stage.claims),
        seconds=round(time.monotonic() - begun, 2),
        server_version=version,
        acts=stage.acts,
    )
    _close(stage, report)
    return report


def _scene(dsn: str, conn: psycopg.Connection[tuple[object, ...]]) -> Scene:
    """The fight is a week and more ahead, the hold the day after: so no clock matters."""
    today = dt.datetime.now(dt.UTC).date()
    day = today + dt.timedelta(days=8)
    return Scene(
        dsn,
        conn,
        race=Place(day, dt.time(11)),
        hold=Place(day + dt.timedelta(days=1), dt.time(14)),
        quiet=Place(day + dt.timedelta(days=2), dt.time(10)),
    )


def _play(stage: Stage, scene: Scene) -> None:
    for act in ACTS:
        try:
            act(stage, scene)
        except (psycopg.Error, LookupError) as error:
            stage.claim(f"the act goes to its end, without {error!r}", False)
            return


def _close(stage: Stage, report: Report) -> None:
    good = sum(1 for claim in stage.claims if claim.holds)
    text = Text.assemble(
        (f"{good} of {len(stage.claims)} claims hold", "bold green" if report.ok else "bold red"),
        f", each looked up in the database.\n{report.seconds:.1f} seconds; the server is gone.\n\n",
        ("What next\n", "bold"),
        WHAT_NEXT,
    )
    stage.console.print()
    stage.console.print(Panel(text, expand=False, padding=(1, 2), border_style="dim"))
