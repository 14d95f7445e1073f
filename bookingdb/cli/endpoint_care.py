"""An endpoint in use: pause it, resume it, change its secret, remove it."""

import datetime as dt
from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    pause_webhook_endpoint,
    remove_webhook_endpoint,
    resume_webhook_endpoint,
    rotate_webhook_secret,
)
from bookingdb.cli.endpoint_options import EndpointId, Secret
from bookingdb.cli.endpoints import show_endpoint, show_secret
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason, parse_duration
from bookingdb.cli.output import emit
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.settings import given

__all__ = ["pause", "remove", "resume", "rotate"]


def pause(
    *,
    endpoint_id: EndpointId,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Let the deliveries of an endpoint wait; new ones queue up.

    For example:
      bookingdb webhooks pause 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 \
        --reason "the receiver moves house"
    """
    with shop_of(dsn, business_id) as shop:
        endpoint = pause_webhook_endpoint(
            shop.conn,
            endpoint_id,
            **given(reason=reason),
            actor=operator(reason),
            business_id=shop.id,
        )
    note = "Nothing is lost: what waits goes on with `bookingdb webhooks resume`."
    show_endpoint(endpoint, as_json=as_json, note=note)


def resume(
    *,
    endpoint_id: EndpointId,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Let the deliveries of an endpoint go on, all at once.

    For example:
      bookingdb webhooks resume 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11
    """
    with shop_of(dsn, business_id) as shop:
        endpoint = resume_webhook_endpoint(
            shop.conn, endpoint_id, actor=operator(reason), business_id=shop.id
        )
    show_endpoint(endpoint, as_json=as_json)


def remove(
    *,
    endpoint_id: EndpointId,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Send nothing to an endpoint any more: what waits is discarded, its secrets go.

    For example:
      bookingdb webhooks remove 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 --yes
    """
    if not yes:
        what = f"Remove {endpoint_id}, and discard what waits for it?"
        typer.confirm(what, abort=True, err=True)
    with shop_of(dsn, business_id) as shop:
        count = remove_webhook_endpoint(
            shop.conn, endpoint_id, actor=operator(reason), business_id=shop.id
        )
    emit({"discarded": count}, as_json=as_json, note=f"Removed; deliveries discarded: {count}.")


def rotate(
    *,
    endpoint_id: EndpointId,
    overlap: Annotated[
        dt.timedelta | None,
        typer.Option(
            metavar="24h", parser=parse_duration, help="So long the old one signs as well."
        ),
    ] = None,
    secret: Secret = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Give an endpoint a new secret. Shows it, this once.

    For example:
      bookingdb webhooks rotate 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 --overlap 24h
    """
    with shop_of(dsn, business_id) as shop:
        made = rotate_webhook_secret(
            shop.conn,
            endpoint_id,
            secret=secret,
            **given(overlap=overlap),
            actor=operator(reason),
            business_id=shop.id,
        )
    show_secret(endpoint_id, made, as_json=as_json)
