"""Act 1: a business and its opening hours become slots."""

import datetime as dt

from rich import box
from rich.table import Table
from rich.text import Text

from bookingdb import (
    AvailableSlot,
    available_slots,
    create_business,
    refresh_future_schedule,
    set_opening_hours,
)
from bookingdb.demo.scene import CAPACITY, Scene, staff
from bookingdb.demo.stage import Stage

__all__ = ["HOURS", "play"]

HOURS = {
    "opens": "10:00",
    "closes": "16:00",
    "slot_interval": "1 hour",
    "max_bookings": CAPACITY,
    "max_bouquets": 20,
}
EVERY_DAY = list(range(1, 8))
HORIZON_DAYS = 28


def play(stage: Stage, scene: Scene) -> None:
    """Open the shop, and show a week."""
    stage.begin("Opening hours become slots")
    owner = staff("Vera")
    create_business(scene.conn, "Bloom", "Europe/Amsterdam", horizon_days=HORIZON_DAYS, actor=owner)
    set_opening_hours(scene.conn, [{"weekday": EVERY_DAY, **HOURS}], actor=owner)
    counts = refresh_future_schedule(scene.conn)
    stage.say(
        f"Bloom, a flower shop in Amsterdam, opens daily from 10 to 16 and takes {CAPACITY} "
        f"bookings an hour. One call made {counts.created} slots; this is a week of them:"
    )
    first = scene.race.date - dt.timedelta(days=scene.race.date.weekday())
    week = available_slots(scene.conn, first, first + dt.timedelta(days=6))
    stage.show(_calendar(week))
    stage.note(slots_created=counts.created)
    stage.claim(
        "7 days of 6 slots, every place free",
        len(week) == 7 * 6 and all(s.remaining_bookings == CAPACITY for s in week),
    )
    stage.claim(
        "refreshing again changes nothing",
        not any(getattr(refresh_future_schedule(scene.conn), f) for f in counts.__match_args__),
    )


def _calendar(slots: list[AvailableSlot]) -> Table:
    """Dates across, times down, and in each field the bookings that are left."""
    left = {(slot.date, slot.time): slot.remaining_bookings for slot in slots}
    dates = sorted({date for date, _ in left})
    table = Table(box=box.ROUNDED, border_style="dim")
    table.add_column("")
    for date in dates:
        table.add_column(f"{date:%a}\n{date:%-d %b}", justify="center")
    for time in sorted({time for _, time in left}):
        fields = (Text(str(left.get((date, time), "")), style="green") for date in dates)
        table.add_row(f"{time:%H:%M}", *fields)
    return table
