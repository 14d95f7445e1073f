"""Act 3: a place is held for a customer who does not come back."""

import datetime as dt
import time

from bookingdb import (
    HoldExpired,
    MaximumBookingsReached,
    available_slots,
    booking_history,
    confirm_booking,
    create_booking,
    create_bookings,
)
from bookingdb.demo.scene import CAPACITY, Scene, customer
from bookingdb.demo.stage import Stage

__all__ = ["play"]

HOLD_FOR = dt.timedelta(seconds=2)
PATIENCE = 30.0  # seconds


def play(stage: Stage, scene: Scene) -> None:
    """Hold the last place, wait, and see who gets it."""
    stage.begin("A hold lets go")
    place = scene.hold
    create_bookings(
        scene.conn,
        [
            {
                "date": place.date,
                "time": place.time,
                "bouquets": 1,
                "customer_name": f"Guest {n}",
                "customer_email": f"guest{n}@example.com",
            }
            for n in range(1, CAPACITY)
        ],
    )
    hold = create_booking(
        scene.conn, place.date, place.time, 1, None, None, hold_for=HOLD_FOR, actor=customer("Ida")
    )
    stage.say(
        f"{place} has one place left. Ida holds it for {HOLD_FOR.seconds} seconds, to look for "
        "her card. No job in the background will let go of it."
    )
    stage.claim_refused(
        MaximumBookingsReached, "Bo, who wants it too,", lambda: scene.book(place, "Bo")
    )
    with stage.console.status("Ida is looking for her card..."):
        is_free = _wait_for_a_place(scene)
    stage.claim("when the time is up the place is free again", is_free)
    booking = scene.book(place, "Bo")
    stage.claim("now Bo gets it", booking.status == "confirmed")
    stage.claim_refused(
        HoldExpired,
        "Ida, back with her card,",
        lambda: confirm_booking(
            scene.conn,
            hold.booking_id,
            customer_name="Ida",
            customer_email="ida@example.com",
            actor=customer("Ida"),
        ),
    )
    last = booking_history(scene.conn, hold.booking_id)[-1]
    stage.claim(
        f"the log says who let go of her hold: {last.performed_by}, “{last.reason}”",
        (last.action_type, last.performed_by) == ("expired", "system"),
    )
    taken = scene.count_at(place)
    stage.note(hold_seconds=HOLD_FOR.total_seconds(), taken=taken)
    stage.claim(f"{taken} of {CAPACITY} places are taken", taken == CAPACITY)


def _wait_for_a_place(scene: Scene) -> bool:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        slots = available_slots(scene.conn, scene.hold.date, scene.hold.date)
        if any(slot.time == scene.hold.time for slot in slots):
            return True
        time.sleep(0.05)
    return False
