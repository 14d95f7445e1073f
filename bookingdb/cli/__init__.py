"""The command line, `bookingdb`: a schema to deploy, a shop to run, a demo to watch.

    app.py        the commands by name
    server.py     up, demo
    bench.py      bench
    schema.py     migrate, status, rollback
    slots.py      slots, why, adjust
    bookings.py   book, show, history
    dispute.py    dispute, was-free, with dispute_page.py and dispute_views.py
    holds.py      confirm, extend
    changes.py    edit, alternatives, move, cancel
    outcomes.py   pay, complete, no-show
    waiting.py    wait, waiting, unwait
    shop.py       init, hours
    settings.py   settings
    schedule.py   schedule, close, open-on, reopen
    plans.py      plan, apply
    upkeep.py     refresh, expire, check
    calendars.py  calendar
    imports.py    import, with csvfile.py
    quarantine.py quarantine, adopt, discard
    holidays.py   holidays list, holidays import
    webhooks.py   webhooks list, test, events
    endpoints.py  webhooks add, update, with endpoint_options.py
    endpoint_care.py  webhooks pause, resume, rotate, remove
    deliveries.py deliveries, replay
    receipts.py   reconcile, confirm-processed
    trails.py     trail
    dispatch.py   dispatch
    worker.py     worker, maintain
    retention.py  purge-deliveries, drop-audit, retention show, set, apply
    proofs.py     audit verify, seal, proof; audit_file.py audit export
    erasures.py   export-customer, erase, rewrite-erased
    access.py     grant-business, revoke-business, business-grants
    security.py   security-audit; patterns.py audit-patterns
    health.py     health; drill.py drill; metrics.py metrics
    recovery.py   repair-counters, release-leases, rebuild-relay, requeue
    report.py     report, with report_page.py and report_views.py
    loadtest.py   loadtest; top.py top, with top_figures.py and top_view.py
    psql.py       psql

Each command is one or a few calls of the package's functions in one transaction: what may and
may not be is decided in the database. Data goes to stdout, as a table or with --json as one
document; progress, messages and errors go to stderr. The exit code is 0, 1 for what failed, or 2
for wrong usage.
"""

import importlib.util
import io
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line on this process's arguments."""
    if importlib.util.find_spec("typer") is None or importlib.util.find_spec("rich") is None:
        sys.exit("The command line needs Typer and Rich: pip install 'bookingdb[cli]'")
    from bookingdb.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name in Greek is no reason to end in Latin-1
    app(prog_name="bookingdb")
