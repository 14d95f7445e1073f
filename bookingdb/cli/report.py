"""The report of a business: for who runs it, and for who is on call."""

import datetime as dt
from importlib.util import find_spec
from typing import Annotated

import psycopg
import typer

from bookingdb import DEFAULT_BUSINESS_ID
from bookingdb.cli.failures import CommandError
from bookingdb.cli.options import AsJson, BusinessId, Day, Dsn
from bookingdb.cli.output import emit
from bookingdb.cli.pages import Html, check_target, write_page
from bookingdb.cli.report_views import summary_of
from bookingdb.cli.session import shop_of
from bookingdb.report import collect

__all__ = ["report"]

BACK, AHEAD = dt.timedelta(weeks=8), dt.timedelta(weeks=4)


def report(
    *,
    first: Annotated[
        Day | None,
        typer.Option(
            "--from",
            metavar="DATE",
            parser=Day.parse,
            help="The first date. (default: 8 weeks ago)",
        ),
    ] = None,
    last: Annotated[
        Day | None,
        typer.Option(
            "--to", metavar="DATE", parser=Day.parse, help="The last date. (default: in 4 weeks)"
        ),
    ] = None,
    html: Html = None,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Show how full it is, what was booked and lost, how webhooks do, and the health.

    The page has plots and tables, needs no network, runs no script and names no
    customer. All figures are of one moment.

    For example:
      bookingdb report --html report.html
    """
    check_target(html, as_json=as_json)
    if html is not None and find_spec("matplotlib") is None:
        raise CommandError(
            "ModuleNotFoundError",
            "The page needs matplotlib, for the plots",
            hint="pip install 'bookingdb[report]'",
        )
    with shop_of(dsn, business_id, level=psycopg.IsolationLevel.REPEATABLE_READ) as shop:
        found = collect(
            shop.conn,
            first.on(shop.today) if first else shop.today - BACK,
            last.on(shop.today) if last else shop.today + AHEAD,
            shop.id,
        )
    if html is None or as_json:
        emit(found, None if as_json else summary_of(found), as_json=as_json)
    if html is not None:
        from bookingdb.cli.report_page import page_of

        write_page(page_of(found), html, as_json=as_json)
