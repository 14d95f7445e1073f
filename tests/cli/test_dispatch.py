"""`bookingdb dispatch`, as the process that an operator starts."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import bookingdb
from tests.cli.conftest import BOOKINGDB, Cli, book, environment
from tests.support import Database
from tests.webhooks.dispatching import all_delivered, subscribe
from tests.webhooks.receiver import Receiver, in_turn

LOCAL = ("--allow-private-network", "--poll", "1s")


@contextmanager
def dispatching(cli: Cli, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The process; whatever it does, it is gone after the block."""
    process = subprocess.Popen(
        [*BOOKINGDB, "dispatch", *LOCAL, *arguments],
        env=environment(cli),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_it_sends_until_it_is_told_to_stop(open_cli: Cli, database: Database) -> None:
    with Receiver() as receiver, database.connect() as conn:
        receiver.answer = in_turn((500, {}, b"no"), (200, {}, b""))
        subscribe(conn, receiver)
        for number in (signal.SIGTERM, signal.SIGINT):
            with dispatching(open_cli, "--json") as process:
                book(open_cli)
                all_delivered(database)
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=60)
            assert (process.returncode, stdout) == (0, "")
            log = [json.loads(line) for line in stderr.splitlines()]
            assert [log[0]["event"], log[-1]["event"]] == ["started", "stopped"]
            assert {"event_type": "booking.created", "status": 200}.items() <= log[-2].items()
        assert len(receiver.requests) == 3


def test_people_read_its_log(open_cli: Cli, database: Database) -> None:
    with Receiver() as receiver, database.connect() as conn:
        subscribe(conn, receiver)
        booking = book(open_cli)
        with dispatching(open_cli, "--once", "--verbose") as process:
            _, stderr = process.communicate(timeout=60)
        [request] = receiver.requests
    assert process.returncode == 0
    assert [word in stderr for word in ("delivered", request.webhook_id, "claiming")] == [True] * 3
    assert booking["customer_email"] not in stderr


def test_a_crash_of_the_server_is_survived_and_told(open_cli: Cli, database: Database) -> None:
    with Receiver() as receiver, database.connect() as conn:
        subscribe(conn, receiver)
        with dispatching(open_cli, "--json") as process:
            book(open_cli)
            all_delivered(database)
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'bookingdb dispatch'"
                " and datname = current_database()"
            )
            book(open_cli)
            all_delivered(database)
            process.terminate()
            _, stderr = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "database unavailable" in stderr
        assert bookingdb.check_integrity(conn) == []


def test_what_is_wrong_at_the_start_is_said(cli: Cli, empty_cli: Cli) -> None:
    error = Cli("host=/nonexistent").error("dispatch")
    assert error["message"].startswith("Cannot connect to PostgreSQL")
    assert empty_cli.error("dispatch")["message"] == "This database has no bookingdb yet"
    assert "'soon' is no length of time" in cli.run("dispatch", "--lease", "soon", code=2).stderr
