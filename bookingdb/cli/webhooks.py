"""The commands about endpoints by name; how each does, what can be sent, a test event."""

import datetime as dt
from collections.abc import Callable

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    EndpointStatus,
    send_test_event,
    webhook_event_types,
    webhook_fields,
    webhook_status,
)
from bookingdb.cli import endpoint_care, endpoints
from bookingdb.cli.endpoint_options import EndpointId
from bookingdb.cli.failures import guarded
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import cell, emit, grid
from bookingdb.cli.session import connect, operator, shop_of

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Where events go by webhook, and how that does.")


def status(
    *, dsn: Dsn = "", business_id: BusinessId = DEFAULT_BUSINESS_ID, as_json: AsJson = False
) -> None:
    """List the endpoints, how each does, and what waits for it.

    For example:
      bookingdb webhooks list
    """
    with shop_of(dsn, business_id) as shop:
        found = webhook_status(shop.conn, business_id=shop.id)
    now = dt.datetime.now(dt.UTC)
    rows = [
        (
            one.endpoint_id,
            "\n".join(filter(None, (one.url, one.description))),
            one.profile,
            ", ".join(one.event_types),
            *_state(one, now),
            one.pending_count,
            one.oldest_pending_at,
            one.dead_count,
        )
        for one in found
    ]
    columns = ("endpoint", "url", "profile", "events", "state", "why")
    table = grid(*columns, "pending", "oldest", "dead", rows=rows, numbers=["pending", "dead"])
    note = None if found else "Events go nowhere: `bookingdb webhooks add` adds an endpoint."
    emit(found, table if found else None, as_json=as_json, note=note)


def events(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """List the event types and the fields that can be sent.

    Personal fields are sent only where --fields names them.

    For example:
      bookingdb webhooks events
    """
    with connect(dsn) as conn:
        types = [one.event_type for one in webhook_event_types(conn)]
        fields = webhook_fields(conn)
    rows = [("event", one, "") for one in types]
    rows += [("field", f.field, "personal" if f.is_personal else "") for f in fields]
    emit(
        {"event_types": types, "fields": fields},
        grid("what", "name", "", rows=rows),
        as_json=as_json,
    )


def send_test(
    *,
    endpoint_id: EndpointId,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Queue an event webhook.test for an endpoint.

    For example:
      bookingdb webhooks test 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        webhook_id = send_test_event(shop.conn, endpoint_id, actor=operator(), business_id=shop.id)
    emit(
        {"webhook_id": webhook_id},
        grid("webhook", rows=[(webhook_id,)]),
        as_json=as_json,
        note=f"What becomes of it: bookingdb deliveries --endpoint {endpoint_id}",
    )


def _state(one: EndpointStatus, now: dt.datetime) -> tuple[str, str | None]:
    """How an endpoint does, in a word, and why."""
    if one.paused_at is not None:
        return "paused", one.pause_reason
    if one.resting_until is not None and one.resting_until > now:
        return "rests", f"it asked to, until {cell(one.resting_until)}"
    if one.failing_since is not None:
        return "fails", f"since {cell(one.failing_since)}"
    return "well", None


COMMANDS: dict[str, Callable[..., None]] = {
    "add": endpoints.add,
    "list": status,
    "update": endpoints.update,
    "pause": endpoint_care.pause,
    "resume": endpoint_care.resume,
    "rotate": endpoint_care.rotate,
    "remove": endpoint_care.remove,
    "test": send_test,
    "events": events,
}
for name, command in COMMANDS.items():
    app.command(name)(guarded(command))
