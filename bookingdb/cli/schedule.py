"""The schedule and what departs from it: dates that are closed, or have their own hours."""

from typing import Annotated

import typer
from rich.console import Group

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    ScheduleException,
    add_closures,
    clear_schedule_exception,
    schedule_as_of,
    set_schedule_exception,
)
from bookingdb._call import fetch_all
from bookingdb.cli.opening import OpenHours, exceptions_table, hours_table
from bookingdb.cli.options import (
    AsJson,
    BusinessId,
    Date,
    Day,
    Dsn,
    FirstDate,
    LastDate,
    Reason,
)
from bookingdb.cli.output import emit
from bookingdb.cli.session import operator, shop_of

__all__ = ["close", "open_on", "reopen", "schedule"]

NEXT = "`bookingdb plan` shows what that does to slots and bookings, `bookingdb refresh` does it."
PublicReason = Annotated[str | None, typer.Option(help="Why, for people.", metavar="TEXT")]


def schedule(
    *,
    date: Annotated[
        Day | None,
        typer.Argument(metavar="DATE", parser=Day.parse, help="Today when not given."),
    ] = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show the week as it is, was or will be on a date, and what departs from it since.

    For example:
      bookingdb schedule +14
    """
    with shop_of(dsn, business_id) as shop:
        day = date.on(shop.today) if date else shop.today
        rules = schedule_as_of(shop.conn, day, business_id=shop.id)
        exceptions = fetch_all(
            shop.conn,
            ScheduleException,
            """select * from bookingdb.schedule_exceptions
                where business_id = %(business_id)s
                  and date >= %(day)s
                order by date, opens""",
            {"business_id": shop.id, "day": day},
        )
    week = hours_table(rules)
    emit(
        {"date": day, "opening_hours": rules, "exceptions": exceptions},
        Group(week, "", exceptions_table(exceptions)) if exceptions else week,
        as_json=as_json,
        note=None if rules else f"No weekly hours are in force on {day:%a %F}.",
    )


def close(
    *,
    first: FirstDate,
    last: LastDate = None,
    reason: PublicReason = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Dates too that depart from the schedule already.")
    ] = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Close on a date, or on all dates of a range. No booking is lost.

    For example:
      bookingdb close +14 +20 --reason "summer holidays"
    """
    with shop_of(dsn, business_id) as shop:
        begin, end = first.on(shop.today), (last or first).on(shop.today)
        closed = add_closures(
            shop.conn,
            [{"from": begin, "to": end, "reason": reason}],
            replace=replace,
            actor=operator(reason),
            business_id=shop.id,
        )
    kept = (end - begin).days + 1 - len(closed)
    notes = [NEXT] if closed else []
    if kept:
        how = "are past" if replace else "are past, or depart from the schedule already (--replace)"
        notes.insert(0, f"{_dates(kept)} left as before: they {how}.")
    emit(
        closed,
        exceptions_table(closed) if closed else None,
        as_json=as_json,
        note="\n".join(notes),
    )


def open_on(
    *,
    date: Date,
    hours: OpenHours,
    reason: PublicReason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Give one date its own hours, in the place of the weekly ones.

    For example:
      bookingdb open-on +14 --reason "Valentine's Day" \
        --open "07:00-22:00 every 30min 5 bookings 20 bouquets"
    """
    with shop_of(dsn, business_id) as shop:
        opened = set_schedule_exception(
            shop.conn,
            date.on(shop.today),
            [opening.value for opening in hours],
            reason=reason,
            actor=operator(reason),
            business_id=shop.id,
        )
    emit(opened, exceptions_table(opened), as_json=as_json, note=NEXT)


def reopen(
    *,
    date: Date,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Let the weekly hours hold again on a date that was closed, or had its own.

    For example:
      bookingdb reopen +14
    """
    with shop_of(dsn, business_id) as shop:
        day = date.on(shop.today)
        was_exception = clear_schedule_exception(
            shop.conn, day, actor=operator(reason), business_id=shop.id
        )
    emit(
        {"date": day, "was_exception": was_exception},
        as_json=as_json,
        note=f"The weekly hours hold again on {day:%a %F}.\n{NEXT}"
        if was_exception
        else f"The weekly hours hold on {day:%a %F} as before.",
    )


def _dates(count: int) -> str:
    return f"{count} date{'' if count == 1 else 's'}"
