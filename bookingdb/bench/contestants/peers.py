"""What others write: each a correct equivalent, or wrong as it is known to be wrong, and says so.

Each has slots and bookings with the same columns in a schema of its own. Limits are enforced as
that approach enforces them; nobody but bookingdb checks names, and who writes an audit log says
so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import psycopg

__all__ = ["FLOOR", "PEERS", "Peer", "clear", "fill", "install", "install_log", "peer_script"]

TABLES = """
create schema {schema};
create table {schema}.slots (
  business_id uuid, date date, time time, max_bookings int, max_bouquets int,
  booked_count int default 0, booked_bouquets int default 0,
  primary key (business_id, date, time)
) with (fillfactor = 70);
create table {schema}.bookings (
  business_id uuid, booking_id uuid default gen_random_uuid(), date date, time time, bouquets int,
  customer_name text, customer_email text, created_at timestamptz default now(),
  primary key (business_id, booking_id)
);
insert into {schema}.slots (business_id, date, time, max_bookings, max_bouquets)
select business_id, date, time, max_bookings, max_bouquets from bookingdb.time_slots;
"""
BY_SLOT = "create index bookings_by_slot on {schema}.bookings (business_id, date, time)"
SLOT = """business_id = bookingdb.default_business_id()
 and date = current_date + :day::int
 and time = time '09:00' + :place::int * interval '30 minutes'"""
COUNT = (
    "select count(*) as booked_count, coalesce(sum(bouquets), 0) as booked_bouquets"
    f" from {{schema}}.bookings where {SLOT}"
)
LIMITS = f"select max_bookings, max_bouquets from {{schema}}.slots where {SLOT}"
INSERT = (
    "insert into {schema}.bookings"
    " (business_id, date, time, bouquets, customer_name, customer_email)"
    " values (bookingdb.default_business_id(), current_date + :day::int,"
    " time '09:00' + :place::int * interval '30 minutes', 2, 'Ada', 'ada@example.org')"
)
UPDATE = (
    "update {schema}.slots set booked_count = booked_count + 1,"
    f" booked_bouquets = booked_bouquets + 2 where {SLOT}"
)
FITS = ":booked_count < :max_bookings and :booked_bouquets + 2 <= :max_bouquets"


@dataclass(frozen=True, slots=True)
class Peer:
    """An approach: reads whose columns are then judged by the client, and writes."""

    name: str
    doc: str
    schema: str
    reads: Sequence[str]
    writes: Sequence[str]
    begin: str | None = None
    """None: each statement is a transaction of its own."""
    is_correct: bool = True
    """Whether it enforces the limits."""
    counts: bool = True
    """Whether it counts bookings, rather than keep a counter."""
    retries: bool = False
    """Whether the client has to try anew after a serialization failure."""
    log: str | None = None
    """The audit log that a trigger on its bookings writes."""

    def statements(self, texts: Sequence[str]) -> list[str]:
        """With the schema filled in."""
        return [text.format(schema=self.schema) for text in texts]


FLOOR = Peer(
    "floor",
    "One statement that moves a counter and inserts a row: no check, no limit, no audit log.",
    "floor",
    (),
    [f"with slot as ({UPDATE} returning *)"
     " insert into {schema}.bookings"
     " (business_id, date, time, bouquets, customer_name, customer_email)"
     " select business_id, date, time, 2, 'Ada', 'ada@example.org' from slot"],
    is_correct=False,
    counts=False,
)  # fmt: skip
LOCKING = Peer(
    "select-for-update",
    "BEGIN, SELECT ... FOR UPDATE, INSERT, UPDATE of a counter, COMMIT: each a round trip.",
    "select_for_update",
    [f"select max_bookings, max_bouquets, booked_count, booked_bouquets"
     f" from {{schema}}.slots where {SLOT} for update"],
    [INSERT, UPDATE],
    "begin",
    counts=False,
)  # fmt: skip
PEERS = (
    FLOOR,
    Peer(
        "check-then-insert",
        "Reads the limits, counts the bookings, inserts; each by itself. Overbooks.",
        "check_then_insert",
        [LIMITS, COUNT],
        [INSERT],
        is_correct=False,
    ),
    LOCKING,
    replace(
        LOCKING,
        name="select-for-update, audited",
        doc="The same, with the trigger of supa_audit on its bookings.",
        schema="select_for_update_audited",
        log="supa_audit",
    ),
    Peer(
        "count-in-lock",
        "Locks the slot with SELECT ... FOR UPDATE, then counts its bookings, and inserts.",
        "count_in_lock",
        [f"{LIMITS} for update", COUNT],
        [INSERT],
        "begin",
    ),
    Peer(
        "advisory-lock",
        "Takes pg_advisory_xact_lock of the slot, reads the limits, counts, and inserts.",
        "advisory_lock",
        ["select pg_advisory_xact_lock(:day::int, :place::int) is null as locked", LIMITS, COUNT],
        [INSERT],
        "begin",
    ),
    Peer(
        "serializable",
        "Reads the limits, counts and inserts in a SERIALIZABLE transaction, with retries.",
        "serializable",
        [LIMITS, COUNT],
        [INSERT],
        "begin isolation level serializable",
        retries=True,
    ),
    Peer(
        "SQLAlchemy",
        "The same as select-for-update, with the ORM of SQLAlchemy: with_for_update(), Session.",
        "sqlalchemy_orm",
        (),
        (),
        counts=False,
    ),
)  # fmt: skip


def install(conn: psycopg.Connection[Any], peer: Peer) -> None:
    """Make its tables, with the slots that bookingdb has."""
    conn.execute(TABLES.format(schema=peer.schema).encode())
    if peer.counts:
        conn.execute(BY_SLOT.format(schema=peer.schema).encode())
    if peer.log:
        install_log(conn, peer.log, f"{peer.schema}.bookings")


def install_log(conn: psycopg.Connection[Any], log: str, table: str) -> None:
    """Let the trigger of that audit log write each change of the table."""
    if not conn.execute("select to_regnamespace(%s) is not null", [log]).fetchall()[0][0]:
        conn.execute(files("bookingdb.bench").joinpath(f"sql/{log}.sql").read_bytes())
    conn.execute(
        f"""create trigger log_change
              after insert or update or delete on {table}
              for each row execute function {log}.log_change()""".encode()
    )


def clear(conn: psycopg.Connection[Any], peer: Peer) -> None:
    """Take the bookings away from who counts: its speed must not depend on how long it ran."""
    if peer.counts:
        conn.execute(f"truncate {peer.schema}.bookings".encode())


def fill(conn: psycopg.Connection[Any], peer: Peer, day: int, place: int, count: int) -> None:
    """Put that many bookings into a slot."""
    conn.execute(
        f"""insert into {peer.schema}.bookings
              (business_id, date, time, bouquets, customer_name, customer_email)
            select bookingdb.default_business_id(), current_date + %(day)s,
                   time '09:00' + %(place)s * interval '30 minutes', 2, 'Ada', 'ada@example.org'
              from generate_series(1, %(count)s)""".encode(),
        {"day": day, "place": place, "count": count},
    )


def peer_script(peer: Peer) -> str:
    """For pgbench, which does what the client would: judge what was read, and decide."""
    writes = [f"{text};" for text in peer.statements(peer.writes)]
    if peer.reads:
        reads = [f"{text} \\gset" for text in peer.statements(peer.reads)]
        body = [*reads, f"\\set fits {FITS}", "\\if :fits", *writes, "\\endif"]
    else:
        body = writes
    if peer.begin:
        body = [f"{peer.begin};", *body, "commit;"]
    return "\n".join(line.replace("\n", " ") for line in body) + "\n"
