"""What an audit log costs: ours, and two public triggers that a user would pick instead.

A change is an insert or an update of one booking, in turns, each a transaction of its own. What
a log costs is the difference to the same changes of the same table without its trigger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from bookingdb.bench.bench import Bench
from bookingdb.bench.contestants.peers import install_log
from bookingdb.bench.cpu import clock_of
from bookingdb.bench.figures import Figure
from bookingdb.bench.rounds import Samples, figures, race
from bookingdb.bench.targets import SPREAD

__all__ = ["OURS", "audit"]

OURS, SUPA, TRIGGER = "bookingdb", "supa_audit", "2ndQuadrant audit-trigger"
PLAIN = "no audit trigger"
PLAIN_OURS = "bookings, its audit trigger off"
UNCHAINED = "bookingdb, without its hashes"
COPY = """
create table bare_audit.{name} (like bookingdb.bookings including defaults including generated,
  primary key (booking_id));
"""
CHANGES = """
create procedure bare_changes.{name}(p_count int, p_customer text) language plpgsql as $$
declare
  v_id uuid;
begin
  for i in 1 .. p_count / 2 loop
    insert into {table} (
      date, time, bouquets, customer_name, customer_email, customer_phone, version, created_at,
      updated_at
    )
    values (
      current_date + {day}, '09:00', 2, p_customer, 'ada@example.org', '+44 20 7946 0000', 1, now(),
      now()
    )
    returning booking_id into v_id;
    commit;
    update {table} set bouquets = 3
     where booking_id = v_id and business_id = bookingdb.default_business_id();
    commit;
  end loop;
end $$
"""
TRIGGERS = """
select array_agg(quote_ident(tgname)) from pg_trigger
 where tgrelid = 'bookingdb.bookings'::regclass
   and not tgisinternal and tgfoid::regproc::text like '%audit%'
"""
PARTITIONS = """
select sum(pg_total_relation_size(inhrelid))::bigint from pg_inherits
 where inhparent = 'bookingdb.booking_audit_log'::regclass
"""
HASHES = {  # what makes the chain -> the same, without it
    "personal_digest": "select null::bytea",
    "change_hash": "select '\\x00'::bytea",
    "last_hash_of": "select null::bytea",
}
DEFINITION = "select pg_get_functiondef(%s::regproc)"
UNLOGGED = "Unlogged"
WARM_UP = 100  # changes


@dataclass(frozen=True, slots=True)
class Log:
    """An audit log beside a table: how to change that, and the size of the log."""

    name: str
    procedure: str
    size: str


LOGS = (
    Log(OURS, "ours", PARTITIONS),
    Log(SUPA, "supa_audit", "select pg_total_relation_size('supa_audit.record_version')"),
    Log(TRIGGER, "audit_trigger",
        "select pg_total_relation_size('audit_trigger.logged_actions')"),
)  # fmt: skip


def audit(bench: Bench) -> list[Figure]:
    """Server CPU and bytes of the audit log a change, against supa_audit and audit-trigger."""
    _install(bench)
    count = bench.settings.changes
    stored: dict[str, list[float]] = {log.name: [] for log in LOGS}

    def logged(log: Log) -> float:
        before = bench.value(log.size)
        cost = _cost(bench, log.procedure, count, "Ada")
        stored[log.name].append((bench.value(log.size) - before) / (count + WARM_UP))
        return cost

    with bench.connect() as conn:
        clock = clock_of(conn).name
    samples = race(
        bench,
        "audit",
        {
            PLAIN: lambda: _cost(bench, "plain", count, "Ada"),
            PLAIN_OURS: lambda: _unlogged(bench, count),
            UNCHAINED: lambda: _unchained(bench, count),
            **{log.name: lambda log=log: logged(log) for log in LOGS},  # type: ignore[misc]
        },
    )
    added: Samples = {
        log.name: [
            a - b
            for a, b in zip(
                samples[log.name], samples[PLAIN_OURS if log.name == OURS else PLAIN], strict=True
            )
        ]
        for log in LOGS
    }
    chained = [a - b for a, b in zip(samples[OURS], samples[UNCHAINED], strict=True)]
    unit = f"µs of {clock}"
    return [
        *figures("audit", "a whole change", unit, samples, base={}),
        *figures("audit", "what the log adds", unit, added, base=SUPA),
        *figures("audit", "what its hashes add", unit, {OURS: chained}, base={}),
        *figures("audit", "stored a change", "bytes", stored, base=SUPA),
    ]


def _install(bench: Bench) -> None:
    with bench.connect() as conn:
        conn.execute("create schema bare_audit")
        conn.execute("create schema bare_changes")
        for name in ("plain", "supa_audit", "audit_trigger"):
            conn.execute(COPY.format(name=name).encode())
            if name != "plain":
                install_log(conn, name, f"bare_audit.{name}")
            _make_procedure(conn, name, f"bare_audit.{name}")
        _make_procedure(conn, "ours", "bookingdb.bookings")


def _make_procedure(conn: psycopg.Connection[Any], name: str, table: str) -> None:
    text = CHANGES.format(name=name, table=table, day=SPREAD.first_day)
    conn.execute(text.encode())


def _cost(bench: Bench, procedure: str, count: int, customer: str) -> float:
    """Microseconds a change. Commits do not wait for the disk: the processor is asked about."""
    with bench.connect() as conn:
        conn.execute("set synchronous_commit = off")
        call = f"call bare_changes.{procedure}(%s, %s)".encode()
        conn.execute(call, [WARM_UP, customer])
        clock = clock_of(conn)
        before = clock.seconds()
        conn.execute(call, [count, customer])
        return (clock.seconds() - before) / count * 1e6


def _unlogged(bench: Bench, count: int) -> float:
    with bench.connect() as conn, _triggers_off(conn):
        cost = _cost(bench, "ours", count, UNLOGGED)
        conn.execute(
            "delete from bookingdb.bookings where customer_name = %s and date = current_date + %s",
            [UNLOGGED, SPREAD.first_day],
        )
        return cost


def _unchained(bench: Bench, count: int) -> float:
    """The same with rows that carry no hash worth the name; they are taken out again."""
    with bench.connect() as conn:
        shipped = [
            conn.execute(DEFINITION, [f"bookingdb.{name}"]).fetchall()[0][0] for name in HASHES
        ]
        for definition, body in zip(shipped, HASHES.values(), strict=True):
            head = definition.partition(" RETURNS ")[0]
            conn.execute(f"{head} returns bytea language sql stable as $${body}$$".encode())
        try:
            return _cost(bench, "ours", count, UNLOGGED)
        finally:
            for definition in shipped:
                conn.execute(definition.encode())
            with conn.transaction():
                conn.execute("set local session_replication_role = replica")
                conn.execute(
                    "delete from bookingdb.booking_audit_log l using bookingdb.bookings b"
                    " where b.booking_id = l.booking_id and b.customer_name = %s",
                    [UNLOGGED],
                )
            with _triggers_off(conn):
                conn.execute("delete from bookingdb.bookings where customer_name = %s", [UNLOGGED])


@contextmanager
def _triggers_off(conn: psycopg.Connection[Any]) -> Iterator[None]:
    ((names,),) = conn.execute(TRIGGERS).fetchall()
    if not names:
        raise AssertionError("bookings has no trigger whose function is named for the audit log")

    def switch(how: str) -> None:
        for name in names:
            conn.execute(f"alter table bookingdb.bookings {how} trigger {name}".encode())

    switch("disable")
    try:
        yield
    finally:
        switch("enable")
