"""Act 4: somebody waits for a full slot, and a customer gives up his place."""

from bookingdb import (
    BookingStatus,
    MaximumBookingsReached,
    booking_history,
    cancel_booking,
    confirm_booking,
    get_booking,
    join_waitlist,
    waiting_list,
)
from bookingdb.demo.scene import CAPACITY, Scene, customer
from bookingdb.demo.stage import Stage

__all__ = ["play"]


def play(stage: Stage, scene: Scene) -> None:
    """Two wait, one place becomes free, and a newcomer is too late for it."""
    stage.begin("A place that is given up goes to who waits")
    place = scene.hold
    cleo, dan = (
        join_waitlist(
            scene.conn, place.date, place.time, 1, name, f"{name}@example.com", actor=customer(name)
        )
        for name in ("Cleo", "Dan")
    )
    waiting = waiting_list(scene.conn, place.date, place.date)
    stage.claim(
        f"{place} is full; {' and '.join(w.customer_name for w in waiting)} wait for it",
        [w.booking_id for w in waiting] == [cleo.booking_id, dan.booking_id],
    )
    given_up = scene.conn.execute(
        "select booking_id from bookingdb.bookings where customer_name = 'Guest 1'"
    ).fetchone()
    if given_up is not None:
        cancel_booking(scene.conn, given_up[0], reason="flat tyre", actor=customer("Guest 1"))
    offered = get_booking(scene.conn, cleo.booking_id)
    last = booking_history(scene.conn, cleo.booking_id)[-1]
    stage.claim(
        f"Guest 1 cancels; in the same transaction the place is {last.action_type} to Cleo",
        (offered.status, last.action_type) == (BookingStatus.HELD, "offered"),
    )
    stage.claim_refused(
        MaximumBookingsReached, "Eve, who books at that moment,", lambda: scene.book(place, "Eve")
    )
    confirmed = confirm_booking(scene.conn, cleo.booking_id, actor=customer("Cleo"))
    taken = scene.count_at(place)
    stage.note(taken=taken)
    stage.claim(
        f"Cleo takes it: {taken} of {CAPACITY} places are taken, and Dan is first in line",
        (confirmed.status, taken) == (BookingStatus.CONFIRMED, CAPACITY)
        and get_booking(scene.conn, dan.booking_id).status == BookingStatus.WAITING,
    )
