"""Public holidays of a region, from the package holidays: see them, and close the shop on them."""

import datetime as dt
import difflib
from typing import Annotated, Any

import typer

from bookingdb import DEFAULT_BUSINESS_ID, add_closures
from bookingdb.cli.failures import CommandError, guarded
from bookingdb.cli.options import AsJson, BusinessId, Dsn, Reason
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import operator, shop_of

__all__ = ["app"]

UNKNOWN = "ZB012"

Region = Annotated[
    str, typer.Argument(metavar="REGION", help="COUNTRY or COUNTRY-SUBDIVISION: NL, DE-BY, US-CA.")
]
Years = Annotated[list[int], typer.Argument(metavar="YEAR...", min=1900, max=2200)]
Language = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Language of the names, en_US; the country's if not given."),
]

app = typer.Typer(no_args_is_help=True, help="Public holidays: see them, and close on them.")


def show(
    *,
    region: Region,
    years: Years,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """List the public holidays that hold in all of a region. It needs no database.

    For example:
      bookingdb holidays list DE-BY 2027
    """
    found = _holidays(region, years, language)
    rows = [(f"{date:%a %F}", name) for date, name in found.items()]
    emit(
        [{"date": date, "name": name} for date, name in found.items()],
        grid("date", "holiday", rows=rows),
        as_json=as_json,
    )


def close(
    *,
    region: Region,
    years: Years,
    replace: Annotated[
        bool, typer.Option("--replace", help="Close dates too that have hours of their own.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do all of it, then take it back.")
    ] = False,
    language: Language = None,
    reason: Reason = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Close on the public holidays of a region. Bookings that are there stay.

    A date that is closed already or has hours of its own stays as it is, and so
    does one that has passed.

    For example:
      bookingdb holidays import DE-BY 2027 2028
    """
    found = _holidays(region, years, language)
    with shop_of(dsn, business_id) as shop:
        made = add_closures(
            shop.conn,
            [{"from": date, "reason": name} for date, name in found.items()],
            replace=replace,
            actor=operator(reason),
            business_id=shop.id,
        )
        today = shop.today
        if dry_run:
            shop.conn.rollback()
    closed = {exception.date for exception in made}
    what = {date: _what(date, closed, today) for date in found}
    rows = [(f"{date:%a %F}", name, what[date]) for date, name in found.items()]
    emit(
        [{"date": date, "name": name, "outcome": what[date]} for date, name in found.items()],
        grid("date", "holiday", "what", rows=rows),
        as_json=as_json,
        note="A trial: nothing was changed."
        if dry_run
        else f"{len(closed)} closed. Next: `bookingdb refresh` makes the slots follow.",
    )


def _what(date: dt.date, closed: set[dt.date], today: dt.date) -> str:
    if date in closed:
        return "closed"
    return "has passed" if date < today else "stays: it departs from the schedule already"


def _holidays(region: str, years: list[int], language: str | None) -> dict[dt.date, str]:
    """The holidays by date; raises CommandError for an unknown region or language."""
    try:
        import holidays  # here: only these commands need it
    except ImportError:
        message = "These commands need holidays: pip install 'bookingdb[cli]'"
        raise CommandError("ImportError", message) from None

    country, _, subdivision = region.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    country = country.upper()
    if country not in known:
        near = difflib.get_close_matches(country, known, n=5, cutoff=0.4) or sorted(known)
        raise _unknown(f"There is no country {country!r}", "country", near)
    names = {name.casefold(): name for name in known[country]}
    if subdivision and subdivision.casefold() not in names:
        if not names:
            raise _unknown(f"{country} has no subdivisions", "region", [country])
        raise _unknown(f"{country} has no {subdivision!r}", "subdivision", sorted(known[country]))
    place: dict[str, Any] = {"country": country, "subdiv": names.get(subdivision.casefold())}
    calendar = holidays.country_holidays(**place)
    if language and language not in calendar.supported_languages:
        languages = sorted(calendar.supported_languages)
        raise _unknown(f"{country} has no names in {language!r}", "language", languages)
    # Named, for else the language would be that of the terminal.
    named = language or calendar.default_language
    found = holidays.country_holidays(**place, years=years, language=named)
    return dict(sorted(found.items()))


def _unknown(message: str, kind: str, known: list[str]) -> CommandError:
    return CommandError(
        UNKNOWN, message, hint=f"The {kind} may be {', '.join(known) or 'left out'}."
    )


app.command("list")(guarded(show))
app.command("import")(guarded(close))
