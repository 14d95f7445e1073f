"""A shop: make one, see and change its opening hours."""

from typing import Annotated

import typer
from rich.console import Group

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    OpeningHours,
    RefreshCounts,
    create_business,
    refresh_future_schedule,
    set_opening_hours,
)
from bookingdb._call import fetch_all
from bookingdb.cli.opening import OpenRules, hours_table
from bookingdb.cli.options import AsJson, BusinessId, Day, Dsn
from bookingdb.cli.output import emit
from bookingdb.cli.session import connect, operator, shop_of
from bookingdb.cli.settings import (
    CancellationWindow,
    CustomerLimit,
    HoldTimeToLive,
    HorizonDays,
    LeadTime,
    given,
)
from bookingdb.cli.upkeep import counts_table

__all__ = ["hours", "init"]


def init(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the business.")],
    time_zone: Annotated[
        str, typer.Option(metavar="ZONE", help="IANA name, such as Europe/Amsterdam.")
    ],
    rules: OpenRules,
    horizon_days: HorizonDays = None,
    lead_time: LeadTime = None,
    cancellation_window: CancellationWindow = None,
    hold_time_to_live: HoldTimeToLive = None,
    customer_limit: CustomerLimit = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Make a business with its opening hours, and its slots.

    The first business is the default one. Another one needs --business and a
    new UUID. `bookingdb settings` shows what the options left out stand for, and
    changes it.

    For example:
      bookingdb init Bloom --time-zone UTC \
        --open "daily 09:00-17:00 every 1h 3 bookings 10 bouquets"
    """
    actor = operator()
    with connect(dsn) as conn:
        business = create_business(
            conn,
            name,
            time_zone,
            **given(
                horizon_days=horizon_days,
                lead_time=lead_time,
                cancellation_window=cancellation_window,
                hold_time_to_live=hold_time_to_live,
                customer_limit=customer_limit,
            ),
            actor=actor,
            business_id=business_id,
        )
        made = set_opening_hours(
            conn, [r.value for r in rules], actor=actor, business_id=business_id
        )
        counts = refresh_future_schedule(conn, business_id=business_id)
    emit(
        {"business": business, "opening_hours": made, "refresh": counts},
        hours_table(made),
        as_json=as_json,
        note=f"{business.name} has {counts.created} slots. Next: bookingdb slots tomorrow +7",
    )


def hours(
    *,
    rules: OpenRules = [],  # noqa: B006 - Typer copies it
    start: Annotated[
        Day | None,
        typer.Option(
            "--from",
            parser=Day.parse,
            metavar="DATE",
            help="First day of the new hours; today when not given.",
        ),
    ] = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Show the opening hours; with --open replace the whole week, and refresh the slots.

    No booking is lost: a slot that is gone from the schedule takes no new one,
    but serves those that it has.

    For example:
      bookingdb hours --from +14 \
        --open "tue-sat 10:00-18:00 every 30min 3 bookings 10 bouquets"
    """
    if start and not rules:
        raise typer.BadParameter("--from needs --open: it says when new hours begin.")
    counts: RefreshCounts | None = None
    with shop_of(dsn, business_id) as shop:
        if rules:
            set_opening_hours(
                shop.conn,
                [r.value for r in rules],
                effective_from=start.on(shop.today) if start else None,
                actor=operator(),
                business_id=shop.id,
            )
            counts = refresh_future_schedule(shop.conn, business_id=shop.id)
        shown = fetch_all(
            shop.conn,
            OpeningHours,
            """select * from bookingdb.opening_hours
                where business_id = %(business_id)s
                  and not in_force << daterange(%(today)s, null)
                order by lower(in_force), weekday, opens""",
            {"business_id": shop.id, "today": shop.today},
        )
        name = shop.business.name
    table = hours_table(shown)
    view = Group(table, counts_table([(name, counts)])) if counts else table
    emit({"opening_hours": shown, "refresh": counts}, view, as_json=as_json)
