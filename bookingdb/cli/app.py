"""The commands by name, in the order in which a newcomer needs them."""

from collections.abc import Callable
from importlib import metadata
from typing import Annotated

import typer

from bookingdb.cli import (
    access,
    audit,
    bench,
    bookings,
    calendars,
    changes,
    deliveries,
    dispatch,
    dispute,
    drill,
    erasures,
    health,
    holds,
    holidays,
    imports,
    loadtest,
    metrics,
    outcomes,
    patterns,
    plans,
    policies,
    psql,
    quarantine,
    receipts,
    recovery,
    report,
    retention,
    schedule,
    schema,
    security,
    server,
    settings,
    shop,
    slots,
    top,
    trails,
    upkeep,
    waiting,
    webhooks,
    worker,
)
from bookingdb.cli.failures import guarded

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Start here": (server.demo, server.up, psql.psql, shop.init),
    "Schema": (schema.migrate, schema.status, schema.rollback),
    "Bookings": (
        slots.slots,
        slots.why,
        bookings.book,
        bookings.show,
        bookings.history,
        calendars.calendar,
    ),
    "What becomes of a booking": (
        holds.confirm,
        holds.extend,
        outcomes.pay,
        changes.edit,
        changes.alternatives,
        changes.move,
        changes.cancel,
        outcomes.complete,
        outcomes.no_show,
    ),
    "Disputes": (dispute.dispute, dispute.was_free),
    "Waiting list": (waiting.wait, waiting.waiting, waiting.unwait),
    "Running a shop": (
        settings.settings,
        shop.hours,
        schedule.schedule,
        schedule.close,
        schedule.open_on,
        schedule.reopen,
        slots.adjust,
        plans.plan,
        plans.apply,
    ),
    "Bookings of another system": (
        imports.import_,
        quarantine.quarantine,
        quarantine.adopt,
        quarantine.discard,
    ),
    "Webhooks": (
        dispatch.dispatch,
        deliveries.deliveries,
        trails.trail,
        deliveries.replay,
        receipts.reconcile_,
        receipts.confirm_processed_,
    ),
    "Recovery": (
        recovery.repair_counters_,
        recovery.release_leases,
        recovery.rebuild_relay_,
        recovery.requeue,
    ),
    "Personal data": (erasures.export_customer_, erasures.erase, erasures.rewrite_erased),
    "Several businesses": (
        access.grant_business_,
        access.revoke_business_,
        access.business_grants,
    ),
    "Upkeep": (
        worker.worker,
        worker.maintain_,
        health.health,
        drill.drill,
        top.top,
        upkeep.refresh,
        upkeep.expire,
        upkeep.check,
        report.report,
        metrics.metrics_,
        security.security_audit_,
        patterns.audit_patterns_,
        retention.purge_deliveries_,
        retention.drop_audit,
        loadtest.loadtest,
        bench.bench,
    ),
}

for panel, commands in PANELS.items():
    for command in commands:
        name = command.__name__.rstrip("_").replace("_", "-")
        app.command(name, rich_help_panel=panel)(guarded(command))
app.add_typer(holidays.app, name="holidays", rich_help_panel="Running a shop")
app.add_typer(audit.app, name="audit", rich_help_panel="Upkeep")
app.add_typer(policies.app, name="retention", rich_help_panel="Upkeep")
app.add_typer(webhooks.app, name="webhooks", rich_help_panel="Webhooks")


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"bookingdb {metadata.version('bookingdb')}")
        except metadata.PackageNotFoundError:
            typer.echo("bookingdb, run from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def describe(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """A booking engine that lives inside PostgreSQL.

    Watch it work: bookingdb demo

    Each command shows an example with --help. The database is the one of --dsn,
    else of BOOKINGDB_DSN, else the one that psql would use (PGHOST, PGDATABASE).
    """
