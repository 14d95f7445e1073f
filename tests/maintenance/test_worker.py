"""The parts of a worker: services side by side, and the one that maintains."""

import threading

import psycopg
import pytest

from bookingdb.worker import Maintainer, Worker
from tests.races.concurrency import wait_until
from tests.shop import Shop
from tests.support import Database, rewrite, scalar


def test_stop_does_not_wait_for_what_takes_long(shop: Shop, database: Database) -> None:
    """It is cancelled, undone, and still due."""
    rewrite(shop.conn, "do_task", "case p_task", "perform pg_sleep(60); case p_task")
    worker = Worker(Maintainer(database.dsn))
    thread = threading.Thread(target=worker.run)
    thread.start()
    sleeping = "select exists (select from pg_stat_activity where wait_event = 'PgSleep')"
    wait_until(lambda: bool(scalar(shop.conn, sleeping)), "the maintainer")
    worker.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert scalar(shop.conn, "select count(*) from bookingdb.maintenance_runs") == 0


class Endless:
    """A service that ends when it is told to, and not before."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def run(self) -> None:
        self.stopping.wait()

    def stop(self) -> None:
        self.stopping.set()


def test_service_that_fails_ends_the_others(shop: Shop, database: Database) -> None:
    """Such as a login that may not do it: waiting does not mend that."""
    other = Endless()
    with database.login("bookingdb_app") as conn:
        dsn = f"{database.dsn}&user={conn.info.user}"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        Worker(other, Maintainer(dsn)).run()
    assert other.stopping.is_set()


def test_many_side_by_side_do_everything_once(shop: Shop, database: Database) -> None:
    """Several workers on a database with everything to do: nothing is done twice, nothing fails."""
    for _ in range(3):
        shop.book()
    workers = [Worker(Maintainer(database.dsn)) for _ in range(4)]
    threads = [threading.Thread(target=w.run) for w in workers]
    for thread in threads:
        thread.start()
    done = "select count(*) = 7 from bookingdb.maintenance_runs where succeeded_at is not null"
    wait_until(lambda: bool(scalar(shop.conn, done)), "all tasks")
    for worker in workers:
        worker.stop()
    for thread in threads:
        thread.join()
    assert scalar(shop.conn, "select sum(row_count) from bookingdb.audit_seals") == 3
    assert scalar(shop.conn, "select count(*) from bookingdb.integrity_runs") == 1
