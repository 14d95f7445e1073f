"""How much larger the tables get than they need to be."""

import datetime as dt
from typing import Any

import bookingdb
from benchmarks.webhooks.figures import Figures
from benchmarks.webhooks.stage import Stage

__all__ = ["bloat"]

BATCH = 16  # what a dispatcher with 8 workers claims at most
CHUNK = 1000  # changes that come before it looks again
TABLES = ("webhook_deliveries", "webhook_attempts", "webhook_payloads", "relay_cursor")
SIZES = """
select c.relname::text as name, pg_table_size(c.oid) as size, pg_relation_size(c.oid) as heap,
       coalesce(t.n_dead_tup, 0) as dead
  from pg_class c
  left join pg_stat_user_tables t on t.relid = c.oid
 where c.oid = any (%(tables)s::regclass[])
    or c.oid in (select i.indexrelid from pg_index i
                  where i.indrelid = any (%(tables)s::regclass[]))
 order by c.relkind desc, c.relname
"""


def bloat(stage: Stage, *, deliveries: int) -> Figures:
    """Relay, claim and record as the dispatcher does, without the requests, while autovacuum does
    what it does; the sizes after one more VACUUM, and after VACUUM FULL, which makes all anew."""
    stage.make_backlog(0)
    for first in range(0, deliveries, CHUNK):
        stage.commit_changes(min(CHUNK, deliveries - first))
        stage.relay(1000)
        while claimed := bookingdb.claim_deliveries(stage.conn, limit=BATCH):
            bookingdb.record_attempts(stage.conn, [_success(delivery) for delivery in claimed])
    before = _sizes(stage)
    for table in TABLES:
        stage.conn.execute(f"vacuum analyze bookingdb.{table}".encode())
    after = _sizes(stage)
    for table in TABLES:
        stage.conn.execute(f"vacuum full bookingdb.{table}".encode())
    least = _sizes(stage)
    stage.skip()
    return Figures(
        "bloat",
        f"Sizes after {deliveries:,} deliveries, in MB",
        [
            {
                "table or index": name,
                "dead rows before VACUUM": row["dead"] if name in TABLES else None,
                "after VACUUM": round(after[name]["size"] / 1e6, 2),
                "at least": round(least[name]["size"] / 1e6, 2),
                "ratio": round(after[name]["size"] / max(least[name]["size"], 8192), 2),
            }
            for name, row in before.items()
        ],
    )


def _success(delivery: bookingdb.models.ClaimedDelivery) -> dict[str, Any]:
    return {
        "business_id": str(delivery.business_id),
        "webhook_id": str(delivery.webhook_id),
        "claim_id": str(delivery.claim_id),
        "attempt_number": delivery.attempt_number,
        "started_at": dt.datetime.now(dt.UTC).isoformat(),
        "duration": 0.001,
        "status": 200,
    }


def _sizes(stage: Stage) -> dict[str, dict[str, Any]]:
    stage.conn.execute("select pg_stat_force_next_flush()")
    tables = [f"bookingdb.{table}" for table in TABLES]
    rows = stage.conn.execute(SIZES, {"tables": tables})
    return {name: {"size": size, "dead": dead} for name, size, _, dead in rows}
