"""Acts 6 and 8: who did what, and whether all is sound."""

from psycopg import errors as pg

from bookingdb import (
    VersionConflict,
    booking_history,
    cancel_booking,
    check_integrity,
    record_payment,
)
from bookingdb.cli.views import history_table
from bookingdb.demo.scene import Scene, staff
from bookingdb.demo.stage import Stage
from bookingdb.models import PaymentStatus

__all__ = ["play", "play_check"]


def play(stage: Stage, scene: Scene) -> None:
    """Change a booking in three ways, and read its history."""
    stage.begin("The audit log tells who did what")
    booking = scene.winners[2]
    stage.say(f"Hugo and Mia both look at version 1 of {booking.customer_name}'s booking.")
    record_payment(
        scene.conn,
        booking.booking_id,
        PaymentStatus.PAID,
        expected_version=1,
        actor=staff("Hugo", "paid by card"),
    )
    stage.claim_refused(
        VersionConflict,
        "Mia, who wants to cancel what Hugo has just been paid for,",
        lambda: cancel_booking(
            scene.conn, booking.booking_id, expected_version=1, actor=staff("Mia")
        ),
    )
    stage.say("Then somebody changes it with an UPDATE of their own. The log has it all:")
    scene.conn.execute(
        "update bookingdb.bookings set bouquets = 2, notes = 'one more' where booking_id = %s",
        [booking.booking_id],
    )
    entries = booking_history(scene.conn, booking.booking_id)
    stage.show(history_table(entries))
    stage.note(history=entries)
    told = [(e.booking_version, e.action_type, e.performed_by) for e in entries]
    stage.claim(
        "customer, staff and the hand-written UPDATE are there, versions without a gap",
        told == [(1, "created", "customer"), (2, "payment_succeeded", "admin"),
                 (3, "modified", "system")],
    )  # fmt: skip
    try:
        scene.conn.execute("delete from bookingdb.booking_audit_log")
    except pg.InsufficientPrivilege as error:
        stage.claim(f"even a superuser is told “{error.diag.message_primary}”", True)
    else:
        stage.claim("even a superuser cannot delete from the log", False)


def play_check(stage: Stage, scene: Scene) -> None:
    """Recount everything."""
    stage.begin("Is all sound?")
    findings = check_integrity(scene.conn)
    for finding in findings:
        stage.say(f"{finding.check_name}: {finding.object}: {finding.detail}")
    stage.note(findings=findings)
    stage.claim("check_integrity() finds nothing that must not be", not findings)
