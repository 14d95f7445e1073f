"""The same as select-for-update with SQLAlchemy: a Session, a locked object, and a unit of work."""

import datetime as dt
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import FetchedValue, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from bookingdb import DEFAULT_BUSINESS_ID
from bookingdb.bench.contestants import callers

__all__ = ["open_caller"]

SCHEMA = "sqlalchemy_orm"


class Base(DeclarativeBase):
    """Of the tables below."""


class Slot(Base):
    """What can be booked."""

    __tablename__ = "slots"
    __table_args__ = {"schema": SCHEMA}  # noqa: RUF012
    business_id: Mapped[UUID] = mapped_column(primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    time: Mapped[dt.time] = mapped_column(primary_key=True)
    max_bookings: Mapped[int]
    max_bouquets: Mapped[int]
    booked_count: Mapped[int]
    booked_bouquets: Mapped[int]


class Booking(Base):
    """Who booked what."""

    __tablename__ = "bookings"
    __table_args__ = {"schema": SCHEMA}  # noqa: RUF012
    business_id: Mapped[UUID] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    date: Mapped[dt.date]
    time: Mapped[dt.time]
    bouquets: Mapped[int]
    customer_name: Mapped[str]
    customer_email: Mapped[str]


def open_caller(conn: psycopg.Connection[Any]) -> "callers.Caller":
    """On this connection, which SQLAlchemy then begins and ends transactions on."""
    conn.autocommit = False
    engine = create_engine("postgresql+psycopg://", creator=lambda: conn, poolclass=StaticPool)

    def book(day: int, place: int) -> int:
        date, time = callers.slot_of(day, place)
        with Session(engine) as session, session.begin():
            query = select(Slot).where(
                Slot.business_id == DEFAULT_BUSINESS_ID, Slot.date == date, Slot.time == time
            )
            slot = session.execute(query.with_for_update()).scalar_one()
            if (
                slot.booked_count >= slot.max_bookings
                or slot.booked_bouquets + 2 > slot.max_bouquets
            ):
                return 0
            slot.booked_count += 1
            slot.booked_bouquets += 2
            session.add(
                Booking(
                    business_id=slot.business_id,
                    date=date,
                    time=time,
                    bouquets=2,
                    customer_name=callers.NAME,
                    customer_email=callers.EMAIL,
                )
            )
        return 1

    return book
