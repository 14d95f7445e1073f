"""The errors of bookingdb, one class per SQLSTATE.

psycopg raises them by itself, since each is declared with its code::

    psycopg.errors.DatabaseError
    └── BookingError                    .sqlstate .message .detail .hint .retryable
        ├── SlotUnavailable             the slot cannot be booked, for whatever reason
        │   ├── SlotNotFound            ZB001
        │   ├── MaximumBookingsReached  ZB002
        │   ├── MaximumBouquetsReached  ZB003
        │   ├── SlotNotOffered          ZB004
        │   └── SlotNotOpen             ZB005
        ├── BookingNotFound             ZB006
        ├── VersionConflict             ZB007
        ├── IllegalTransition           ZB008
        ├── IdempotencyKeyReused        ZB009
        ├── HoldExpired                 ZB010
        ├── CancellationWindowClosed    ZB011
        ├── InvalidArgument             ZB012
        ├── PlanOutOfDate               ZB013
        ├── CustomerLimitReached        ZB014
        ├── BookingsAffected            ZB015
        ├── WebhookEndpointNotFound     ZB016
        ├── WebhookDeliveryNotFound     ZB017
        ├── EventsNotDelivered          ZB018
        └── CustomerHasOpenBookings     ZB019

Three errors of PostgreSQL itself go away when the transaction is run again. They stay what they are
in psycopg, and know it too::

    psycopg.errors.SerializationFailure ── SerializationFailure  40001  .retryable = True
    psycopg.errors.DeadlockDetected     ── DeadlockDetected      40P01  .retryable = True
    psycopg.errors.LockNotAvailable     ── LockNotAvailable      55P03  .retryable = True
"""

from typing import ClassVar

from psycopg import errors as pg

__all__ = [
    "BookingError",
    "BookingNotFound",
    "BookingsAffected",
    "CancellationWindowClosed",
    "CustomerHasOpenBookings",
    "CustomerLimitReached",
    "DeadlockDetected",
    "EventsNotDelivered",
    "HoldExpired",
    "IdempotencyKeyReused",
    "IllegalTransition",
    "InvalidArgument",
    "LockNotAvailable",
    "MaximumBookingsReached",
    "MaximumBouquetsReached",
    "PlanOutOfDate",
    "SerializationFailure",
    "SlotNotFound",
    "SlotNotOffered",
    "SlotNotOpen",
    "SlotUnavailable",
    "VersionConflict",
    "WebhookDeliveryNotFound",
    "WebhookEndpointNotFound",
    "is_retryable",
]


class BookingError(pg.DatabaseError):
    """An error that bookingdb raised. Branch on its class or `sqlstate`, never on the text."""

    retryable: ClassVar[bool] = False
    """Whether the same call can succeed when the transaction is simply run again."""

    @property
    def message(self) -> str:
        """What is wrong, in one stable English sentence."""
        return self.diag.message_primary or ""

    @property
    def detail(self) -> str:
        """The figures: which slot, how many, which version."""
        return self.diag.message_detail or ""

    @property
    def hint(self) -> str:
        """What to do next."""
        return self.diag.message_hint or ""


class SlotUnavailable(BookingError):
    """The slot cannot be booked."""


class SlotNotFound(SlotUnavailable, code="ZB001"):
    """There is no slot on that date at that time."""


class MaximumBookingsReached(SlotUnavailable, code="ZB002"):
    """The slot has no booking left."""


class MaximumBouquetsReached(SlotUnavailable, code="ZB003"):
    """The slot has not so many bouquets left."""


class SlotNotOffered(SlotUnavailable, code="ZB004"):
    """The slot is legacy: it serves the bookings it has and takes no new one."""


class SlotNotOpen(SlotUnavailable, code="ZB005"):
    """The slot has begun, is inside the lead time or beyond the horizon."""


class BookingNotFound(BookingError, code="ZB006"):
    """There is no such booking in that business."""


class VersionConflict(BookingError, code="ZB007"):
    """The booking was changed since the version that the caller expected."""


class IllegalTransition(BookingError, code="ZB008"):
    """The booking cannot go from its state to the one asked for."""


class IdempotencyKeyReused(BookingError, code="ZB009"):
    """The idempotency key made another booking, with other arguments."""


class HoldExpired(BookingError, code="ZB010"):
    """The hold has run out and its place is taken."""


class CancellationWindowClosed(BookingError, code="ZB011"):
    """It is too late for the customer to cancel or to move the booking."""


class InvalidArgument(BookingError, code="ZB012"):
    """An argument is missing or malformed; the message names it."""


class PlanOutOfDate(BookingError, code="ZB013"):
    """The facts have overtaken the plan."""


class CustomerLimitReached(BookingError, code="ZB014"):
    """The customer has as many open bookings on that date as the business takes from one."""


class BookingsAffected(BookingError, code="ZB015"):
    """The plan affects bookings, and was to be refused then."""


class WebhookEndpointNotFound(BookingError, code="ZB016"):
    """The business has no such webhook endpoint, or it was removed."""


class WebhookDeliveryNotFound(BookingError, code="ZB017"):
    """The business has no delivery with that webhook-id."""


class EventsNotDelivered(BookingError, code="ZB018"):
    """Changes of that month have still to be relayed, delivered, sealed or exported."""


class CustomerHasOpenBookings(BookingError, code="ZB019"):
    """The customer has bookings that are still to come, and was not to be erased then."""


class SerializationFailure(pg.SerializationFailure, code="40001"):
    """Another transaction changed what this one had read."""

    retryable: ClassVar[bool] = True


class DeadlockDetected(pg.DeadlockDetected, code="40P01"):
    """Two transactions waited for each other; this one was given up."""

    retryable: ClassVar[bool] = True


class LockNotAvailable(pg.LockNotAvailable, code="55P03"):
    """The caller's lock_timeout ended the wait for a lock."""

    retryable: ClassVar[bool] = True


def is_retryable(error: BaseException) -> bool:
    """Whether to run the whole transaction again."""
    return bool(getattr(error, "retryable", False))
