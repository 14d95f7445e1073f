"""Two businesses in one database, and logins that are bound to the first of them, or not at all."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg

import bookingdb
from bookingdb import DEFAULT_BUSINESS_ID, OpenBookings, RetentionKind
from tests.shop import DAY, NINE, hours
from tests.support import Database, scalar

__all__ = ["OURS", "SECRETS", "THEIRS", "UNKNOWN", "Outcome", "World", "furnish", "make_logins"]

OURS = DEFAULT_BUSINESS_ID
THEIRS = uuid.UUID("0b0b0b0b-0000-4000-8000-00000000000b")
UNKNOWN = uuid.UUID("0c0c0c0c-0000-4000-8000-00000000000c")
SECRETS = ("zebedee", "hush-", "quagga")
"""Each value of the other business that somebody could read has one of these in it."""

GROUPS = {
    "app": "bookingdb_app",
    "admin": "bookingdb_admin",
    "auditor": "bookingdb_auditor",
    "dispatcher": "bookingdb_dispatcher",
    "raw": "bookingdb_admin",  # and every privilege on every table
    "noinherit": "bookingdb_admin",
    "web": "bookingdb_admin",  # bound by claims
}
EVERYTHING = """
grant all on all tables in schema bookingdb to {0};
grant execute on all functions in schema bookingdb to {0};
do $$ declare t regtype; begin
  for t in select oid from pg_type
            where typnamespace = 'bookingdb'::regnamespace and typtype in ('d', 'e') loop
    execute format('grant usage on type %s to {0}', t);
  end loop;
end $$
"""
TABLES = """
select c.relname from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'business_id'
 where c.relnamespace = 'bookingdb'::regnamespace and c.relkind in ('r', 'p')
 order by 1
"""


@dataclass
class Outcome:
    """All that a client saw of what it tried."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    changed: int = 0
    words: list[str] = field(default_factory=list)
    """Notices, notifications, errors and whatever came by COPY."""
    errors: list[psycopg.Error] = field(default_factory=list)

    @property
    def secrets(self) -> list[str]:
        text = f"{self.rows} {self.words}".lower()
        return [secret for secret in SECRETS if secret in text]

    @property
    def found(self) -> bool:
        """A row with something in it: a count above nought, a value that is true."""
        return any(any(row) for row in self.rows)


@dataclass(frozen=True)
class World:
    """The database, and what is in it."""

    database: Database
    booking: uuid.UUID
    """Of the other business, as all that follows."""
    webhook: uuid.UUID
    endpoint: uuid.UUID
    quarantined: uuid.UUID
    audit: uuid.UUID
    """A row of the log, of that booking."""
    tables: list[str]
    dba: psycopg.Connection[Any]
    digest_query: str

    def login(self, kind: str, *, bound: bool = True) -> psycopg.Connection[Any]:
        return self.database.connect(user=f"{'bound' if bound else 'free'}_{kind}")

    def fill(self, statement: str) -> str:
        """`statement`, with the names in it replaced by what they stand for."""
        names = {
            "THEIRS": THEIRS, "OURS": OURS, "UNKNOWN": UNKNOWN, "BOOKING": self.booking,
            "WEBHOOK": self.webhook, "ENDPOINT": self.endpoint, "QUARANTINED": self.quarantined,
            "AUDIT": self.audit, "DAY": DAY,
        }  # fmt: skip
        for name, value in names.items():
            statement = statement.replace(f"${name}", f"'{value}'")
        return statement

    def run(self, conn: psycopg.Connection[Any], statements: list[str]) -> Outcome:
        """One after the other; an error does not stop the next."""
        outcome = Outcome()
        conn.add_notice_handler(lambda d: outcome.words.append(str(d.message_primary)))
        conn.add_notify_handler(lambda n: outcome.words.append(n.payload))
        inside = not conn.autocommit
        for statement in map(self.fill, statements):
            try:
                if inside:
                    with conn.transaction():
                        self._run(conn, statement, outcome)
                else:
                    self._run(conn, statement, outcome)
            except psycopg.Error as error:
                outcome.errors.append(error)
                d = error.diag
                outcome.words += filter(
                    None, (str(error), d.message_detail, d.message_hint, d.context)
                )
        return outcome

    def _run(self, conn: psycopg.Connection[Any], statement: str, outcome: Outcome) -> None:
        with conn.cursor() as cursor:
            if statement.startswith("copy") and statement.endswith("to stdout"):
                with cursor.copy(statement.encode()) as copy:
                    outcome.words += [bytes(data).decode() for data in copy]
                return
            cursor.execute(statement.encode())
            if cursor.description:
                outcome.rows += cursor.fetchall()
            elif statement.split()[0] in ("insert", "update", "delete", "merge"):
                outcome.changed += cursor.rowcount

    def digest(self) -> str:
        """Of every row of the other business, and of what binds whom."""
        return str(scalar(self.dba, self.digest_query))


