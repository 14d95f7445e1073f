"""Act 5: the schedule changes under bookings that are there already."""

from bookingdb import (
    MaximumBookingsReached,
    SlotNotOffered,
    available_slots,
    cancel_booking,
    plan_schedule_refresh,
    record_payment,
    refresh_future_schedule,
    set_opening_hours,
)
from bookingdb.cli.upkeep import counts_table
from bookingdb.demo.opening import EVERY_DAY, HOURS
from bookingdb.demo.scene import CAPACITY, Scene, staff
from bookingdb.demo.stage import Stage
from bookingdb.models import PaymentStatus

__all__ = ["play"]

LOWERED = 3


def play(stage: Stage, scene: Scene) -> None:
    """Close a weekday, lower the limits, and look after the bookings."""
    stage.begin("The schedule changes, no booking breaks")
    closed = scene.race.date
    stage.say(
        f"Bloom gives up {closed:%A}s, and takes only {LOWERED} bookings an hour on other days. "
        f"But {len(scene.winners)} customers have booked {scene.race}, and {CAPACITY} "
        f"{scene.hold}."
    )
    before = scene.count("true")
    days = [day for day in EVERY_DAY if day != closed.isoweekday()]
    set_opening_hours(
        scene.conn, [{**HOURS, "weekday": days, "max_bookings": LOWERED}], actor=staff("Vera")
    )
    plan = plan_schedule_refresh(scene.conn)
    affected = sum(len(change.affected_bookings) for change in plan)
    stage.claim(
        f"the plan, which touches nothing, names the {affected} bookings that this affects",
        affected > len(scene.winners) and not scene.slot(scene.race).is_legacy,
    )
    counts = refresh_future_schedule(scene.conn)
    stage.show(counts_table([("Bloom", counts)]))
    stage.note(counts=counts, bookings_before=before, bookings_after=scene.count("true"))
    slot = scene.slot(scene.race)
    stage.claim(
        f"none of the {before} bookings is lost; the slot that has {slot.booked_count} is legacy",
        slot.is_legacy and slot.booked_count == CAPACITY and scene.count("true") == before,
    )
    stage.claim(
        f"customers see nothing on {closed:%A}s any more",
        not available_slots(scene.conn, closed, closed, include_full=True),
    )
    stage.claim_refused(SlotNotOffered, "a new customer", lambda: scene.book(scene.race, "Nora"))
    _serve(stage, scene)
    _shrink(stage, scene)


def _serve(stage: Stage, scene: Scene) -> None:
    """Who has booked is served as before."""
    paid = record_payment(
        scene.conn, scene.winners[0].booking_id, PaymentStatus.PAID, actor=staff("Hugo")
    )
    cancelled = cancel_booking(
        scene.conn, scene.winners[1].booking_id, reason="moved to Spain", actor=staff("Hugo")
    )
    slot = scene.slot(scene.race)
    stage.claim(
        f"staff still take a payment and a cancellation there: {slot.booked_count} bookings left",
        (paid.payment_status, cancelled.status, slot.booked_count)
        == ("paid", "cancelled", CAPACITY - 1),
    )


def _shrink(stage: Stage, scene: Scene) -> None:
    """The other slot holds more than its new limit: all stay, and nobody gets in."""
    slot = scene.slot(scene.hold)
    stage.claim(
        f"a slot with {slot.booked_count} bookings keeps them all under its new limit of "
        f"{slot.max_bookings}",
        (slot.booked_count, slot.max_bookings) == (CAPACITY, LOWERED),
    )
    stage.claim_refused(
        MaximumBookingsReached, "whoever wants in there", lambda: scene.book(scene.hold, "Nora")
    )
