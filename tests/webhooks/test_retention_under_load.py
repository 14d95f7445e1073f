"""Months go while bookings are made and sent: nothing is lost, and what is left is sound."""

import contextlib
import datetime as dt
import gzip
import json
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb import BookingError, RetentionKind
from bookingdb.cli.audit_file import read_back, write_rows
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, rewrite, scalar
from tests.webhooks.queue_steps import NOW, Clock, Connection, add, answer, deliver, relay

TRANSIENT = (BookingError, psycopg.errors.OperationalError)
MONTHS = 3


def following(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def export(conn: Connection, month: dt.date, path: Path) -> None:
    """As the command does, but for the names of files."""
    first, end = (dt.datetime.combine(d, dt.time(), dt.UTC) for d in (month, following(month)))
    with conn.transaction():
        count = write_rows(conn, path, first, end, lambda _: None)
        content = read_back(conn, path, count, lambda _: None)
        bookingdb.record_audit_export(conn, month, content.row_count, content.digest, str(path))


class Load:
    """Threads that work until they are told to stop; what fails in them fails the test."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stopped = threading.Event()
        self.raised: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def start(self, work: Callable[[Connection], None]) -> None:
        def run() -> None:
            try:
                with self.database.connect() as conn:
                    while not self.stopped.is_set():
                        try:
                            work(conn)
                        except TRANSIENT:
                            self.stopped.wait(0.01)
            except BaseException as error:
                self.raised.append(error)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)
        assert self.raised == []


@pytest.fixture
def load(database: Database) -> Iterator[Load]:
    load = Load(database)
    yield load
    load.stopped.set()


def test_nothing_is_lost(shop: Shop, database: Database, load: Load, tmp_path: Path) -> None:
    clock = Clock(database, NOW.replace(day=28, hour=12))
    month = first = clock.now.date().replace(day=1)
    add(shop.conn)
    bookingdb.set_retention(shop.conn, RetentionKind.AUDIT, dt.timedelta(days=30))
    told: set[tuple[UUID | None, int | None]] = set()
    choice = random.Random(7)

    def write(conn: Connection) -> None:
        booking = Shop(conn).book(
            dt.time(choice.choice((9, 10, 11))),
            date=(clock.now + dt.timedelta(days=choice.randint(2, 9))).date(),
        )
        bookingdb.update_booking(conn, booking.booking_id, notes="x")
        if choice.random() < 0.7:
            bookingdb.cancel_booking(conn, booking.booking_id)

    def send(conn: Connection) -> None:
        bookingdb.relay_events(conn)
        for delivery in bookingdb.claim_deliveries(conn):
            told.add((delivery.booking_id, delivery.booking_version))
            answer(conn, delivery)

    def let_go(conn: Connection) -> None:
        bookingdb.seal_audit(conn)
        bookingdb.apply_retention(conn, dry_run=False)
        load.stopped.wait(0.05)

    for work in (write, write, send, let_go):
        load.start(work)
    files = []
    for _ in range(MONTHS):
        load.stopped.wait(0.7)
        files.append(tmp_path / f"{month}.gz")
        clock.set(dt.datetime.combine(following(month), dt.time(12), dt.UTC))
        with shop.conn.transaction():
            bookingdb.refresh_future_schedule(shop.conn)
        for _ in range(50):  # late changes make it fail once or twice
            files[-1].unlink(missing_ok=True)
            try:
                export(shop.conn, month, files[-1])
                break
            except TRANSIENT:
                load.stopped.wait(0.02)
        month = following(month)

    def first_is_gone() -> bool:
        """If it is not, because somebody wrote in it after the export, export it again."""
        again = tmp_path / "again.gz"
        again.unlink(missing_ok=True)
        with contextlib.suppress(*TRANSIENT):
            export(shop.conn, first, again)
            again.replace(files[0])
        name = f"bookingdb.booking_audit_log_{first:%Y_%m}"
        return scalar(shop.conn, "select to_regclass(%s)", [name]) is None

    wait_until(first_is_gone, "the first month is dropped under load")
    load.stop()
    told.update((d.booking_id, d.booking_version) for d in deliver(shop.conn))
    bookingdb.seal_audit(shop.conn)
    bookingdb.apply_retention(shop.conn, dry_run=False)
    assert bookingdb.verify_audit(shop.conn) == []
    assert bookingdb.check_integrity(shop.conn) == []
    assert len(told) > 30
    check_versions(shop.conn, files, told)


def check_versions(
    conn: Connection, files: list[Path], told: set[tuple[UUID | None, int | None]]
) -> None:
    """Files and log have each version of each booking, and somebody was told of each."""
    versions: dict[UUID, set[int]] = defaultdict(set)
    for file in files:
        for line in gzip.decompress(file.read_bytes()).splitlines():
            row = json.loads(line)
            versions[UUID(row["booking_id"])].add(row["booking_version"])
    for booking, version in conn.execute(
        "select booking_id, booking_version from bookingdb.booking_audit_log"
    ):
        versions[booking].add(version)
    stand = dict(conn.execute("select booking_id, version from bookingdb.bookings").fetchall())
    assert versions == {booking: set(range(1, n + 1)) for booking, n in stand.items()}
    assert {(booking, v) for booking, found in versions.items() for v in found} <= told


@pytest.mark.parametrize("guard", ["export", "delivery"])
def test_control_without_the_guard_it_loses(
    shop: Shop, database: Database, tmp_path: Path, guard: str
) -> None:
    clock = Clock(database, NOW.replace(day=28, hour=12))
    month = clock.now.date().replace(day=1)
    add(shop.conn)
    for _ in range(3):
        shop.book(date=(clock.now + dt.timedelta(days=3)).date())
    clock.set(clock.now + dt.timedelta(days=70))
    bookingdb.set_retention(shop.conn, RetentionKind.AUDIT, dt.timedelta(days=30))
    files: list[Path] = []
    told: set[tuple[UUID | None, int | None]] = set()
    if guard == "export":
        told = {(d.booking_id, d.booking_version) for d in deliver(shop.conn)}
        rewrite(shop.conn, "month_hindrance", "v_now.row_count > 0", "false")
    else:
        files = [tmp_path / "month.gz"]
        relay(shop.conn)
        export(shop.conn, month, files[0])
        rewrite(shop.conn, "month_hindrance", "v_open > 0", "false")
    bookingdb.seal_audit(shop.conn)
    (step, *_) = bookingdb.apply_retention(shop.conn, dry_run=False)
    assert (step.outcome, step.row_count) == ("gone", 3)
    with pytest.raises(AssertionError):
        check_versions(shop.conn, files, told)
