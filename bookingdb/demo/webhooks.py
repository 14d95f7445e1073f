"""Act 7: a receiver that is down hears of every change nevertheless, in order."""

import datetime as dt

import structlog

from bookingdb import (
    Booking,
    add_webhook_endpoint,
    cancel_booking,
    delivery_trail,
    reconcile,
    record_payment,
)
from bookingdb.cli.trails import trail_tree
from bookingdb.demo.receiver import Mailbox, listening
from bookingdb.demo.scene import Scene, customer, staff
from bookingdb.demo.stage import Stage
from bookingdb.dispatch import Dispatcher
from bookingdb.models import PaymentStatus

__all__ = ["play"]

FAILURES = 3
QUICKLY = [dt.timedelta(milliseconds=200)] * 10
"""Instead of 5 seconds, a minute, and so on over three days."""


def play(stage: Stage, scene: Scene) -> None:
    """Change a booking three times, roll another back, and send it all."""
    stage.begin("A webhook hears of every change, in order")
    mailbox = Mailbox(FAILURES)
    with listening(mailbox) as url:
        started_at = dt.datetime.now(dt.UTC)
        endpoint = add_webhook_endpoint(
            scene.conn, url, retry_schedule=QUICKLY, fields=["status", "payment_status"]
        )
        mailbox.secret = endpoint.secret
        booking = _change(scene)
        stage.say("Ina books, pays and cancels; Jon books, and his transaction is rolled back.")
        with structlog.testing.capture_logs():
            Dispatcher(scene.dsn, allow_private_network=True, workers=4).run(once=True)
    trail = delivery_trail(scene.conn, booking.booking_id)
    stage.show(trail_tree("Ina's booking", trail))
    stage.note(calls=mailbox.calls, trail=trail)
    first = [call for call in mailbox.calls if call[1] == mailbox.calls[0][1]]
    stage.claim(
        f"the receiver fails {FAILURES} times; attempt {len(first)} has the same webhook-id, and "
        "what comes later waits for it",
        [status for _, _, status in mailbox.calls[:4]] == [503, 503, 503, 200]
        and len(first) == FAILURES + 1,
    )
    told = [(e["data"]["version"], e["type"].removeprefix("booking.")) for e in mailbox.accepted]
    stage.claim(
        f"it has accepted {', '.join(what for _, what in told)}; every signature is genuine",
        told == [(1, "created"), (2, "payment_succeeded"), (3, "cancelled")],
    )
    stage.claim(
        "of Jon's booking, which was rolled back, it never heard",
        len(first) + 2 == len(mailbox.calls),
    )
    stage.claim(
        "it got the fields that its list allows, and neither name nor e-mail",
        all(
            set(e["data"]["booking"]) == {"booking_id", "business_id", "status", "payment_status"}
            for e in mailbox.accepted
        ),
    )
    stage.claim("reconcile() finds nothing undelivered", not reconcile(scene.conn, started_at))


def _change(scene: Scene) -> Booking:
    booking = scene.book(scene.quiet, "Ina")
    record_payment(scene.conn, booking.booking_id, PaymentStatus.PAID, actor=staff("Hugo"))
    cancel_booking(scene.conn, booking.booking_id, reason="flat tyre", actor=customer("Ina"))
    with scene.conn.transaction(force_rollback=True):
        scene.book(scene.quiet, "Jon")
    return booking
