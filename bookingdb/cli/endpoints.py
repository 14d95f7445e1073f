"""Where events go by webhook: add an endpoint, change its settings."""

from typing import Annotated, Any
from uuid import UUID

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    WebhookEndpoint,
    add_webhook_endpoint,
    update_webhook_endpoint,
)
from bookingdb.cli.endpoint_options import (
    Description,
    EndpointId,
    EnvHeaders,
    Events,
    Fields,
    Headers,
    Make,
    PauseAfter,
    RateLimit,
    Retry,
    Secret,
    Timeout,
    settings_of,
)
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import operator, shop_of
from bookingdb.cli.settings import given

__all__ = ["add", "show_endpoint", "show_secret", "update"]


def add(
    *,
    url: Annotated[str, typer.Argument(metavar="URL", help="https://HOST/PATH")],
    events: Events = None,
    fields: Fields = None,
    header: Headers = None,
    header_env: EnvHeaders = None,
    make: Make = None,
    rate_limit: RateLimit = None,
    timeout: Timeout = None,
    retry: Retry = None,
    pause_after: PauseAfter = None,
    description: Description = None,
    secret: Secret = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Send events to a URL from now on. Shows the secret, this once.

    For example:
      bookingdb webhooks add https://shop.example/hook \
        --events 'booking.*' --retry 5s,1min,1h --pause-after 3d
    """
    settings = settings_of(
        events=events,
        fields=fields,
        header=header,
        header_env=header_env,
        make=make,
        retry=retry,
        rate_limit=rate_limit,
        timeout=timeout,
        pause_after=pause_after,
    )
    with shop_of(dsn, business_id) as shop:
        made = add_webhook_endpoint(
            shop.conn,
            url,
            **settings,
            description=description,
            secret=secret,
            actor=operator(reason),
            business_id=shop.id,
        )
    show_secret(made.endpoint_id, made.secret, as_json=as_json)


def update(
    *,
    endpoint_id: EndpointId,
    url: Annotated[str | None, typer.Option(metavar="URL", help="https://HOST/PATH")] = None,
    events: Events = None,
    fields: Fields = None,
    header: Headers = None,
    header_env: EnvHeaders = None,
    no_headers: Annotated[
        bool, typer.Option("--no-headers", help="Take all its headers away.")
    ] = False,
    make: Make = None,
    rate_limit: RateLimit = None,
    timeout: Timeout = None,
    retry: Retry = None,
    pause_after: PauseAfter = None,
    description: Description = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    r"""Change settings of an endpoint; what is not given stays.

    Events, fields and headers replace those that it has. What is queued already
    keeps its content.

    For example:
      bookingdb webhooks update 5e0f2f0c-8d5a-4c8e-9f0e-2a7a3f1c6b11 \
        --rate-limit 10 --timeout 5s
    """
    settings = settings_of(
        events=events,
        fields=fields,
        header=header,
        header_env=header_env,
        make=make,
        retry=retry,
        rate_limit=rate_limit,
        timeout=timeout,
        pause_after=pause_after,
    ) | given(url=url, description=description, headers={} if no_headers else None)
    if not settings:
        raise typer.BadParameter("Give a setting that changes.")
    with shop_of(dsn, business_id) as shop:
        endpoint = update_webhook_endpoint(
            shop.conn, endpoint_id, **settings, actor=operator(reason), business_id=shop.id
        )
    show_endpoint(endpoint, as_json=as_json)


def show_secret(endpoint_id: UUID, secret: str, *, as_json: bool) -> None:
    """Print a secret, which cannot be read again."""
    emit(
        {"endpoint_id": endpoint_id, "secret": secret},
        grid("endpoint", "secret", rows=[(endpoint_id, secret)]),
        as_json=as_json,
        note="Keep the secret now: it is not shown again.",
    )


def show_endpoint(endpoint: WebhookEndpoint, *, as_json: bool, note: str | None = None) -> None:
    """Print the settings of an endpoint; its secrets nobody can read."""
    rows = [
        (field.replace("_", " "), _shown(getattr(endpoint, field)))
        for field in WebhookEndpoint.__match_args__
        if field not in ("business_id", "subscribed_at")
    ]
    emit(endpoint, grid("setting", "value", rows=rows), as_json=as_json, note=note)


def _shown(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
