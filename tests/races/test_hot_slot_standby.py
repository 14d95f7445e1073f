"""book_hot_slot with a synchronous standby: the lock goes at once, the answer waits for both."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import bookingdb
from bookingdb.embedded import EmbeddedServer
from tests.races.concurrency import background, is_waiting, wait_until
from tests.races.test_crashes import SLOW_WRITER, kill_under, lost
from tests.races.test_hot_slot_crashes import ARGUMENTS, CALLERS, SECOND_COMMIT, HotBookers
from tests.shop import Shop, hours, open_shop
from tests.support import base_backup, copy_cluster, rewrite, scalar

Connection = psycopg.Connection[Any]


@pytest.fixture
def primary(cluster: Path, tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server with a shop."""
    folder = copy_cluster(cluster, tmp_path / "primary")
    with EmbeddedServer(folder, settings=SLOW_WRITER) as server:
        with connect(server) as conn:
            open_shop(conn).set_hours(hours(max_bookings=10_000, max_bouquets=10_000))
        yield server


def connect(server: EmbeddedServer, setting: str = "local") -> Connection:
    """A connection that waits for no standby, or as `setting` says."""
    options = f"-c synchronous_commit={setting}"
    return psycopg.connect(server.dsn(), autocommit=True, options=options)


def name_standby(server: EmbeddedServer, name: str) -> None:
    with connect(server) as conn:
        conn.execute(f"alter system set synchronous_standby_names = '{name}'".encode())
        conn.execute("select pg_reload_conf()")
        wait_until(
            lambda: scalar(conn, "show synchronous_standby_names") == name, "the setting to count"
        )


def waits_for_standby(observer: Connection, conn: Connection) -> bool:
    query = "select from pg_stat_activity where pid = %s and wait_event = 'SyncRep'"
    return observer.execute(query, [conn.info.backend_pid]).fetchone() is not None


@pytest.mark.parametrize("setting", ["off", "on"])
def test_between_the_two_commits(primary: EmbeddedServer, setting: str) -> None:
    """Callers wait for a standby that is away, none of them for another."""
    name_standby(primary, "away")
    with (
        connect(primary) as observer,
        connect(primary, setting) as first,
        connect(primary, setting) as second,
        background(partial(bookingdb.book_hot_slot, first, *ARGUMENTS)) as one,
        background(partial(bookingdb.book_hot_slot, second, *ARGUMENTS)) as two,
    ):
        for conn in (first, second):
            wait_until(partial(waits_for_standby, observer, conn), "the callers to wait")
        assert Shop(observer).slot()[:2] == (2, 2)  # others see what nobody was told
        bookingdb.book_hot_slot(observer, *ARGUMENTS)  # whoever wants less waits for less
        assert not one.done()
        assert not two.done()
        name_standby(primary, "")
        assert {one.result().status, two.result().status} == {bookingdb.BookingStatus.CONFIRMED}


def test_function_keeps_the_lock(primary: EmbeddedServer) -> None:
    """The control: who comes second waits for the first, and with him for the standby."""
    name_standby(primary, "away")
    with (
        connect(primary) as observer,
        connect(primary, "on") as first,
        connect(primary, "on") as second,
        background(partial(bookingdb.create_booking_safe, first, *ARGUMENTS)) as one,
    ):
        wait_until(partial(waits_for_standby, observer, first), "the first to wait")
        with background(partial(bookingdb.create_booking_safe, second, *ARGUMENTS)) as two:
            wait_until(partial(is_waiting, observer, second), "the second to wait")
            assert Shop(observer).slot()[:2] == (0, 0)
            name_standby(primary, "")
        assert one.exception() is two.exception() is None


@pytest.fixture
def standby(primary: EmbeddedServer, tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A synchronous standby of it."""
    with connect(primary) as conn:
        conn.execute("alter system set cluster_name = 'standby'")  # for the copy, which starts anew
    with EmbeddedServer(base_backup(primary, tmp_path / "standby")) as server:
        name_standby(primary, "standby")
        yield server


def lost_with_the_primary(primary: EmbeddedServer, standby: EmbeddedServer) -> set[UUID]:
    """What the primary acknowledged and the standby lacks, when the one is killed for good."""
    bookers = HotBookers(primary.dsn())
    kill_under(primary, bookers, CALLERS)
    with connect(standby) as conn:
        assert scalar(conn, "select pg_promote()")
        return lost(conn, bookers)


def test_standby_has_what_was_acknowledged(
    primary: EmbeddedServer, standby: EmbeddedServer
) -> None:
    assert lost_with_the_primary(primary, standby) == set()


def test_loss_would_be_seen(primary: EmbeddedServer, standby: EmbeddedServer) -> None:
    """The control: without its second commit it waits for nobody."""
    with connect(primary) as conn:
        rewrite(conn, "book_hot_slot", SECOND_COMMIT, "null;")
    assert len(lost_with_the_primary(primary, standby)) > 0
