"""The receiver that the documentation shows, run as a process of its own."""

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

import bookingdb
from tests.shop import Shop

RECEIVER = Path(__file__).resolve().parents[2] / "docs" / "webhooks" / "receiver.py"
SECRET = "whsec_" + "QUJD" * 10


@dataclass(frozen=True)
class Receiver:
    url: str
    log: Path

    def post(
        self,
        body: bytes,
        webhook_id: str,
        *,
        secrets: tuple[str, ...] = (SECRET,),
        at: dt.datetime | None = None,
        changed: bytes = b"",
    ) -> tuple[int, str]:
        """Post `body`, signed with `secrets`, with `changed` after it: status and answer."""
        at = at or dt.datetime.now(dt.UTC)
        signatures = [Webhook(secret).sign(webhook_id, at, body.decode()) for secret in secrets]
        request = urllib.request.Request(
            self.url,
            body + changed,
            {
                "content-type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": " ".join(signatures),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    env = {**os.environ, "WEBHOOK_SECRET": SECRET, "RECEIVED": str(tmp_path / "received.db")}
    command = [sys.executable, "-m", "flask", "--app", str(RECEIVER), "run", "--port", str(port)]
    with (
        log.open("w") as output,
        subprocess.Popen(command, env=env, stdout=output, stderr=output, cwd=tmp_path) as process,
    ):
        try:
            for _ in range(300):
                with socket.socket() as attempt:
                    if attempt.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            yield Receiver(f"http://127.0.0.1:{port}/hook", log)
        finally:
            process.terminate()


def body(version: int, booking: str) -> bytes:
    data = {"booking": {"booking_id": booking}, "version": version}
    return json.dumps({"type": "booking.modified", "data": data}).encode()


def test_what_is_forged_or_old_is_refused(receiver: Receiver) -> None:
    event, name = body(1, str(uuid4())), str(uuid4())
    other = "whsec_" + "REVG" * 10
    hour = dt.timedelta(hours=1)
    assert receiver.post(event, name, secrets=(other,))[0] == 401
    assert receiver.post(event, name, changed=b" ")[0] == 401
    assert receiver.post(event, name, secrets=())[0] == 401
    assert receiver.post(event, name, at=dt.datetime.now(dt.UTC) - hour)[0] == 401
    assert receiver.post(event, name, secrets=(other, SECRET)) == (200, "done")


def test_duplicates_and_older_versions_are_ignored(receiver: Receiver) -> None:
    booking, first, second, third = (str(uuid4()) for _ in range(4))
    assert receiver.post(body(2, booking), second) == (200, "done")
    assert receiver.post(body(2, booking), second) == (200, "a duplicate")
    assert receiver.post(body(1, booking), first) == (200, "older than what is known")
    assert receiver.post(body(3, booking), third) == (200, "done")
    assert receiver.log.read_text().count("processed booking.modified") == 2


def test_event_that_cannot_be_processed_is_not_seen(receiver: Receiver) -> None:
    name = str(uuid4())
    assert receiver.post(b'{"type": "booking.created"}', name)[0] == 500
    assert receiver.post(body(1, str(uuid4())), name) == (200, "done")


def test_it_takes_what_is_really_sent(receiver: Receiver, shop: Shop) -> None:
    bookingdb.add_webhook_endpoint(shop.conn, receiver.url, secret=SECRET)
    shop.book()
    while bookingdb.relay_events(shop.conn):
        pass
    (claimed,) = bookingdb.claim_deliveries(shop.conn)
    answer = receiver.post(claimed.payload, str(claimed.webhook_id), secrets=tuple(claimed.secrets))
    assert answer == (200, "done")
    assert "processed booking.created" in receiver.log.read_text()