def furnish(database: Database) -> World:
    """The other business has a row in every table that has business_id."""
    with database.connect() as conn:
        bookingdb.create_business(
            conn, "zebedee & sons", "UTC", horizon_days=14, business_id=THEIRS
        )
        bookingdb.set_opening_hours(conn, [hours()], business_id=THEIRS)
        bookingdb.refresh_future_schedule(conn, business_id=THEIRS)
        bookingdb.set_schedule_exception(
            conn, DAY.replace(year=DAY.year + 1), [], reason="quagga's day", business_id=THEIRS
        )
        endpoint = bookingdb.add_webhook_endpoint(
            conn, "https://quagga.example/hook", description="zebedee's", business_id=THEIRS
        )
        booking = bookingdb.create_booking(
            conn, DAY, NINE, 2, "zebedee", "zebedee@hush-hush.example",
            notes="quagga", external_reference="hush-1", idempotency_key="hush-key",
            business_id=THEIRS,
        )  # fmt: skip
        bookingdb.create_booking(conn, DAY, NINE, 1, "Ada", "ada@example.org")
        row = {"date": DAY, "time": "03:00", "bouquets": 1, "customer_name": "zebedee",
               "customer_email": "zebedee@hush-hush.example"}  # fmt: skip
        bookingdb.import_bookings(conn, [row], "quagga", business_id=THEIRS)
        bookingdb.relay_events(conn)
        (claimed,) = bookingdb.claim_deliveries(conn)
        conn.execute(
            "select bookingdb.record_attempt(%s, %s, 1, now(), '1 second', 500, 'status',"
            " 'hush-answer', p_business_id => %s)",
            [claimed.webhook_id, claimed.claim_id, THEIRS],
        )
        bookingdb.set_retention(
            conn, RetentionKind.AUDIT, dt.timedelta(days=400), business_id=THEIRS
        )
        bookingdb.create_booking(
            conn, DAY, NINE, 1, "zebedee", "quagga@example.org", business_id=THEIRS
        )
        bookingdb.erase_customer(
            conn, "quagga@example.org", "hush-reason", open_bookings=OpenBookings.KEEP,
            business_id=THEIRS,
        )  # fmt: skip
        bookingdb.seal_audit(conn)
        conn.execute(
            "insert into bookingdb.alarms (business_id, name, date, time, detail)"
            " values (%s, 'overbooked', %s, %s, 'hush-detail')",
            [THEIRS, DAY, NINE],
        )
        conn.execute(
            "insert into bookingdb.audit_chain_cuts select business_id, gen_random_uuid(), 1, hash"
            " from bookingdb.booking_audit_log"
        )
        quarantined = bookingdb.quarantined_bookings(conn, business_id=THEIRS)[0].quarantine_id
        audit = bookingdb.booking_history(conn, booking.booking_id, business_id=THEIRS)[0].id
        tables = [name for (name,) in conn.execute(TABLES)]
        conn.execute("analyze")
    return World(
        database, booking.booking_id, claimed.webhook_id, endpoint.endpoint_id, quarantined, audit,
        tables, database.connect(), digest_query(tables),
    )  # fmt: skip


def digest_query(tables: list[str]) -> str:
    parts = [
        "(select string_agg(t::text, '|' order by t::text)"
        f" from bookingdb.{table} t where business_id = '{THEIRS}')"
        for table in tables
    ]
    parts += [
        f"(select string_agg(t::text, '|' order by t::text) from {of})"
        for of in (
            "bookingdb.business_grants t",
            "bookingdb.relay_cursor t",
            "(select business_id from bookingdb.businesses) t",
            "(select rolname, rolsuper, rolbypassrls from pg_roles where rolname ~ '^bound_') t",
        )
    ]
    return f"select md5(concat_ws('#', {', '.join(parts)}))"


def make_logins(database: Database) -> None:
    """bound_app and its kin, bound to our business; free_app and its kin, to none."""
    with database.connect() as conn:
        for kind, group in GROUPS.items():
            for name in (f"bound_{kind}", f"free_{kind}"):
                if conn.execute("select to_regrole(%s)", [name]).fetchone() == (None,):
                    inherits = "noinherit" if kind == "noinherit" else "inherit"
                    conn.execute(f"create role {name} login {inherits}".encode())
                    conn.execute(f"grant {group} to {name}".encode())
                if kind == "raw":
                    conn.execute(EVERYTHING.format(name).encode())
            if kind != "web":
                bookingdb.grant_business(conn, f"bound_{kind}")
        bookingdb.grant_business_claims(conn, "bound_web")
        bookingdb.grant_business(conn, "bound_app", business_id=THEIRS)
        bookingdb.revoke_business(conn, "bound_app", business_id=THEIRS)
