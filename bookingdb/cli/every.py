"""Commands that can do their work for all businesses, each in a transaction of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar
from uuid import UUID

import psycopg
import typer

from bookingdb.cli.failures import describe, report
from bookingdb.cli.output import progress
from bookingdb.cli.session import find_business

__all__ = ["Every", "businesses_of", "for_each"]

T = TypeVar("T")
Every = Annotated[bool, typer.Option("--all", help="All businesses of the database.")]


def businesses_of(conn: psycopg.Connection[Any], only: UUID | None) -> list[tuple[UUID, str]]:
    """The business `only`, or all; with their names."""
    if only is not None:
        business = find_business(conn, only)
        return [(business.business_id, business.name)]
    query = "select business_id, name from bookingdb.businesses order by name, business_id"
    return conn.execute(query).fetchall()


def for_each(
    businesses: list[tuple[UUID, str]],
    conn: psycopg.Connection[Any],
    work: Callable[[psycopg.Connection[Any], UUID], T],
    *,
    as_json: bool,
) -> list[tuple[UUID, str, T]]:
    """What `work` returns for each business; one for which it fails is reported and left out."""
    done: list[tuple[UUID, str, T]] = []
    with progress() as bar:
        task = bar.add_task("", total=len(businesses))
        for one, name in businesses:
            bar.update(task, description=name)
            try:
                done.append((one, name, work(conn, one)))
            except psycopg.Error as error:
                if conn.broken:
                    raise
                problem = describe(error)
                where = f"{name}, business {one}\n{problem.detail}"
                report(replace(problem, detail=where), as_json=as_json)
            bar.advance(task)
    return done
