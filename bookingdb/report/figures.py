"""All figures of a report, as the database gives them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection, errors

import bookingdb
from bookingdb import (
    Activity,
    Deliveries,
    EndpointDeliveries,
    LeadTimes,
    Occupancy,
    RefusalCount,
    ReportSummary,
    WeekOccupancy,
)

__all__ = ["Report", "collect"]


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say of a business from a date to another."""

    business_id: UUID
    first: dt.date
    last: dt.date
    summary: ReportSummary
    week: list[WeekOccupancy]
    occupancy: list[Occupancy]
    activity: list[Activity]
    lead_times: list[LeadTimes]
    deliveries: list[Deliveries]
    endpoints: list[EndpointDeliveries]
    refusals: list[RefusalCount]
    health: dict[str, Any] | None
    """What health() says; None for a login that is bound to businesses, which may not ask."""


def collect(conn: Connection[Any], first: dt.date, last: dt.date, business_id: UUID) -> Report:
    """The figures from `first` to `last`, in one snapshot if the transaction has one.

    Raises InvalidArgument: no such business, no range of dates, more than ten years.
    """
    return Report(
        business_id=business_id,
        first=first,
        last=last,
        summary=bookingdb.report_summary(conn, first, last, business_id=business_id),
        week=bookingdb.report_week(conn, first, last, business_id=business_id),
        occupancy=bookingdb.report_occupancy(conn, first, last, business_id=business_id),
        activity=bookingdb.report_activity(conn, first, last, business_id=business_id),
        lead_times=bookingdb.report_lead_times(conn, first, last, business_id=business_id),
        deliveries=bookingdb.report_deliveries(conn, first, last, business_id=business_id),
        endpoints=bookingdb.report_endpoints(conn, first, last, business_id=business_id),
        refusals=bookingdb.report_refusals(conn, first, last, business_id=business_id),
        health=_health(conn),
    )


def _health(conn: Connection[Any]) -> dict[str, Any] | None:
    try:
        with conn.transaction():
            return bookingdb.health(conn)
    except errors.InsufficientPrivilege:
        return None
