"""Where events go by webhook, and what became of them.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from bookingdb._call import afetch_one, aread_all
from bookingdb._rows import jsonb
from bookingdb.models import (
    DEFAULT_BUSINESS_ID,
    Actor,
    DeliveryState,
    DeliverySummary,
    EndpointStatus,
    NewEndpoint,
    TrailEntry,
    UndeliveredChange,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEventType,
    WebhookField,
    WebhookProfile,
)
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "add_webhook_endpoint",
    "confirm_processed",
    "delivery_trail",
    "pause_webhook_endpoint",
    "purge_deliveries",
    "recent_deliveries",
    "reconcile",
    "remove_webhook_endpoint",
    "replay_deliveries",
    "resume_webhook_endpoint",
    "rotate_webhook_secret",
    "send_test_event",
    "update_webhook_endpoint",
    "webhook_event_types",
    "webhook_fields",
    "webhook_status",
]


async def add_webhook_endpoint(
    conn: AnyAsyncConnection,
    url: str,
    *,
    event_types: list[str] | None = None,
    description: str | None = None,
    secret: str | None = None,
    headers: Mapping[str, str] | None = None,
    fields: list[str] | None = None,
    profile: WebhookProfile = WebhookProfile.STANDARD,
    rate_limit: int | None = None,
    timeout: dt.timedelta = dt.timedelta(seconds=15),
    retry_schedule: list[dt.timedelta] | None = None,
    pause_after: dt.timedelta = dt.timedelta(days=2),
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> NewEndpoint:
    """Sends events of the business to `url` from now on. What is NULL gets its usual value: a new
    secret; booking.* as event types; every field that is not personal; for Make.com 25 requests
    a second, else no limit; retries after 5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h
    and 24 h.
    `headers`: a JSON object of headers of your own, such as {"x-make-apikey": "..."}; their
    values are kept like secrets.
    Locks: the relay's cursor, so that no change after this call is missed.
    Returns the endpoint's id and its secret, which is shown here and never again.
    Raises ZB012: unknown business, malformed URL, event types, headers, fields or secret, limits
    out of range.
    """
    return await afetch_one(
        conn,
        NewEndpoint,
        """select * from bookingdb.add_webhook_endpoint(
          p_url => %(url)s,
          p_event_types => %(event_types)s,
          p_description => %(description)s,
          p_secret => %(secret)s,
          p_headers => %(headers)s,
          p_fields => %(fields)s,
          p_profile => %(profile)s,
          p_rate_limit => %(rate_limit)s::int,
          p_timeout => %(timeout)s,
          p_retry_schedule => %(retry_schedule)s,
          p_pause_after => %(pause_after)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "url": url,
            "event_types": event_types,
            "description": description,
            "secret": secret,
            "headers": jsonb(headers),
            "fields": fields,
            "profile": profile,
            "rate_limit": rate_limit,
            "timeout": timeout,
            "retry_schedule": retry_schedule,
            "pause_after": pause_after,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def confirm_processed(
    conn: AnyAsyncConnection,
    webhook_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> WebhookDelivery:
    """Says that the receiver has really processed an event, not only accepted it: Make.com, say,
    answers 200 as soon as the event is in its queue. A delivery that is still open is delivered
    by that; the first confirmation counts.
    Locks: the endpoint against changes, then the delivery.
    Returns the delivery.
    Raises ZB017 when there is no such delivery.
    """
    return await afetch_one(
        conn,
        WebhookDelivery,
        """select * from bookingdb.confirm_processed(
          p_webhook_id => %(webhook_id)s,
          p_business_id => %(business_id)s
        )""",
        {"webhook_id": webhook_id, "business_id": business_id},
    )


async def delivery_trail(
    conn: AnyAsyncConnection,
    booking_id: UUID,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[TrailEntry]:
    """The chain of custody of a booking: each change and who made it, each endpoint that was to
    hear of it, each attempt and what the receiver answered, oldest first. A change that nobody
    subscribes to has a row without a delivery, a delivery that was not tried one without an
    attempt. Raises ZB006 when there never was such a booking.
    """
    return await aread_all(
        conn,
        TrailEntry,
        """select * from bookingdb.delivery_trail(
          p_booking_id => %(booking_id)s,
          p_business_id => %(business_id)s
        )""",
        {"booking_id": booking_id, "business_id": business_id},
    )


async def pause_webhook_endpoint(
    conn: AnyAsyncConnection,
    endpoint_id: UUID,
    *,
    reason: str = "Paused by staff",
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> WebhookEndpoint:
    """Lets the deliveries of an endpoint wait until it is resumed; new ones queue up. What is being
    sent just now is not called back. Paused already: nothing happens.
    Returns the endpoint. Raises ZB016 when there is none; ZB012 for a blank reason.
    """
    return await afetch_one(
        conn,
        WebhookEndpoint,
        """select * from bookingdb.pause_webhook_endpoint(
          p_endpoint_id => %(endpoint_id)s,
          p_reason => %(reason)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "endpoint_id": endpoint_id,
            "reason": reason,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def purge_deliveries(
    conn: AnyAsyncConnection,
    *,
    older_than: dt.timedelta = dt.timedelta(days=90),
    limit: int = 10000,
) -> int:
    """Deletes deliveries that were finished longer than `older_than` ago, of all businesses, with
    their payloads and attempts, at most `limit` of them: call it until it returns 0. Pending
    ones are never deleted, and none that was queued after a change that is not relayed yet. For
    a time that differs between businesses use set_retention() and apply_retention().
    Returns how many deliveries it deleted. Raises ZB012: `older_than` not from 1 day to 100
    years, `limit` not from 1 to 1000000; 42501 for a login that is bound to businesses.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.purge_deliveries(
          p_older_than => %(older_than)s,
          p_limit => %(limit)s::int
        ) as x""",
        {"older_than": older_than, "limit": limit},
    )


async def recent_deliveries(
    conn: AnyAsyncConnection,
    *,
    endpoint_id: UUID | None = None,
    state: DeliveryState | None = None,
    booking_id: UUID | None = None,
    limit: int = 100,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[DeliverySummary]:
    """Deliveries and their last attempt, the newest first; what is NULL restricts nothing.
    Raises ZB012 for a `limit` that is not from 1 to 10000.
    """
    return await aread_all(
        conn,
        DeliverySummary,
        """select * from bookingdb.recent_deliveries(
          p_endpoint_id => %(endpoint_id)s,
          p_state => %(state)s,
          p_booking_id => %(booking_id)s,
          p_limit => %(limit)s::int,
          p_business_id => %(business_id)s
        )""",
        {
            "endpoint_id": endpoint_id,
            "state": state,
            "booking_id": booking_id,
            "limit": limit,
            "business_id": business_id,
        },
    )


async def reconcile(
    conn: AnyAsyncConnection,
    from_: dt.datetime,
    *,
    to: dt.datetime | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[UndeliveredChange]:
    """The changes from `from` to before `to` (NULL: now) that an endpoint should have been sent and
    was not, or not yet: not relayed, pending, dead. No row: every committed change has been
    delivered to every endpoint that subscribes to it. What may have been purged is not looked
    at.
    Raises ZB012 for a `from` after `to`.
    """
    return await aread_all(
        conn,
        UndeliveredChange,
        """select * from bookingdb.reconcile(
          p_from => %(from)s,
          p_to => %(to)s,
          p_business_id => %(business_id)s
        )""",
        {"from": from_, "to": to, "business_id": business_id},
    )


async def remove_webhook_endpoint(
    conn: AnyAsyncConnection,
    endpoint_id: UUID,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> int:
    """Sends nothing to an endpoint any more: what waits is discarded, its secrets are deleted. The
    trail of what it was sent stays.
    Locks: the endpoint, then the relay's cursor, so that nothing is queued for it meanwhile.
    Returns how many deliveries were discarded.
    Raises ZB016 when there is no such endpoint.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.remove_webhook_endpoint(
          p_endpoint_id => %(endpoint_id)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"endpoint_id": endpoint_id, "actor": jsonb(actor), "business_id": business_id},
    )


async def replay_deliveries(
    conn: AnyAsyncConnection,
    *,
    endpoint_id: UUID | None = None,
    from_: dt.datetime | None = None,
    to: dt.datetime | None = None,
    booking_id: UUID | None = None,
    state: DeliveryState | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> int:
    """Sends again what was sent to an endpoint, or of a booking, or of events of a time: `from`
    included, `to` not. At least one of them must be given; what is NULL restricts nothing.
    `state`: only those that are delivered, or dead; NULL: both. Bytes and webhook-id are the
    same as the first time, so that a receiver knows what it has. What is still pending is not
    touched, what was discarded stays so.
    Locks: the endpoints, then the deliveries.
    Returns how many. Raises ZB016 when there is no such endpoint; ZB012: nothing given, `from`
    after `to`, `state` neither delivered nor dead.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.replay_deliveries(
          p_endpoint_id => %(endpoint_id)s,
          p_from => %(from)s,
          p_to => %(to)s,
          p_booking_id => %(booking_id)s,
          p_state => %(state)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {
            "endpoint_id": endpoint_id,
            "from": from_,
            "to": to,
            "booking_id": booking_id,
            "state": state,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def resume_webhook_endpoint(
    conn: AnyAsyncConnection,
    endpoint_id: UUID,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> WebhookEndpoint:
    """Lets the deliveries of an endpoint go on: what waits is due at once, and may be retried as
    often as if it were new. Not paused: what waits for a retry is due at once.
    Returns the endpoint. Raises ZB016 when there is none.
    """
    return await afetch_one(
        conn,
        WebhookEndpoint,
        """select * from bookingdb.resume_webhook_endpoint(
          p_endpoint_id => %(endpoint_id)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"endpoint_id": endpoint_id, "actor": jsonb(actor), "business_id": business_id},
    )


async def rotate_webhook_secret(
    conn: AnyAsyncConnection,
    endpoint_id: UUID,
    *,
    secret: str | None = None,
    overlap: dt.timedelta = dt.timedelta(seconds=86400),
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> str:
    """Gives an endpoint a new secret; the ones before sign as well for `overlap` more, so that the
    receiver can change over without losing an event. 0: they are worthless at once.
    Returns the new secret, which is shown here and never again.
    Raises ZB016 when there is no such endpoint; ZB012: malformed secret, `overlap` not from 0 to
    30 days.
    """
    return await afetch_one(
        conn,
        str,
        """select x from bookingdb.rotate_webhook_secret(
          p_endpoint_id => %(endpoint_id)s,
          p_secret => %(secret)s,
          p_overlap => %(overlap)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {
            "endpoint_id": endpoint_id,
            "secret": secret,
            "overlap": overlap,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def send_test_event(
    conn: AnyAsyncConnection,
    endpoint_id: UUID,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> UUID:
    """Queues an event webhook.test for one endpoint, whatever it subscribes to.
    Returns its webhook_id; recent_deliveries() tells what became of it.
    Raises ZB016 when there is no such endpoint.
    """
    return await afetch_one(
        conn,
        UUID,
        """select x from bookingdb.send_test_event(
          p_endpoint_id => %(endpoint_id)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        ) as x""",
        {"endpoint_id": endpoint_id, "actor": jsonb(actor), "business_id": business_id},
    )


async def update_webhook_endpoint(
    conn: AnyAsyncConnection,
    endpoint_id: UUID,
    *,
    url: str | None = None,
    event_types: list[str] | None = None,
    description: str | None = None,
    headers: Mapping[str, str] | None = None,
    fields: list[str] | None = None,
    profile: WebhookProfile | None = None,
    rate_limit: int | None = None,
    timeout: dt.timedelta | None = None,
    retry_schedule: list[dt.timedelta] | None = None,
    pause_after: dt.timedelta | None = None,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> WebhookEndpoint:
    """Changes settings of an endpoint; what is NULL stays. `headers` replace all that it had; a
    `rate_limit` of 0 means none. What is queued already keeps its bytes and goes to the new URL.
    Locks: the endpoint, then the relay's cursor.
    Returns the endpoint. Raises ZB016 when there is none; ZB012: see add_webhook_endpoint().
    """
    return await afetch_one(
        conn,
        WebhookEndpoint,
        """select * from bookingdb.update_webhook_endpoint(
          p_endpoint_id => %(endpoint_id)s,
          p_url => %(url)s,
          p_event_types => %(event_types)s,
          p_description => %(description)s,
          p_headers => %(headers)s,
          p_fields => %(fields)s,
          p_profile => %(profile)s,
          p_rate_limit => %(rate_limit)s::int,
          p_timeout => %(timeout)s,
          p_retry_schedule => %(retry_schedule)s,
          p_pause_after => %(pause_after)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {
            "endpoint_id": endpoint_id,
            "url": url,
            "event_types": event_types,
            "description": description,
            "headers": jsonb(headers),
            "fields": fields,
            "profile": profile,
            "rate_limit": rate_limit,
            "timeout": timeout,
            "retry_schedule": retry_schedule,
            "pause_after": pause_after,
            "actor": jsonb(actor),
            "business_id": business_id,
        },
    )


async def webhook_event_types(
    conn: AnyAsyncConnection,
) -> list[WebhookEventType]:
    """Every event that is sent by webhook."""
    return await aread_all(
        conn, WebhookEventType, "select * from bookingdb.webhook_event_types()", {}
    )


async def webhook_fields(
    conn: AnyAsyncConnection,
) -> list[WebhookField]:
    """The fields of bookings and actors that an endpoint may be sent, and which of them are
    personal: those are sent only where its list names them. Ids are always sent. Keys of
    repeated requests never are.
    """
    return await aread_all(conn, WebhookField, "select * from bookingdb.webhook_fields()", {})


async def webhook_status(
    conn: AnyAsyncConnection,
    *,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> list[EndpointStatus]:
    """The endpoints of a business, how each does, and what waits for it."""
    return await aread_all(
        conn,
        EndpointStatus,
        """select * from bookingdb.webhook_status(
          p_business_id => %(business_id)s
        )""",
        {"business_id": business_id},
    )
