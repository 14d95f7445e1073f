"""Settings of an endpoint as options, and how their values are read."""

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from bookingdb import WebhookProfile
from bookingdb.cli.moments import Schedule
from bookingdb.cli.options import parse_duration
from bookingdb.cli.settings import given

__all__ = [
    "Description",
    "EndpointId",
    "EnvHeaders",
    "Events",
    "Fields",
    "Headers",
    "Make",
    "PauseAfter",
    "RateLimit",
    "Retry",
    "Secret",
    "Timeout",
    "settings_of",
]

EndpointId = Annotated[
    UUID, typer.Argument(metavar="ENDPOINT", help="Id in `bookingdb webhooks list`.")
]
Secret = Annotated[
    str | None,
    typer.Option(
        envvar="BOOKINGDB_WEBHOOK_SECRET",
        metavar="whsec_...",
        show_default=False,
        help="A secret of your own; a new one when not given. Better from the environment.",
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option(metavar="TYPE,...", help="booking.created, booking.* or *; repeatable."),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIELD,...",
        help="All that it is sent of bookings and actors; else what is not personal; repeatable.",
    ),
]
Headers = Annotated[
    list[str] | None,
    typer.Option(metavar="'NAME: VALUE'", help="A header; @FILE: a file of them; repeatable."),
]
EnvHeaders = Annotated[
    list[str] | None,
    typer.Option(metavar="'NAME: VARIABLE'", help="A header from the environment; repeatable."),
]
Make = Annotated[
    bool | None,
    typer.Option("--make/--standard", help="It is Make.com: fields flat, 25 requests a second."),
]
RateLimit = Annotated[
    int | None, typer.Option(metavar="N", help="Requests a second at most; 0: any.")
]
Timeout = Annotated[
    dt.timedelta | None,
    typer.Option(metavar="15s", parser=parse_duration, help="For one request, dialling included."),
]
Retry = Annotated[
    Schedule | None,
    typer.Option(
        metavar="5s,1min,...",
        parser=Schedule.parse,
        help="Waits before each retry; none: no retry.",
    ),
]
PauseAfter = Annotated[
    dt.timedelta | None,
    typer.Option(
        metavar="3d", parser=parse_duration, help="Pause it when it fails for so long on end."
    ),
]
Description = Annotated[str | None, typer.Option(metavar="TEXT", help="What it is, for people.")]


def settings_of(
    *,
    events: list[str] | None,
    fields: list[str] | None,
    header: list[str] | None,
    header_env: list[str] | None,
    make: bool | None,
    retry: Schedule | None,
    **others: Any,
) -> dict[str, Any]:
    """The settings that were given, under the names that the functions have for them."""
    profiles = {True: WebhookProfile.MAKE, False: WebhookProfile.STANDARD, None: None}
    return given(
        event_types=_listed(events),
        fields=_listed(fields),
        headers=_headers([*(header or ()), *map(_of_environment, header_env or ())]),
        profile=profiles[make],
        retry_schedule=None if retry is None else list(retry.waits),
        **others,
    )


def _listed(values: list[str] | None) -> list[str] | None:
    """What was given with commas, or one by one."""
    return [one.strip() for value in values for one in value.split(",")] if values else None


def _headers(lines: Iterable[str]) -> dict[str, str] | None:
    """Headers by name, those of files too; None: none was given. Errors show no value."""
    found: dict[str, str] = {}
    for line in lines:
        given_lines = _of_file(line[1:]) if line.startswith("@") else [line]
        for one in given_lines:
            name, colon, value = one.partition(":")
            if not colon:
                raise typer.BadParameter("A header has no colon: write 'NAME: VALUE'.")
            if name.strip().lower() in map(str.lower, found):
                raise typer.BadParameter(f"The header {name.strip()!r} is given twice.")
            found[name.strip()] = value.strip()
    return found or None


def _of_file(name: str) -> list[str]:
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{name!r} cannot be read: {error}") from None
    return [line for line in text.splitlines() if line.strip()]


def _of_environment(header: str) -> str:
    name, colon, variable = (part.strip() for part in header.partition(":"))
    if not colon or variable not in os.environ:
        raise typer.BadParameter(
            f"{header!r}: write 'NAME: VARIABLE', with a variable of the environment."
        )
    return f"{name}: {os.environ[variable]}"
